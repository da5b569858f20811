//! DeleteGroup: the group and its membership.
use super::super::prelude::*;
use wire::DeleteGroupRequest as Input;

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Empty> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    cx.pools.delete_group(cx.request.now, pool.id, input.group_name).await?;
    Ok(Empty {})
}
