//! SetUserPoolMfaConfig: which second factors a pool accepts, and whether one is needed.
use super::super::pools::given;
use super::super::prelude::*;
use super::config;
use std::collections::BTreeMap;
use user_pools::mfa::PoolFactors;
use wire::{SetUserPoolMfaConfigRequest as Input, SetUserPoolMfaConfigResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let mut documents = BTreeMap::new();
    given::keep(&mut documents, "SmsMfaConfiguration", input.sms_mfa_configuration)?;
    given::keep(&mut documents, "EmailMfaConfiguration", input.email_mfa_configuration)?;
    given::keep(&mut documents, "WebAuthnConfiguration", input.web_authn_configuration)?;
    let factors = PoolFactors {
        requirement: input.mfa_configuration.map(given::mfa),
        software_token: input.software_token_mfa_configuration.map(|given| given.enabled.unwrap_or(false)),
        documents,
    };
    let id = PoolId(input.user_pool_id);
    let pool = cx.pools.set_pool_factors(cx.request.now, by.scope(), &id, &factors).await?;
    let shown = config::of(&pool)?;
    Ok(Output {
        sms_mfa_configuration: shown.sms_mfa_configuration,
        software_token_mfa_configuration: shown.software_token_mfa_configuration,
        email_mfa_configuration: shown.email_mfa_configuration,
        mfa_configuration: shown.mfa_configuration,
        web_authn_configuration: shown.web_authn_configuration,
    })
}
