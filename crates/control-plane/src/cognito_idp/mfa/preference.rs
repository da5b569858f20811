//! The factor settings that SetUserMFAPreference and AdminSetUserMFAPreference share.
use super::super::errors::Refusal;
use super::super::prelude::*;
use user_pools::error::ErrorKind;
use user_pools::mfa::Wish;

/// Reads the members that both requests have.
macro_rules! preference {
    ($input:expr) => {{
        super::preference::refuse_passkeys($input.web_authn_mfa_settings.as_ref())?;
        user_pools::mfa::Preference {
            software_token: $input
                .software_token_mfa_settings
                .map(|given| super::preference::wish(given.enabled, given.preferred_mfa)),
            sms: $input.sms_mfa_settings.map(|given| super::preference::wish(given.enabled, given.preferred_mfa)),
            email: $input.email_mfa_settings.map(|given| super::preference::wish(given.enabled, given.preferred_mfa)),
        }
    }};
}
pub(super) use preference;

pub(super) fn wish(enabled: Option<bool>, preferred: Option<bool>) -> Wish {
    Wish { enabled: enabled.unwrap_or(false), preferred: preferred.unwrap_or(false) }
}

/// Passkeys as a second factor are not there yet; switching off what is not there is fine.
pub(super) fn refuse_passkeys(given: Option<&wire::WebAuthnMfaSettingsType>) -> Result<()> {
    match given {
        Some(given) if given.enabled.unwrap_or(false) => Err(Refusal::Domain(user_pools::Error::new(
            ErrorKind::NotSupportedYet,
            "The MFA method WEB_AUTHN_MFA is not supported yet.",
        ))),
        _ => Ok(()),
    }
}
