//! Which second factors a pool accepts, and whether one is needed: SetUserPoolMfaConfig.
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{Millis, PoolId, Scope};
use crate::pool::{MfaRequirement, PoolSettings, UserPool};
use crate::service::UserPools;
use serde_json::Value;
use std::collections::BTreeMap;

const SMS: &str = "SmsMfaConfiguration";
const EMAIL: &str = "EmailMfaConfiguration";

/// What is asked for. Where a requirement is named, factors that are left out are switched off, as AWS does; without one (a call that is about
/// passkeys only) they stay as they are.
#[derive(Clone, Debug, Default)]
pub struct PoolFactors {
    /// `MfaConfiguration`.
    pub requirement: Option<MfaRequirement>,
    /// `SoftwareTokenMfaConfiguration.Enabled`.
    pub software_token: Option<bool>,
    /// `SmsMfaConfiguration`, `EmailMfaConfiguration`, `WebAuthnConfiguration`, kept as given.
    pub documents: BTreeMap<String, Value>,
}

impl UserPools {
    /// SetUserPoolMfaConfig. InvalidParameter when MFA is asked for without a factor, or factors together with `OFF`.
    pub async fn set_pool_factors(
        &self,
        now: Millis,
        scope: &Scope,
        pool: &PoolId,
        factors: &PoolFactors,
    ) -> Result<UserPool> {
        self.update_pool(now, scope, pool, |settings| apply(settings, factors)).await
    }
}

fn apply(settings: &mut PoolSettings, factors: &PoolFactors) -> Result<()> {
    let given = |name: &str| factors.documents.contains_key(name);
    if let Some(requirement) = factors.requirement {
        let any = factors.software_token == Some(true) || given(SMS) || given(EMAIL);
        match requirement {
            MfaRequirement::Off if any => return Err(off_with_factors()),
            MfaRequirement::Optional | MfaRequirement::On if !any => return Err(no_factor()),
            _ => {}
        }
        settings.mfa = requirement;
        settings.software_token_mfa = factors.software_token;
        settings.documents.remove(SMS);
        settings.documents.remove(EMAIL);
    } else if factors.software_token.is_some() {
        settings.software_token_mfa = factors.software_token;
    }
    settings.documents.extend(factors.documents.clone());
    // The pool's own SMS settings are told here too.
    if let Some(own) = settings.documents.get(SMS).and_then(|document| document.get("SmsConfiguration")).cloned() {
        settings.documents.insert("SmsConfiguration".to_owned(), own);
    }
    check_recovery(settings)
}

/// A pool whose users can recover by e-mail alone takes no codes by e-mail as second factor: one mailbox would be both (spec C.12; text I).
pub(crate) fn check_recovery(settings: &PoolSettings) -> Result<()> {
    let only_email = settings.recovery.as_ref().is_some_and(|list| list.iter().all(|one| one.name == "verified_email"));
    if settings.mfa != MfaRequirement::Off && settings.documents.contains_key(EMAIL) && only_email {
        return Err(Error::new(
            ErrorKind::InvalidParameter,
            "Invalid MFA configuration given, email MFA cannot be used when email is the only account recovery option.",
        ));
    }
    Ok(())
}

/// Both sentences are AWS's own, as reported by users of its tools.
fn off_with_factors() -> Error {
    Error::new(
        ErrorKind::InvalidParameter,
        "Invalid MFA configuration given, can't turn off MFA and configure an MFA together.",
    )
}

fn no_factor() -> Error {
    Error::new(
        ErrorKind::InvalidParameter,
        "Invalid MFA Configuration given. SMS MFA, Email MFA, or Software Token MFA must be enabled.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::users::fixtures::settings;
    use serde_json::json;

    fn with(requirement: Option<MfaRequirement>, software_token: Option<bool>, documents: &[&str]) -> PoolFactors {
        let documents = documents.iter().map(|name| ((*name).to_owned(), json!({}))).collect();
        PoolFactors { requirement, software_token, documents }
    }

    #[test]
    fn mfa_needs_a_factor_and_off_takes_none() {
        let mut pool = settings();
        for requirement in [MfaRequirement::On, MfaRequirement::Optional] {
            assert!(apply(&mut pool, &with(Some(requirement), None, &[])).is_err());
            assert!(apply(&mut pool, &with(Some(requirement), Some(false), &[])).is_err());
            assert!(apply(&mut pool, &with(Some(requirement), Some(true), &[])).is_ok());
            assert!(apply(&mut pool, &with(Some(requirement), None, &[SMS])).is_ok());
        }
        assert!(apply(&mut pool, &with(Some(MfaRequirement::Off), Some(true), &[])).is_err());
        assert!(apply(&mut pool, &with(Some(MfaRequirement::Off), Some(false), &[])).is_ok());
    }

    #[test]
    fn a_call_about_passkeys_leaves_mfa_alone() {
        let mut pool = settings();
        apply(&mut pool, &with(Some(MfaRequirement::On), Some(true), &[])).unwrap();
        apply(&mut pool, &with(None, None, &["WebAuthnConfiguration"])).unwrap();
        assert_eq!((pool.mfa, pool.software_token_mfa), (MfaRequirement::On, Some(true)));
        assert!(pool.documents.contains_key("WebAuthnConfiguration"));
    }

    #[test]
    fn a_factor_that_is_left_out_is_switched_off() {
        let mut pool = settings();
        apply(&mut pool, &with(Some(MfaRequirement::On), Some(true), &[SMS])).unwrap();
        apply(&mut pool, &with(Some(MfaRequirement::On), Some(true), &[])).unwrap();
        assert!(!pool.documents.contains_key(SMS));
    }

    #[test]
    fn codes_by_email_need_another_way_to_recover() {
        let mut pool = settings();
        let mechanism = |name: &str, priority| crate::pool::RecoveryMechanism { name: name.into(), priority };
        pool.recovery = Some(vec![mechanism("verified_email", 1)]);
        assert!(apply(&mut pool, &with(Some(MfaRequirement::Optional), None, &[EMAIL])).is_err());
        pool.recovery = Some(vec![mechanism("verified_email", 1), mechanism("verified_phone_number", 2)]);
        assert!(apply(&mut pool, &with(Some(MfaRequirement::Optional), None, &[EMAIL])).is_ok());
    }
}
