//! AdminEnableUser: the user may sign in again.
use super::super::prelude::*;
use wire::{AdminEnableUserRequest as Input, AdminEnableUserResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    cx.pools.admin_enable_user(&cx.request, &pool, &input.username).await?;
    Ok(Output {})
}
