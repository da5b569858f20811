//! UpdateGroup: the members given replace the old ones.
use super::super::prelude::*;
use super::shown;
use wire::{UpdateGroupRequest as Input, UpdateGroupResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let settings = shown::settings(input.description, input.role_arn, input.precedence);
    let group = cx.pools.update_group(cx.request.now, pool.id, input.group_name, settings).await?;
    Ok(Output { group: Some(shown::group(group)) })
}
