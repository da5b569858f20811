//! AdminSetUserMFAPreference: the same for any user.
use super::super::prelude::*;
use super::preference::preference;
use wire::{AdminSetUserMFAPreferenceRequest as Input, AdminSetUserMFAPreferenceResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    cx.pools.admin_set_mfa_preference(&cx.request, &pool, &input.username, preference!(input)).await?;
    Ok(Output {})
}
