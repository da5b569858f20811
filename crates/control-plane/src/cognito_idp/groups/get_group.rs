//! GetGroup.
use super::super::prelude::*;
use super::shown;
use wire::{GetGroupRequest as Input, GetGroupResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let group = cx.pools.group(pool.id, input.group_name).await?;
    Ok(Output { group: Some(shown::group(group)) })
}
