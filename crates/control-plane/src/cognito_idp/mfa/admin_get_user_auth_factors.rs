//! AdminGetUserAuthFactors: by what any user can sign in.
use super::super::prelude::*;
use super::auth_factors;
use wire::{AdminGetUserAuthFactorsRequest as Input, AdminGetUserAuthFactorsResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let user = cx.user(&pool, &input.username).await?;
    let shown = auth_factors::of(cx, &pool, user).await?;
    Ok(Output {
        username: shown.username,
        preferred_mfa_setting: shown.preferred_mfa_setting,
        user_mfa_setting_list: shown.user_mfa_setting_list,
        configured_user_auth_factors: shown.configured_user_auth_factors,
    })
}
