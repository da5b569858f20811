//! Which second factor a sign-in asks for once the password is right: the table of spec C.12.
use crate::pool::{MfaRequirement, PoolSettings};
use crate::user::User;

/// A second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Factor {
    /// An authenticator app.
    SoftwareToken,
    /// A code by SMS.
    Sms,
    /// A code by e-mail.
    Email,
}

impl Factor {
    /// AWS's name in `UserMFASettingList`, `PreferredMfaSetting` and challenges.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SoftwareToken => "SOFTWARE_TOKEN_MFA",
            Self::Sms => "SMS_MFA",
            Self::Email => "EMAIL_OTP",
        }
    }

    /// Reads AWS's name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::SoftwareToken, Self::Sms, Self::Email].into_iter().find(|factor| factor.as_str() == name)
    }
}

/// What comes after the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// Nothing: the sign-in is complete.
    Nothing,
    /// This factor's challenge.
    Challenge(Factor),
    /// The user chooses.
    Select(Vec<Factor>),
    /// The user must enrol one of these first.
    SetUp(Vec<Factor>),
    /// A factor is required and none can be had.
    Impossible,
}

/// The table of spec C.12. One row differs: a user without a factor in an `ON` pool is asked to enrol an app even if the pool also sends
/// SMS codes, because we cannot send those yet.
pub(crate) fn choose(pool: &PoolSettings, user: &User) -> Choice {
    let factors = usable(pool, user);
    let preferred = user.credentials.mfa_preferred.as_deref().and_then(Factor::from_name);
    match (pool.mfa, factors.as_slice()) {
        (MfaRequirement::Off, _) | (MfaRequirement::Optional, []) => Choice::Nothing,
        (_, [one]) => Choice::Challenge(*one),
        (MfaRequirement::On, []) if pool.software_token_mfa == Some(true) => Choice::SetUp(vec![Factor::SoftwareToken]),
        (MfaRequirement::On, []) => Choice::Impossible,
        (_, several) => match preferred.filter(|factor| several.contains(factor)) {
            Some(factor) => Choice::Challenge(factor),
            None => Choice::Select(several.to_vec()),
        },
    }
}

/// The factors a user has and the pool still accepts. A proven app counts in an `ON` pool even if it was never switched on: otherwise whoever
/// has the password alone could enrol another one.
fn usable(pool: &PoolSettings, user: &User) -> Vec<Factor> {
    let credentials = &user.credentials;
    let on = |factor: Factor| credentials.mfa_enabled.iter().any(|name| name == factor.as_str());
    let app = credentials.totp.as_ref().is_some_and(|totp| totp.verified)
        && pool.software_token_mfa == Some(true)
        && (on(Factor::SoftwareToken) || pool.mfa == MfaRequirement::On);
    let sms = on(Factor::Sms) && user.attributes.contains_key("phone_number");
    let email = on(Factor::Email) && user.attributes.contains_key("email");
    [(app, Factor::SoftwareToken), (sms, Factor::Sms), (email, Factor::Email)]
        .into_iter()
        .filter_map(|(usable, factor)| usable.then_some(factor))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user::Totp;
    use crate::users::fixtures::{settings, user};

    fn pool(mfa: MfaRequirement, app: bool) -> PoolSettings {
        let mut pool = settings();
        pool.mfa = mfa;
        pool.software_token_mfa = Some(app);
        pool
    }

    fn with(verified: bool, enabled: &[&str], preferred: Option<&str>) -> User {
        let mut user = user();
        user.attributes.insert("phone_number".into(), "+15550100".into());
        user.credentials.totp = Some(Totp { sealed: Vec::new(), verified, name: None, last_step: None });
        user.credentials.mfa_enabled = enabled.iter().map(|name| (*name).to_owned()).collect();
        user.credentials.mfa_preferred = preferred.map(str::to_owned);
        user
    }

    use Choice::{Challenge, Impossible, Nothing, Select, SetUp};
    use Factor::{Sms, SoftwareToken};
    use MfaRequirement::{Off, On, Optional};

    #[test]
    fn the_table_of_the_spec() {
        let app = ["SOFTWARE_TOKEN_MFA"];
        let both = ["SMS_MFA", "SOFTWARE_TOKEN_MFA"];
        let cases = [
            (Off, with(true, &app, None), Nothing),
            (Optional, with(false, &[], None), Nothing),
            (Optional, with(true, &app, None), Challenge(SoftwareToken)),
            (On, with(true, &app, None), Challenge(SoftwareToken)),
            (Optional, with(true, &both, Some("SOFTWARE_TOKEN_MFA")), Challenge(SoftwareToken)),
            (Optional, with(true, &both, Some("SMS_MFA")), Challenge(Sms)),
            (On, with(true, &both, None), Select(vec![SoftwareToken, Sms])),
            (On, with(false, &[], None), SetUp(vec![SoftwareToken])),
        ];
        for (index, (requirement, user, expected)) in cases.into_iter().enumerate() {
            assert_eq!(choose(&pool(requirement, true), &user), expected, "row {index}");
        }
    }

    #[test]
    fn an_app_that_was_never_proven_is_no_factor() {
        assert_eq!(choose(&pool(Optional, true), &with(false, &["SOFTWARE_TOKEN_MFA"], None)), Nothing);
    }

    #[test]
    fn an_app_proven_but_not_switched_on_counts_where_mfa_is_required() {
        assert_eq!(choose(&pool(Optional, true), &with(true, &[], None)), Nothing);
        assert_eq!(choose(&pool(On, true), &with(true, &[], None)), Challenge(SoftwareToken));
    }

    #[test]
    fn a_kind_that_the_pool_no_longer_accepts_is_not_asked_for() {
        let user = with(true, &["SOFTWARE_TOKEN_MFA"], None);
        assert_eq!(choose(&pool(Optional, false), &user), Nothing);
        assert_eq!(choose(&pool(On, false), &user), Impossible);
    }
}
