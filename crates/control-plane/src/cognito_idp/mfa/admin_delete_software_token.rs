//! AdminDeleteSoftwareToken: a user's authenticator app is gone, and with it the factor.
use super::super::prelude::*;
use wire::{AdminDeleteSoftwareTokenRequest as Input, AdminDeleteSoftwareTokenResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    cx.pools.admin_delete_software_token(&cx.request, &pool, &input.username).await?;
    Ok(Output {})
}
