//! Answers before the first factor is proven: the choice, the password, SRP_A, a code, a passkey. The user may not exist; then every answer is
//! wrong in the words and at the price of a wrong one.
use super::first_factor::First;
use super::sent_code::given_code;
use super::session::{State, Step};
use super::trail::Trail;
use super::user_auth::{Visitor, named};
use super::{Answer, ChallengeName, Flow, Outcome, Parameters, Place, Start, absent};
use crate::context::RequestContext;
use crate::error::Result;
use crate::lockout::{self, Guess};
use crate::messages;
use crate::names;
use crate::service::UserPools;

impl UserPools {
    /// Whether the answer belongs to a step before the first factor. EMAIL_OTP is asked for before and behind a password; the session tells.
    pub(super) fn is_before_the_first_factor(
        &self,
        cx: &RequestContext,
        place: &Place,
        answer: &Answer,
    ) -> Result<bool> {
        Ok(match answer.challenge {
            ChallengeName::SelectChallenge
            | ChallengeName::Password
            | ChallengeName::PasswordSrp
            | ChallengeName::SmsOtp
            | ChallengeName::WebAuthn => true,
            ChallengeName::EmailOtp => match answer.session.as_deref() {
                Some(session) => {
                    let state = self.session_for(cx, place, &answer.door, session, answer.challenge)?;
                    state.step == Step::FirstEmail
                }
                None => true,
            },
            _ => false,
        })
    }

    /// Order: session, user, name, secret; then the step.
    pub(super) async fn answer_first_factor(
        &self,
        cx: &RequestContext,
        place: &Place,
        answer: &Answer,
        trail: &mut Trail,
    ) -> Result<Outcome> {
        let mut visitor = self.come_back(cx, place, answer, trail).await?;
        match visitor.state.step {
            Step::Choose => {
                trail.at("first_factor.choice");
                // As at the start, from what user and pool are now.
                let name = &visitor.state.started_as;
                (visitor.offered, visitor.genuine) =
                    self.offered(place, &answer.door, visitor.user.as_ref(), name).await?;
                let first = named(answer.responses.require("ANSWER")?)?;
                if !visitor.offered.contains(&first) {
                    return Err(messages::NOT_OFFERED);
                }
                self.go_on_with(cx, &visitor, first, answer, trail).await
            }
            Step::Password => {
                answer.responses.require("PASSWORD")?;
                self.go_on_with(cx, &visitor, First::Password, answer, trail).await
            }
            Step::PasswordSrp => {
                answer.responses.require("SRP_A")?;
                self.go_on_with(cx, &visitor, First::PasswordSrp, answer, trail).await
            }
            Step::FirstEmail | Step::FirstSms => self.answer_first_code(cx, visitor, answer, trail).await,
            Step::Passkey => {
                let shown = visitor.shown(self);
                match visitor.user.take() {
                    Some(user) => self.answer_passkey(cx, place, &answer.responses, (user, visitor.state), trail).await,
                    None => self.refuse_passkey(cx, place, &answer.responses, (&shown, &visitor.state), trail).await,
                }
            }
            _ => Err(messages::CHALLENGE_MISMATCH),
        }
    }

    /// Whose session it is; nobody's, where the client hides users.
    async fn come_back<'a>(
        &self,
        cx: &RequestContext,
        place: &'a Place,
        answer: &Answer,
        trail: &mut Trail,
    ) -> Result<Visitor<'a>> {
        trail.at("session");
        let session = answer.session.as_deref().ok_or_else(|| messages::missing_parameter("Session"))?;
        let state = self.session_for(cx, place, &answer.door, session, answer.challenge)?;
        state.tell(trail);
        let user = self.custom_user(place, answer, &state).await?;
        trail.at("user.name");
        let shown = user
            .as_ref()
            .map_or_else(|| absent::shown_name(self, place, &state.started_as), |user| user.username.clone());
        let names = [shown.as_str(), &state.sub, &state.started_as];
        // The login pages keep the name in their own form; there the session alone tells who it is.
        if answer.door != super::Door::ManagedLogin {
            let name = answer.responses.require("USERNAME")?;
            if !place.is_one_of(name, &names) {
                return Err(messages::SESSION_FOREIGN.because("USERNAME is not the session's user"));
            }
            trail.at("client.secret_hash");
            self.check_answer_hash(place, answer, &[name, names[0], names[1], names[2]])?;
        }
        Ok(Visitor { place, user, offered: Vec::new(), genuine: true, state })
    }

    /// The chosen factor, with what came along. A wrong password leaves the session as it was; what goes further uses it up.
    async fn go_on_with(
        &self,
        cx: &RequestContext,
        visitor: &Visitor<'_>,
        first: First,
        answer: &Answer,
        trail: &mut Trail,
    ) -> Result<Outcome> {
        let start = begun(&visitor.state, answer);
        let needs_nothing = first.contact().is_some() || first == First::Passkey;
        if needs_nothing || first == First::PasswordSrp {
            // Before a code is sent: one choice sends one code.
            trail.at("session.single_use");
            self.spend_session(cx, &visitor.state).await?;
            return self.begin_with(cx, visitor, first, &start, trail).await;
        }
        let outcome = self.begin_with(cx, visitor, first, &start, trail).await?;
        trail.at("session.single_use");
        self.spend_session(cx, &visitor.state).await?;
        Ok(outcome)
    }

    /// Order: lockout, code, session; then as after a password.
    async fn answer_first_code(
        &self,
        cx: &RequestContext,
        visitor: Visitor<'_>,
        answer: &Answer,
        trail: &mut Trail,
    ) -> Result<Outcome> {
        let (place, shown) = (visitor.place, visitor.shown(self));
        let Visitor { user, mut state, .. } = visitor;
        let code = given_code(&answer.responses, answer.challenge)?;
        trail.at("lockout");
        let folded = names::fold(&place.pool.settings, &shown);
        let guesses = self.begin_guess(cx, lockout::key(Guess::First, &place.pool.id, &folded)).await?;
        trail.at("mfa.code");
        let Some(user) = user.filter(|user| self.is_sent_code(&state, user, code)) else {
            return Err(messages::INVALID_MFA_CODE);
        };
        trail.at("session.single_use");
        self.spend_session(cx, &state).await?;
        let Some(sent) = state.sent.take() else { return Err(messages::CHALLENGE_MISMATCH) };
        let user = self.prove_address(cx, place, user, sent.contact, false).await?;
        state.methods.push(if sent.contact == crate::pool::Contact::Phone { "sms" } else { "otp" }.to_owned());
        let result = self.admit(cx, place, user, &state, trail).await;
        self.forgive(cx, guesses, &state, result).await
    }
}

/// The start of a sign-in that this answer amounts to.
fn begun(state: &State, answer: &Answer) -> Start {
    let given = answer.responses.iter().filter(|(name, _)| matches!(*name, "PASSWORD" | "SRP_A"));
    let own = [("USERNAME", state.started_as.as_str())].into_iter();
    let device = state.device.as_deref().map(|key| ("DEVICE_KEY", key));
    Start {
        door: answer.door.clone(),
        client: answer.client.clone(),
        flow: Flow::UserAuth,
        parameters: given.chain(own).chain(device).collect::<Parameters>(),
        session: None,
    }
}
