//! AdminResetUserPassword: the user must set a new password by a code.
use super::super::prelude::*;
use wire::{AdminResetUserPasswordRequest as Input, AdminResetUserPasswordResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let carried = cx.with_metadata(input.client_metadata);
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    cx.pools.admin_reset_user_password(&carried, &pool, &input.username).await?;
    Ok(Output {})
}
