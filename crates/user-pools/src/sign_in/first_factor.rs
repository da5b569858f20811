//! The first factors of USER_AUTH (spec C.10), and which of them a user may choose. Somebody who does not exist seems to have what most users
//! of the pool have: a password, and an address where the pool sends codes.
use crate::attributes::is_verified;
use crate::mfa::{Choice, choose};
use crate::names;
use crate::passkeys;
use crate::pool::{AliasKind, Contact, MfaRequirement, PoolSettings};
use crate::user::{User, UserStatus};

/// A first factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum First {
    PasswordSrp,
    Password,
    Email,
    Sms,
    Passkey,
}

impl First {
    const ALL: [Self; 5] = [Self::PasswordSrp, Self::Password, Self::Email, Self::Sms, Self::Passkey];

    /// AWS's name of it as a challenge.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PasswordSrp => "PASSWORD_SRP",
            Self::Password => "PASSWORD",
            Self::Email => "EMAIL_OTP",
            Self::Sms => "SMS_OTP",
            Self::Passkey => "WEB_AUTHN",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }

    /// The contact to which its code goes.
    pub const fn contact(self) -> Option<Contact> {
        match self {
            Self::Email => Some(Contact::Email),
            Self::Sms => Some(Contact::Phone),
            Self::PasswordSrp | Self::Password | Self::Passkey => None,
        }
    }
}

/// Whether the pool's sign-in policy has that factor.
pub(crate) fn allowed(pool: &PoolSettings, first: First) -> bool {
    let named = |name: &str| pool.first_factors.iter().any(|factor| factor == name);
    match first {
        First::PasswordSrp | First::Password => pool.first_factors.is_empty() || named("PASSWORD"),
        other => named(other.as_str()),
    }
}

/// What a user may choose among. `has_passkey`: one for the pool's relying party. `lenient`: users are hidden, and an address that waits for
/// its confirmation must look like one that has it.
pub(crate) fn available(pool: &PoolSettings, user: &User, has_passkey: bool, lenient: bool) -> Vec<First> {
    // What a second factor protects must not be reached around it.
    let has_second = pool.mfa != MfaRequirement::Off && choose(pool, user) != Choice::Nothing;
    let passwordless = pool.mfa != MfaRequirement::On && !has_second && user.status != UserStatus::ForceChangePassword;
    let known = |contact: Contact| {
        let trusted = is_verified(user, contact)
            || user.credentials.password.is_none() && user.credentials.vouched.contains(&contact)
            || lenient && user.status == UserStatus::Unconfirmed;
        user.attributes.contains_key(contact.attribute()) && trusted
    };
    let has = |first: First| match first {
        First::PasswordSrp | First::Password => user.credentials.password.is_some(),
        First::Email => passwordless && known(Contact::Email),
        First::Sms => passwordless && known(Contact::Phone),
        First::Passkey => has_passkey && (passwordless || passkeys::settings(pool).counts_as_two),
    };
    First::ALL.into_iter().filter(|first| allowed(pool, *first) && has(*first)).collect()
}

/// What somebody who does not exist seems to have.
pub(crate) fn of_nobody(pool: &PoolSettings, name: &str) -> Vec<First> {
    let by = |kind: AliasKind| pool.username_attributes.contains(&kind) || pool.alias_attributes.contains(&kind);
    let has = |first: First| match first {
        First::PasswordSrp | First::Password => true,
        First::Email => {
            pool.mfa != MfaRequirement::On && (!names::is_phone(name) || pool.auto_verified.contains(&Contact::Email))
        }
        First::Sms => {
            let usual = pool.auto_verified.contains(&Contact::Phone) && !by(AliasKind::Email);
            pool.mfa != MfaRequirement::On && (names::is_phone(name) || usual)
        }
        First::Passkey => false,
    };
    First::ALL.into_iter().filter(|first| allowed(pool, *first) && has(*first)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user::Password;
    use crate::users::fixtures::{settings, user};
    use First::{Email, Passkey, PasswordSrp, Sms};

    fn pool() -> PoolSettings {
        let mut pool = settings();
        pool.first_factors = ["PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"].map(str::to_owned).to_vec();
        pool
    }

    fn person() -> User {
        let mut user = user();
        user.credentials.password = Some(Password { phc: String::new(), srp: None, expires_at: None });
        user.attributes.insert("email".into(), "a@b.example".into());
        user.attributes.insert("email_verified".into(), "true".into());
        user.attributes.insert("phone_number".into(), "+12065550100".into());
        user
    }

    #[test]
    fn a_factor_is_offered_when_the_pool_has_it_and_the_user_can_answer_it() {
        assert_eq!(available(&pool(), &person(), false, false), [PasswordSrp, First::Password, Email]);
        assert_eq!(available(&pool(), &person(), true, false), [PasswordSrp, First::Password, Email, Passkey]);
        assert_eq!(available(&settings(), &person(), true, false), [PasswordSrp, First::Password]);
        let mut without = person();
        without.credentials.password = None;
        assert_eq!(available(&pool(), &without, false, false), [Email]);
        without.vouch_for_addresses();
        assert_eq!(available(&pool(), &without, false, false), [Email, Sms], "those they came with will do");
    }

    #[test]
    fn nothing_is_offered_that_would_go_around_a_second_factor() {
        let passwords = [PasswordSrp, First::Password];
        let mut strict = pool();
        strict.mfa = MfaRequirement::On;
        strict.software_token_mfa = Some(true);
        assert_eq!(available(&strict, &person(), true, false), passwords);
        let mut optional = pool();
        optional.mfa = MfaRequirement::Optional;
        optional.documents.insert("EmailMfaConfiguration".into(), serde_json::json!({}));
        let mut careful = person();
        assert_eq!(available(&optional, &careful, false, false).len(), 3);
        careful.credentials.mfa_enabled = vec!["EMAIL_OTP".into()];
        assert_eq!(available(&optional, &careful, true, false), passwords);
        let both = serde_json::json!({"FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION"});
        optional.documents.insert("WebAuthnConfiguration".into(), both);
        assert_eq!(available(&optional, &careful, true, false), [PasswordSrp, First::Password, Passkey]);
    }

    #[test]
    fn a_temporary_password_is_the_only_way_in() {
        let mut invited = person();
        invited.status = UserStatus::ForceChangePassword;
        assert_eq!(available(&pool(), &invited, true, false), [PasswordSrp, First::Password]);
    }

    #[test]
    fn nobody_looks_like_an_ordinary_user() {
        let (pool, ordinary) = (pool(), person());
        assert_eq!(of_nobody(&pool, "ann@example.com"), available(&pool, &ordinary, false, true));
        assert_eq!(of_nobody(&pool, "ann"), available(&pool, &ordinary, false, true));
        assert_eq!(of_nobody(&pool, "+12065550100"), [PasswordSrp, First::Password, Sms]);
        assert_eq!(of_nobody(&settings(), "ann"), [PasswordSrp, First::Password]);
    }
}
