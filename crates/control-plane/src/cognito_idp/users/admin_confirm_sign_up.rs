//! AdminConfirmSignUp: confirms without a code.
use super::super::prelude::*;
use wire::{AdminConfirmSignUpRequest as Input, AdminConfirmSignUpResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let carried = cx.with_metadata(input.client_metadata);
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    cx.pools.admin_confirm_sign_up(&carried, &pool, &input.username).await?;
    Ok(Output {})
}
