//! AdminSetUserPassword: a password for good, or until the next sign-in.
use super::super::prelude::*;
use wire::{AdminSetUserPasswordRequest as Input, AdminSetUserPasswordResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let permanent = input.permanent.unwrap_or(false);
    cx.pools.admin_set_user_password(&cx.request, &pool, &input.username, &input.password, permanent).await?;
    Ok(Output {})
}
