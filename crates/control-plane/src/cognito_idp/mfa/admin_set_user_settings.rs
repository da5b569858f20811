//! AdminSetUserSettings: SMS as second factor of any user, the legacy way.
use super::super::prelude::*;
use super::settings;
use wire::{AdminSetUserSettingsRequest as Input, AdminSetUserSettingsResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let preference = settings::preference(&input.mfa_options)?;
    cx.pools.admin_set_mfa_preference(&cx.request, &pool, &input.username, preference).await?;
    Ok(Output {})
}
