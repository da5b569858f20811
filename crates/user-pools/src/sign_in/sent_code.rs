//! Codes by mail and SMS at sign-in: SMS_MFA and EMAIL_OTP behind a password, EMAIL_OTP and SMS_OTP in front of everything (spec C.8, C.10,
//! C.12). No row holds such a code: the session carries its keyed hash, sealed, so it lives as long as the session and dies with it.
//! Wrong codes are counted like wrong codes of an app; the session may be used again after one, and is spent by success.
use super::answer::Given;
use super::session::{State, Step, session_end};
use super::trail::Trail;
use super::{Challenge, ChallengeName, Outcome, Parameters, Place};
use crate::codes::{Limit, eight_digits, six_digits};
use crate::context::RequestContext;
use crate::error::{Error, ErrorKind, Result};
use crate::lockout::{self, Guess};
use crate::messages;
use crate::pool::Contact;
use crate::service::UserPools;
use crate::templates::{Letter, Occasion};
use crate::user::User;
use crate::users::update::Aliases;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use subtle::ConstantTimeEq as _;

/// What a session remembers of the code that was sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Sent {
    pub contact: Contact,
    /// Keyed, over session, user, address and code, in hex: it proves nothing about an address that was put there later.
    pub hash: String,
}

/// To whom a code goes.
pub(super) struct Recipient<'a> {
    pub user: &'a User,
    pub contact: Contact,
    /// Where to.
    pub address: &'a str,
    /// As clients see it.
    pub destination: String,
    /// Under what codes to them are counted: one user, one count, whichever of their names is typed.
    pub counted: &'a str,
    /// False: nothing leaves the house.
    pub real: bool,
}

impl<'a> Recipient<'a> {
    /// The user's own address, known to be there.
    pub fn of(place: &Place, user: &'a User, contact: Contact) -> Result<Self> {
        let why = || messages::CHALLENGE_MISMATCH.because("the user has no such address any more");
        let address = user.attributes.get(contact.attribute()).ok_or_else(why)?;
        let shown = crate::names::fold(&place.pool.settings, address);
        let destination = crate::templates::masked(contact, &shown);
        Ok(Self { user, contact, address, destination, counted: &user.sub, real: true })
    }
}

/// The step at which a code is expected, and the challenge that asks for it.
const fn second(contact: Contact) -> (Step, ChallengeName) {
    match contact {
        Contact::Email => (Step::Email, ChallengeName::EmailOtp),
        Contact::Phone => (Step::Sms, ChallengeName::SmsMfa),
    }
}

const fn first(contact: Contact) -> (Step, ChallengeName) {
    match contact {
        Contact::Email => (Step::FirstEmail, ChallengeName::EmailOtp),
        Contact::Phone => (Step::FirstSms, ChallengeName::SmsOtp),
    }
}

impl UserPools {
    /// Sends a code as second factor.
    pub(super) async fn ask_for_code(
        &self,
        cx: &RequestContext,
        place: &Place,
        user: &User,
        state: &State,
        contact: Contact,
    ) -> Result<Challenge> {
        let recipient = Recipient::of(place, user, contact)?;
        self.ask_recipient(cx, place, &recipient, state, second(contact), six_digits(&*self.random)).await
    }

    /// Sends a code as first factor, to somebody real or not.
    pub(super) async fn ask_for_first_code(
        &self,
        cx: &RequestContext,
        place: &Place,
        recipient: &Recipient<'_>,
        state: &State,
    ) -> Result<Challenge> {
        let code = match recipient.contact {
            Contact::Email => eight_digits(&*self.random),
            Contact::Phone => six_digits(&*self.random),
        };
        self.ask_recipient(cx, place, recipient, state, first(recipient.contact), code).await
    }

    async fn ask_recipient(
        &self,
        cx: &RequestContext,
        place: &Place,
        recipient: &Recipient<'_>,
        state: &State,
        (step, name): (Step, ChallengeName),
        code: String,
    ) -> Result<Challenge> {
        let Recipient { user, contact, address, real, .. } = *recipient;
        let limit = if step.is_first_factor() { Limit::FirstCode } else { Limit::SecondCode };
        // AWS's sign-in knows no LimitExceeded.
        let counted = self.count_against(cx, limit, &place.pool.id, recipient.counted).await;
        counted.map_err(too_many)?;
        let state = state.again(self, cx, place, step);
        let hash = self.sent_hashes(&state, address, &code).swap_remove(0);
        let (pool, client) = (&place.pool, Some(&place.client.id));
        // Nobody waits for the delivery: it is tried again in the background, and a sign-in has no error for it.
        let letter = Letter { pool, user, occasion: Occasion::Authentication, contact, address, client, waits: false };
        self.send_bare_code(cx, &letter, code, real, session_end(cx, place)).await?;
        let sent = Sent { contact, hash: hex::encode(hash) };
        let session = self.seal_session(&State { sent: Some(sent), ..state });
        let parameters = BTreeMap::from([
            ("CODE_DELIVERY_DELIVERY_MEDIUM", contact.medium().to_owned()),
            ("CODE_DELIVERY_DESTINATION", recipient.destination.clone()),
            ("USERNAME", user.username.clone()),
            ("USER_ID_FOR_SRP", user.username.clone()),
        ]);
        Ok(Challenge::new(name, session, parameters))
    }

    fn sent_hashes(&self, state: &State, address: &str, code: &str) -> Vec<[u8; 32]> {
        let parts = ["sign-in code", &state.pool.0, &state.sub, &state.id, address, code];
        self.keys.peppered(&parts.map(str::as_bytes))
    }

    /// Whether the code is the one that was sent to the address the user still has.
    pub(super) fn is_sent_code(&self, state: &State, user: &User, code: &str) -> bool {
        let Some(sent) = &state.sent else { return false };
        let Some(address) = user.attributes.get(sent.contact.attribute()) else { return false };
        let mut right = subtle::Choice::from(0);
        for hash in self.sent_hashes(state, address, code) {
            right |= hex::encode(hash).as_bytes().ct_eq(sent.hash.as_bytes());
        }
        right.into()
    }

    /// Order: lockout, code, session; then what the code proves about the address, and the rest of the sign-in.
    pub(super) async fn answer_code(
        &self,
        cx: &RequestContext,
        given: Given<'_>,
        trail: &mut Trail,
    ) -> Result<Outcome> {
        let Given { place, answer, mut state, user } = given;
        let code = given_code(&answer.responses, answer.challenge)?;
        trail.at("lockout");
        let guesses = lockout::key(Guess::Mfa, &place.pool.id, &user.username_folded);
        let guesses = self.begin_guess(cx, guesses).await?;
        trail.at("mfa.code");
        if !self.is_sent_code(&state, &user, code) {
            return Err(messages::INVALID_MFA_CODE);
        }
        trail.at("session.single_use");
        self.spend_session(cx, &state).await?;
        let Some(sent) = state.sent.take() else { return Err(messages::CHALLENGE_MISMATCH) };
        let user = self.prove_address(cx, place, user, sent.contact, state.enrols).await?;
        let method = if sent.contact == Contact::Phone { "sms" } else { "otp" };
        state.methods.extend([method.to_owned(), "mfa".to_owned()]);
        let proven = self.factor_proven(cx, place, user, &state, answer.challenge, trail).await;
        self.forgive(cx, guesses, &state, proven).await
    }

    /// The address has just been proven. Where another user signs in by it the flag stays down: a sign-in is no claim to an alias.
    pub(super) async fn prove_address(
        &self,
        cx: &RequestContext,
        place: &Place,
        user: User,
        contact: Contact,
        enrols: bool,
    ) -> Result<User> {
        let proven = crate::attributes::is_verified(&user, contact);
        if proven && !enrols {
            return Ok(user);
        }
        let address = user.attributes.get(contact.attribute()).cloned();
        let changed = self.update_user(cx, &place.pool, &user.sub, Aliases::Respect, |user| {
            if user.attributes.get(contact.attribute()) == address.as_ref() {
                user.attributes.insert(contact.verified_attribute().to_owned(), "true".to_owned());
                if enrols {
                    crate::mfa::switch_on(user, crate::mfa::Factor::of(contact));
                }
            }
            Ok(())
        });
        match changed.await {
            Err(error) if error.kind == ErrorKind::AliasExists => Ok(user),
            other => other,
        }
    }
}

fn too_many(error: Error) -> Error {
    if error.kind == ErrorKind::LimitExceeded {
        return messages::TOO_MANY_REQUESTS.because(error.reason.unwrap_or(error.message));
    }
    error
}

/// The code of an answer, under the names that clients use.
pub(super) fn given_code(responses: &Parameters, challenge: ChallengeName) -> Result<&str> {
    let names: &[&str] = match challenge {
        ChallengeName::SmsMfa => &["SMS_MFA_CODE"],
        ChallengeName::SmsOtp => &["SMS_OTP_CODE"],
        // The guide speaks of EMAIL_MFA_CODE in places.
        _ => &["EMAIL_OTP_CODE", "EMAIL_MFA_CODE"],
    };
    let found = names.iter().find_map(|name| responses.get(name));
    found.ok_or_else(|| messages::missing_parameter(names[0]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_challenge_takes_its_code_under_its_own_name() {
        let all = Parameters::from_iter([("SMS_MFA_CODE", "1"), ("SMS_OTP_CODE", "2"), ("EMAIL_MFA_CODE", "3")]);
        assert_eq!(given_code(&all, ChallengeName::SmsMfa).unwrap(), "1");
        assert_eq!(given_code(&all, ChallengeName::SmsOtp).unwrap(), "2");
        assert_eq!(given_code(&all, ChallengeName::EmailOtp).unwrap(), "3");
        let none = given_code(&Parameters::default(), ChallengeName::EmailOtp).unwrap_err();
        assert_eq!(none.message, "Missing required parameter EMAIL_OTP_CODE");
    }
}
