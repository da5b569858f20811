//! Confirmation codes: six digits, kept as a keyed hash, single use, with a limited number of tries (spec C.15, C.17).
//! A code is bound to pool, user, purpose and the very address it was sent to: it proves nothing about an address that was put there later.
use crate::attributes::CONTACTS;
use crate::context::RequestContext;
use crate::error::Result;
use crate::ids::{Millis, PoolId};
use crate::lockout::short;
use crate::messages;
use crate::pool::Contact;
use crate::ports::{Code, CodePurpose, Random, StoreError};
use crate::service::UserPools;
use crate::user::User;

const HOUR: Millis = 60 * 60 * 1000;
const CODES: u32 = 1_000_000;

/// How long a code lives (spec C.15).
pub(crate) const fn life(purpose: CodePurpose) -> Millis {
    match purpose {
        CodePurpose::SignUp | CodePurpose::VerifyEmail | CodePurpose::VerifyPhone => 24 * HOUR,
        CodePurpose::ForgotPassword => HOUR,
    }
}

pub(crate) const fn word(purpose: CodePurpose) -> &'static str {
    match purpose {
        CodePurpose::SignUp => "sign-up",
        CodePurpose::ForgotPassword => "forgot-password",
        CodePurpose::VerifyEmail => "verify-email",
        CodePurpose::VerifyPhone => "verify-phone",
    }
}

/// What `VerifyUserAttribute` redeems for a contact.
pub const fn verifying(contact: Contact) -> CodePurpose {
    match contact {
        Contact::Email => CodePurpose::VerifyEmail,
        Contact::Phone => CodePurpose::VerifyPhone,
    }
}

/// Acts that may be done so often an hour and user (spec C.15). Where AWS gives a range by risk, its upper end counts for asking and
/// half of it for guessing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    /// ResendConfirmationCode.
    Resend,
    /// ConfirmSignUp.
    ConfirmSignUp,
    /// ForgotPassword.
    Forgot,
    /// ConfirmForgotPassword.
    ConfirmForgot,
    /// GetUserAttributeVerificationCode.
    AttributeCode,
    /// VerifyUserAttribute.
    VerifyAttribute,
    /// Codes by mail or SMS behind a password.
    SecondCode,
    /// Codes by mail or SMS for who has only named somebody: without a limit anybody could fill anybody's mailbox. Counted apart, or they
    /// would use up what the user needs behind the password.
    FirstCode,
}

impl Limit {
    const fn word_and_uses(self) -> (&'static str, u32) {
        match self {
            Self::Resend => ("resend", 5),
            Self::ConfirmSignUp => ("confirm-sign-up", 15),
            Self::Forgot => ("forgot", 20),
            Self::ConfirmForgot => ("confirm-forgot", 10),
            Self::AttributeCode => ("attribute-code", 5),
            Self::VerifyAttribute => ("verify-attribute", 15),
            Self::SecondCode => ("second-code", 30),
            Self::FirstCode => ("first-code", 30),
        }
    }
}

/// Six digits, each of the million codes equally likely.
pub(crate) fn six_digits(random: &dyn Random) -> String {
    format!("{:06}", below(random, CODES))
}

/// Eight digits: a code that stands alone must be harder to guess than one behind a password.
pub(crate) fn eight_digits(random: &dyn Random) -> String {
    format!("{:08}", below(random, CODES * 100))
}

fn below(random: &dyn Random, bound: u32) -> u32 {
    // The largest multiple that fits; values above it would favour small codes.
    let fair = u32::MAX - u32::MAX % bound;
    loop {
        let drawn = u32::from_be_bytes(crate::random::bytes(random));
        if drawn < fair {
            return drawn % bound;
        }
    }
}

impl UserPools {
    /// Counts a use by `who` (a sub, or the folded name when there is no such user) before it happens, so parallel tries cannot slip
    /// through. LimitExceeded beyond the hour's share.
    pub(crate) async fn count_against(
        &self,
        cx: &RequestContext,
        limit: Limit,
        pool: &PoolId,
        who: &str,
    ) -> Result<()> {
        let (word, uses) = limit.word_and_uses();
        let count = self.store.count_use(cx.now, format!("limit:{word}:{pool}:{}", short(who)), HOUR).await?;
        if count > uses {
            return Err(
                messages::ATTEMPT_LIMIT_EXCEEDED.because(format!("{count} {word} within an hour, {uses} allowed"))
            );
        }
        Ok(())
    }

    /// Makes a code for an address: the code, which leaves only by mail or SMS, and its row.
    pub(crate) fn new_code(
        &self,
        cx: &RequestContext,
        user: &User,
        purpose: CodePurpose,
        contact: Contact,
        address: &str,
    ) -> (String, Code) {
        let code = six_digits(&*self.random);
        let hash = self.code_hashes(user, purpose, address, &code).swap_remove(0);
        let row = Code {
            pool: user.pool.clone(),
            sub: user.sub.clone(),
            purpose,
            hash,
            attribute: contact.attribute().to_owned(),
            expires_at: cx.now.saturating_add(life(purpose)),
        };
        (code, row)
    }

    /// The live code of that purpose: which contact it went to, and its hash. `None` when there is none.
    pub(crate) async fn live_code(
        &self,
        cx: &RequestContext,
        user: &User,
        purpose: CodePurpose,
    ) -> Result<Option<(Contact, [u8; 32])>> {
        match self.store.code(cx.now, user.pool.clone(), user.sub.clone(), purpose).await {
            Ok(code) => {
                let contact = CONTACTS.into_iter().find(|contact| contact.attribute() == code.attribute);
                Ok(contact.map(|contact| (contact, code.hash)))
            }
            Err(StoreError::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The hash of a code under each key of the ring, the active one first.
    pub(crate) fn code_hashes(&self, user: &User, purpose: CodePurpose, address: &str, code: &str) -> Vec<[u8; 32]> {
        let parts = ["code", &user.pool.0, &user.sub, word(purpose), address, code];
        self.keys.peppered(&parts.map(str::as_bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    struct Script(Mutex<Vec<u32>>);
    impl Random for Script {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.copy_from_slice(&self.0.lock().unwrap().remove(0).to_be_bytes());
        }
    }

    #[test]
    fn codes_are_six_digits_with_leading_zeros() {
        assert_eq!(six_digits(&Script(Mutex::new(vec![42]))), "000042");
        assert_eq!(six_digits(&Script(Mutex::new(vec![1_999_999]))), "999999");
    }

    #[test]
    fn draws_that_would_favour_small_codes_are_drawn_again() {
        assert_eq!(six_digits(&Script(Mutex::new(vec![u32::MAX, 4_294_000_000, 4_293_999_999]))), "999999");
    }
}
