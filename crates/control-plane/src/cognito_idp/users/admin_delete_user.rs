//! AdminDeleteUser: the user with everything that hangs on them.
use super::super::prelude::*;
use wire::AdminDeleteUserRequest as Input;

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Empty> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    cx.pools.admin_delete_user(&cx.request, &pool, &input.username).await?;
    Ok(Empty {})
}
