//! AdminUserGlobalSignOut: ends every sign-in of a user.
use super::super::prelude::*;
use wire::{AdminUserGlobalSignOutRequest as Input, AdminUserGlobalSignOutResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    cx.pools.admin_global_sign_out(&cx.request, &pool, &input.username).await?;
    Ok(Output {})
}
