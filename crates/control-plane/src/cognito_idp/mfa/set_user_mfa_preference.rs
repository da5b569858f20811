//! SetUserMFAPreference: which second factors the token's user uses, and which comes first.
use super::super::prelude::*;
use super::preference::preference;
use wire::{SetUserMFAPreferenceRequest as Input, SetUserMFAPreferenceResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<AccessToken>, input: Input) -> Result<Output> {
    cx.pools.set_mfa_preference(&cx.request, &by.into_access(), preference!(input)).await?;
    Ok(Output {})
}
