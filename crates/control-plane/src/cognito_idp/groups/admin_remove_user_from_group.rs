//! AdminRemoveUserFromGroup; idempotent.
use super::super::prelude::*;
use wire::AdminRemoveUserFromGroupRequest as Input;

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Empty> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let user = cx.user(&pool, &input.username).await?;
    cx.pools.remove_from_group(cx.request.now, &user, input.group_name).await?;
    Ok(Empty {})
}
