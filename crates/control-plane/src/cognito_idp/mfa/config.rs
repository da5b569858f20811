//! How a pool's second factors are shown.
use super::super::pools::shown;
use super::super::prelude::*;
use user_pools::pool::UserPool;
use wire::GetUserPoolMfaConfigResponse as Output;

/// The members that GetUserPoolMfaConfig and SetUserPoolMfaConfig answer.
pub(super) fn of(pool: &UserPool) -> Result<Output> {
    let settings = &pool.settings;
    let enabled = settings.software_token_mfa;
    Ok(Output {
        sms_mfa_configuration: shown::document(settings, "SmsMfaConfiguration")?,
        software_token_mfa_configuration: enabled
            .map(|enabled| wire::SoftwareTokenMfaConfigType { enabled: Some(enabled) }),
        email_mfa_configuration: shown::document(settings, "EmailMfaConfiguration")?,
        mfa_configuration: Some(shown::mfa(settings.mfa)),
        web_authn_configuration: shown::document(settings, "WebAuthnConfiguration")?,
    })
}
