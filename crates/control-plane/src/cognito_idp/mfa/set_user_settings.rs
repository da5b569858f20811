//! SetUserSettings: SMS as second factor, the legacy way.
use super::super::prelude::*;
use super::settings;
use wire::{SetUserSettingsRequest as Input, SetUserSettingsResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<AccessToken>, input: Input) -> Result<Output> {
    let preference = settings::preference(&input.mfa_options)?;
    cx.pools.set_mfa_preference(&cx.request, &by.into_access(), preference).await?;
    Ok(Output {})
}
