//! Which second factor a sign-in asks for once the password is right: the table of spec C.12.
use crate::pool::{Contact, MfaRequirement, PoolSettings};
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
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::SoftwareToken, Self::Sms, Self::Email];

    /// Where its codes go; an app makes its own.
    pub const fn contact(self) -> Option<Contact> {
        match self {
            Self::SoftwareToken => None,
            Self::Sms => Some(Contact::Phone),
            Self::Email => Some(Contact::Email),
        }
    }

    /// The factor whose codes go there.
    pub(crate) const fn of(contact: Contact) -> Self {
        match contact {
            Contact::Phone => Self::Sms,
            Contact::Email => Self::Email,
        }
    }

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
        Self::ALL.into_iter().find(|factor| factor.as_str() == name)
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

/// The table of spec C.12. In an `ON` pool whoever has no factor proves an address that is known, else enrols what the pool accepts.
pub(crate) fn choose(pool: &PoolSettings, user: &User) -> Choice {
    let factors = usable(pool, user);
    let preferred = user.credentials.mfa_preferred.as_deref().and_then(Factor::from_name);
    match (pool.mfa, factors.as_slice()) {
        (MfaRequirement::Off, _) | (MfaRequirement::Optional, []) => Choice::Nothing,
        (_, [one]) => Choice::Challenge(*one),
        (MfaRequirement::On, []) => first_time(pool, user),
        (_, several) => match preferred.filter(|factor| several.contains(factor)) {
            Some(factor) => Choice::Challenge(factor),
            None => Choice::Select(several.to_vec()),
        },
    }
}

/// What a user without any factor has to do in a pool that requires one.
fn first_time(pool: &PoolSettings, user: &User) -> Choice {
    let accepted: Vec<Factor> = Factor::ALL.into_iter().filter(|factor| accepts(pool, *factor)).collect();
    let known: Vec<Factor> = accepted.iter().copied().filter(|factor| reaches(*factor, user)).collect();
    match (known.as_slice(), accepted.as_slice()) {
        (_, []) => Choice::Impossible,
        ([], _) => Choice::SetUp(accepted),
        ([one], _) => Choice::Challenge(*one),
        _ => Choice::Select(known),
    }
}

/// Whether the pool takes that factor. A pool that was made with SMS settings and never told more sends SMS codes, as pools did before the
/// other factors came.
pub(crate) fn accepts(pool: &PoolSettings, factor: Factor) -> bool {
    let given = |member: &str| pool.documents.contains_key(member);
    match factor {
        Factor::SoftwareToken => pool.software_token_mfa == Some(true),
        Factor::Email => given("EmailMfaConfiguration"),
        Factor::Sms => {
            let told = pool.software_token_mfa.is_some() || given("EmailMfaConfiguration");
            given("SmsMfaConfiguration") || given("SmsConfiguration") && !told
        }
    }
}

/// Whether a code of that factor has an address to go to.
fn reaches(factor: Factor, user: &User) -> bool {
    factor.contact().is_some_and(|contact| user.attributes.contains_key(contact.attribute()))
}

/// The factors a user has and the pool still accepts. A proven app counts in an `ON` pool even if it was never switched on: otherwise whoever
/// has the password alone could enrol another one.
fn usable(pool: &PoolSettings, user: &User) -> Vec<Factor> {
    let credentials = &user.credentials;
    let on = |factor: Factor| credentials.mfa_enabled.iter().any(|name| name == factor.as_str());
    let has = |factor: Factor| match factor {
        Factor::SoftwareToken => {
            credentials.totp.as_ref().is_some_and(|totp| totp.verified)
                && (on(factor) || pool.mfa == MfaRequirement::On)
        }
        Factor::Sms | Factor::Email => on(factor) && reaches(factor, user),
    };
    Factor::ALL.into_iter().filter(|factor| accepts(pool, *factor) && has(*factor)).collect()
}

/// Whether codes to that contact are, or would be, the user's second factor: then it must not be the way to a new password as well, or one
/// mailbox would be both (spec C.12).
pub(crate) fn is_second_factor(pool: &PoolSettings, user: &User, contact: Contact) -> bool {
    match choose(pool, user) {
        Choice::Challenge(factor) => factor.contact() == Some(contact),
        // The user may choose it; it is then the only one that counts.
        Choice::Select(factors) => factors.iter().any(|factor| factor.contact() == Some(contact)),
        Choice::Nothing | Choice::SetUp(_) | Choice::Impossible => false,
    }
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
        pool.documents.insert("SmsMfaConfiguration".into(), serde_json::json!({}));
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
            (On, with(false, &[], None), Challenge(Sms)),
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
        assert_eq!(choose(&pool(On, false), &user), Challenge(Sms));
        let mut nothing = pool(On, false);
        nothing.documents.clear();
        assert_eq!(choose(&nothing, &user), Impossible);
    }

    #[test]
    fn whoever_has_no_factor_proves_a_known_address_or_enrols_one() {
        let mut pool = pool(On, true);
        pool.documents.insert("EmailMfaConfiguration".into(), serde_json::json!({}));
        let mut user = with(false, &[], None);
        assert_eq!(choose(&pool, &user), Challenge(Sms));
        user.attributes.insert("email".into(), "a@b.example".into());
        assert_eq!(choose(&pool, &user), Select(vec![Sms, Factor::Email]));
        user.attributes.clear();
        assert_eq!(choose(&pool, &user), SetUp(vec![SoftwareToken, Sms, Factor::Email]));
    }

    #[test]
    fn a_pool_made_with_sms_settings_alone_sends_sms_codes() {
        let mut pool = settings();
        pool.documents.insert("SmsConfiguration".into(), serde_json::json!({}));
        assert!(accepts(&pool, Sms));
        pool.software_token_mfa = Some(true);
        assert!(!accepts(&pool, Sms), "told since which factors it takes");
    }

    #[test]
    fn a_medium_that_is_the_second_factor_is_known_as_such() {
        let pool = pool(Optional, true);
        assert!(is_second_factor(&pool, &with(false, &["SMS_MFA"], None), Contact::Phone));
        assert!(!is_second_factor(&pool, &with(true, &["SOFTWARE_TOKEN_MFA"], None), Contact::Phone));
        let both = with(true, &["SMS_MFA", "SOFTWARE_TOKEN_MFA"], None);
        assert!(is_second_factor(&pool, &both, Contact::Phone), "it may be chosen");
        let app_first = with(true, &["SMS_MFA", "SOFTWARE_TOKEN_MFA"], Some("SOFTWARE_TOKEN_MFA"));
        assert!(!is_second_factor(&pool, &app_first, Contact::Phone));
    }
}
