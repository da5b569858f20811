//! The first factors of USER_AUTH (spec C.10), and which of them a user may choose. Somebody who does not exist seems to have what most users
//! of the pool have: a password, and an address where the pool sends codes.
use crate::attributes::is_verified;
use crate::mfa::{Choice, choose};
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

/// Whether a code to that address may be a user's first factor.
pub(crate) fn code_is_a_first_factor(pool: &PoolSettings, user: &User, contact: Contact) -> bool {
    available(pool, user, false, false).iter().any(|first| first.contact() == Some(contact))
}

/// Somebody who does not exist, as far as first factors go: like one user or another of the pool, and always the same for a name.
pub(crate) struct Nobody {
    /// Drawn for the name; stable.
    pub drawn: [u8; 32],
    /// The name, or the one behind it, is a phone number.
    pub by_phone: bool,
    /// The pool takes passkeys.
    pub passkeys: bool,
}

impl Nobody {
    /// What they seem to have. Users differ: one in eight or so protects the password by a second factor, or has only a temporary one, and is
    /// offered nothing else; one in eight has no password; one in three has left a phone number; one in four has a passkey. Whoever is offered
    /// anything of that is no more likely to exist for it.
    pub fn offered(&self, pool: &PoolSettings) -> Vec<First> {
        let [careful, phone, passkey, bare, ..] = self.drawn;
        let by = |kind: AliasKind| pool.username_attributes.contains(&kind) || pool.alias_attributes.contains(&kind);
        let passwordless = pool.mfa != MfaRequirement::On && careful >= 32;
        let can = |first: First| match first {
            First::PasswordSrp | First::Password => true,
            First::Email => passwordless && (!self.by_phone || pool.auto_verified.contains(&Contact::Email)),
            First::Sms => {
                let usual = pool.auto_verified.contains(&Contact::Phone) && !by(AliasKind::Email);
                passwordless && (self.by_phone || usual || phone < 85)
            }
            First::Passkey => {
                let enough = passwordless || passkeys::settings(pool).counts_as_two;
                self.passkeys && enough && passkey < 64
            }
        };
        let mut offered: Vec<_> = First::ALL.into_iter().filter(|first| allowed(pool, *first) && can(*first)).collect();
        if bare < 32 && offered.iter().any(|first| first.contact().is_some()) {
            offered.retain(|first| !matches!(first, First::PasswordSrp | First::Password));
        }
        offered
    }

    /// The id of the passkey they seem to have, as long as many a phone makes them.
    pub fn passkey(&self) -> Vec<u8> {
        self.drawn[12..].to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attributes::{Writer, update};
    use crate::client::ClientSettings;
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
    fn a_user_stored_before_addresses_were_vouched_for_still_gets_in_by_them() {
        let mut without = person();
        without.credentials.password = None;
        without.attributes.remove("email_verified");
        let mut row = serde_json::to_value(&without).unwrap();
        let kept: User = serde_json::from_value(row.clone()).unwrap();
        assert_eq!(available(&pool(), &kept, false, false), [], "one stored since keeps its empty list");
        row["credentials"].as_object_mut().unwrap().remove("vouched").unwrap();
        let mut old: User = serde_json::from_value(row).unwrap();
        assert_eq!(available(&pool(), &old, false, false), [Email, Sms]);
        let client = ClientSettings::default();
        let moved = vec![("phone_number".to_owned(), "+12065550199".to_owned())];
        update(&pool(), Writer::Client(&client), &mut old, &moved).unwrap();
        assert_eq!(available(&pool(), &old, false, false), [Email], "a new address has to be proven like anybody's");
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

    fn nobody(bytes: [u8; 4]) -> Nobody {
        let mut drawn = [255; 32];
        drawn[..4].copy_from_slice(&bytes);
        Nobody { drawn, by_phone: false, passkeys: true }
    }

    #[test]
    fn nobody_looks_like_one_user_or_another() {
        let (pool, ordinary) = (pool(), person());
        let plain = [255, 255, 255, 255];
        assert_eq!(nobody(plain).offered(&pool), available(&pool, &ordinary, false, true));
        assert_eq!(nobody([255, 255, 0, 255]).offered(&pool), available(&pool, &ordinary, true, true));
        let mut careful = person();
        careful.status = UserStatus::ForceChangePassword;
        assert_eq!(nobody([0, 0, 0, 255]).offered(&pool), available(&pool, &careful, true, true));
        let mut bare = person();
        bare.credentials.password = None;
        assert_eq!(nobody([255, 255, 255, 0]).offered(&pool), available(&pool, &bare, false, true));
        bare.vouch_for_addresses();
        assert_eq!(nobody([255, 0, 255, 0]).offered(&pool), available(&pool, &bare, false, true));
        let by_phone = Nobody { by_phone: true, ..nobody(plain) };
        assert_eq!(by_phone.offered(&pool), [PasswordSrp, First::Password, Sms]);
        assert_eq!(nobody([0; 4]).offered(&settings()), [PasswordSrp, First::Password]);
        let without = Nobody { passkeys: false, ..nobody([255, 255, 0, 255]) };
        assert!(!without.offered(&pool).contains(&Passkey));
        assert_eq!(without.passkey().len(), 20);
    }
}
