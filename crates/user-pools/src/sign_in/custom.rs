//! CUSTOM_AUTH (spec C.11): functions of the pool decide what has to be proven. Define is asked after every round; what Create made for Verify
//! alone stays sealed in the session. Behind a client that hides users, somebody who does not exist goes the same way and never arrives.
use super::next::{check_enabled, check_status, check_temporary, finish, totp_parameters};
use super::session::{LONGEST, State, Step, session_end};
use super::trail::Trail;
use super::{Challenge, ChallengeName, Outcome, Place, Start, absent, unsupported};
use crate::attributes::is_verified;
use crate::context::RequestContext;
use crate::error::Result;
use crate::made_up;
use crate::messages;
use crate::pool::Contact;
use crate::random;
use crate::service::UserPools;
use crate::srp::ClientKey;
use crate::triggers::challenges::{Party, check_configured};
use crate::user::{User, UserStatus};
use events::user_pools::{AuthChallengeResult, DefineAuthChallengeAnswer, Texts};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// How far a custom sign-in has got.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Custom {
    /// The rounds so far.
    pub rounds: Vec<AuthChallengeResult>,
    /// For Verify alone.
    pub private: Texts,
    /// What Create called the open round.
    pub metadata: Option<String>,
}

impl fmt::Debug for Custom {
    /// The private parameters are the right answers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Custom").field("rounds", &self.rounds.len()).finish_non_exhaustive()
    }
}

/// A custom sign-in between two rounds.
pub(super) struct Round<'a> {
    pub place: &'a Place,
    /// None: somebody who does not exist.
    pub user: Option<User>,
    pub state: State,
}

/// What Define decides.
#[derive(Debug, PartialEq, Eq)]
enum Verdict<'a> {
    Fail,
    Issue,
    Ask(&'a str),
}

impl UserPools {
    pub(super) async fn start_custom(
        &self,
        cx: &RequestContext,
        place: &Place,
        start: &Start,
        trail: &mut Trail,
    ) -> Result<Outcome> {
        let name = start.parameters.require("USERNAME")?;
        trail.at("custom.triggers");
        check_configured(&place.pool.settings)?;
        let a = srp_a(start)?;
        trail.at("user.exists");
        let user = self.find_user(&place.pool, name).await?;
        match &user {
            Some(user) => trail.of(&user.sub),
            None if place.hides_users(&start.door) => {}
            None => return Err(messages::USER_DOES_NOT_EXIST),
        }
        // Where users are hidden, the status shows only to who has proven everything.
        if let Some(user) = user.as_ref().filter(|_| !place.hides_users(&start.door)) {
            may_arrive(user, cx, trail)?;
        }
        trail.at("trigger.pre_authentication");
        let shown = absent::shown_name(self, place, name);
        self.pre_authentication(cx, place, user.as_ref(), &shown).await?;
        let sub = user.as_ref().map_or_else(|| self.absent_sub(place, name), |user| user.sub.clone());
        let stamp = user.as_ref().map_or_else(|| State::random_stamp(self), User::stamp);
        let state = State::begin(self, cx, place, &start.door, name, (&sub, stamp));
        let mut custom = Custom::default();
        if let Some(a) = a {
            custom.rounds.push(round("SRP_A", true, None));
            return self.ask_for_password(cx, Round { place, user, state }, start, &a, custom, trail).await;
        }
        self.go_on(cx, Round { place, user, state: State { custom: Some(Box::new(custom)), ..state } }, trail).await
    }

    /// The password first, by SRP: Define must want it.
    async fn ask_for_password(
        &self,
        cx: &RequestContext,
        at: Round<'_>,
        start: &Start,
        a: &ClientKey,
        custom: Custom,
        trail: &mut Trail,
    ) -> Result<Outcome> {
        trail.at("trigger.define_auth_challenge");
        let shown = absent::shown_name(self, at.place, &at.state.started_as);
        let decided = self.define_challenge(cx, at.party(&shown), &custom.rounds).await?;
        if verdict(&decided)? == Verdict::Ask("PASSWORD_VERIFIER") {
            trail.at("srp.challenge");
            let asked = self.ask_for_claim(cx, at.place, start, at.user.as_ref(), a, Some(Box::new(custom)));
            return asked.map(Outcome::Challenge);
        }
        let state = State { custom: Some(Box::new(custom)), ..at.state };
        self.obey(cx, Round { state, ..at }, &shown, &decided, trail).await
    }

    /// A challenge of Cognito's own has been answered rightly within a custom sign-in.
    pub(super) async fn continue_custom(
        &self,
        cx: &RequestContext,
        place: &Place,
        user: User,
        mut state: State,
        challenge: ChallengeName,
        trail: &mut Trail,
    ) -> Result<Outcome> {
        if let Some(custom) = &mut state.custom {
            custom.rounds.push(round(challenge.as_str(), true, None));
        }
        self.go_on(cx, Round { place, user: Some(user), state }, trail).await
    }

    /// The claim of SRP was right.
    pub(super) async fn after_srp_in_custom(
        &self,
        cx: &RequestContext,
        place: &Place,
        user: User,
        state: &State,
        trail: &mut Trail,
    ) -> Result<Outcome> {
        trail.at("password.temporary");
        check_temporary(&user, cx.now)?;
        self.continue_custom(cx, place, user, state.clone(), ChallengeName::PasswordVerifier, trail).await
    }

    /// The claim of SRP was wrong: Define hears of it, and mostly fails the sign-in.
    pub(super) async fn srp_failed_in_custom(
        &self,
        cx: &RequestContext,
        place: &Place,
        user: Option<User>,
        mut state: State,
        trail: &mut Trail,
    ) -> Result<Outcome> {
        if let Some(custom) = &mut state.custom {
            custom.rounds.push(round(ChallengeName::PasswordVerifier.as_str(), false, None));
        }
        self.go_on(cx, Round { place, user, state }, trail).await
    }

    /// Asks Define and does as it says.
    pub(super) async fn go_on(&self, cx: &RequestContext, at: Round<'_>, trail: &mut Trail) -> Result<Outcome> {
        trail.at("trigger.define_auth_challenge");
        let shown = absent::shown_name(self, at.place, &at.state.started_as);
        let decided = self.define_challenge(cx, at.party(&shown), at.rounds()).await?;
        self.obey(cx, at, &shown, &decided, trail).await
    }

    async fn obey(
        &self,
        cx: &RequestContext,
        at: Round<'_>,
        shown: &str,
        decided: &DefineAuthChallengeAnswer,
        trail: &mut Trail,
    ) -> Result<Outcome> {
        match verdict(decided)? {
            Verdict::Fail => Err(messages::INCORRECT_CREDENTIALS.because("DefineAuthChallenge failed the sign-in")),
            Verdict::Issue => arrive(cx, at, trail),
            Verdict::Ask("CUSTOM_CHALLENGE") => self.ask_custom(cx, at, shown, trail).await,
            Verdict::Ask(own) => self.ask_own(cx, &at, own).await,
        }
    }

    async fn ask_custom(&self, cx: &RequestContext, at: Round<'_>, shown: &str, trail: &mut Trail) -> Result<Outcome> {
        trail.at("trigger.create_auth_challenge");
        let name = ChallengeName::CustomChallenge;
        let made = self.create_challenge(cx, at.party(shown), name.as_str(), at.rounds()).await?;
        let custom = Custom {
            rounds: at.rounds().to_vec(),
            private: made.private_challenge_parameters.unwrap_or_default(),
            metadata: made.challenge_metadata,
        };
        let username = at.user.as_ref().map_or(shown, |user| &user.username).to_owned();
        let session = self.seal_session(&State {
            id: hex::encode(random::bytes::<16>(&*self.random)),
            step: Step::Custom,
            expires_at: session_end(cx, at.place),
            custom: Some(Box::new(custom)),
            ..at.state
        });
        if session.len() > LONGEST {
            let why = "rounds and private parameters are longer than a Session may be";
            return Err(messages::TRIGGER_ANSWER_UNUSABLE.because(why));
        }
        let custom = made.public_challenge_parameters.unwrap_or_default();
        Ok(Outcome::Challenge(Challenge {
            custom,
            ..Challenge::new(name, session, BTreeMap::from([("USERNAME", username)]))
        }))
    }

    /// A challenge of Cognito's own, where the user can answer it. Somebody who does not exist can answer none, like a user who has set up
    /// nothing: both read the same.
    async fn ask_own(&self, cx: &RequestContext, at: &Round<'_>, name: &str) -> Result<Outcome> {
        let user = at.user.as_ref();
        let unusable = |why: &'static str| messages::TRIGGER_ANSWER_UNUSABLE.because(why);
        let asked = match name {
            "SOFTWARE_TOKEN_MFA" => {
                let has_app = |user: &&User| user.credentials.totp.as_ref().is_some_and(|totp| totp.verified);
                let user = user.filter(has_app).ok_or_else(|| unusable("the user has no authenticator app"))?;
                let challenge = (ChallengeName::SoftwareTokenMfa, totp_parameters(user));
                self.ask(cx, at.place, user, &at.state, Step::SoftwareToken, challenge)
            }
            "NEW_PASSWORD_REQUIRED" => {
                let is_temporary = |user: &&User| user.status == UserStatus::ForceChangePassword;
                let user = user.filter(is_temporary).ok_or_else(|| unusable("the user has no temporary password"))?;
                self.ask_new_password(cx, at.place, user, &at.state)
            }
            "PASSWORD_VERIFIER" => return Err(unusable("the sign-in did not begin with SRP_A")),
            "SMS_MFA" | "EMAIL_OTP" => {
                let contact = if name == "SMS_MFA" { Contact::Phone } else { Contact::Email };
                let has_address = |user: &&User| is_verified(user, contact);
                let user = user.filter(has_address).ok_or_else(|| unusable("the user has no verified address"))?;
                self.ask_for_code(cx, at.place, user, &at.state, contact).await?
            }
            "DEVICE_SRP_AUTH" | "SELECT_MFA_TYPE" | "MFA_SETUP" => {
                return Err(unsupported(&format!("The challenge {name} within CUSTOM_AUTH")));
            }
            _ => return Err(unusable("DefineAuthChallenge named an unknown challenge")),
        };
        Ok(Outcome::Challenge(asked))
    }

    fn absent_sub(&self, place: &Place, name: &str) -> String {
        made_up::sub(&self.keys, &place.pool.settings, &place.pool.id, name)
    }
}

impl Round<'_> {
    fn party<'b>(&'b self, shown: &'b str) -> Party<'b> {
        Party { place: self.place, user: self.user.as_ref(), shown }
    }

    fn rounds(&self) -> &[AuthChallengeResult] {
        self.state.custom.as_ref().map(|custom| custom.rounds.as_slice()).unwrap_or_default()
    }
}

pub(super) fn round(name: &str, result: bool, metadata: Option<String>) -> AuthChallengeResult {
    AuthChallengeResult { challenge_name: name.to_owned(), challenge_result: result, challenge_metadata: metadata }
}

/// `SRP_A`, where the client wants the password to come first.
fn srp_a(start: &Start) -> Result<Option<ClientKey>> {
    match start.parameters.get("CHALLENGE_NAME") {
        Some("SRP_A") => ClientKey::parse(start.parameters.require("SRP_A")?).map(Some),
        _ => Ok(None),
    }
}

/// Failing wins over issuing, issuing over asking.
fn verdict(decided: &DefineAuthChallengeAnswer) -> Result<Verdict<'_>> {
    if decided.fail_authentication == Some(true) {
        return Ok(Verdict::Fail);
    }
    if decided.issue_tokens == Some(true) {
        return Ok(Verdict::Issue);
    }
    match decided.challenge_name.as_deref() {
        Some(name) if !name.is_empty() => Ok(Verdict::Ask(name)),
        _ => Err(messages::TRIGGER_ANSWER_UNUSABLE.because("DefineAuthChallenge decided nothing")),
    }
}

/// Enabled and confirmed. A temporary password is no obstacle: it was not asked for.
fn may_arrive(user: &User, cx: &RequestContext, trail: &mut Trail) -> Result<()> {
    trail.at("user.enabled");
    check_enabled(user, cx.now)?;
    trail.at("user.status");
    check_status(user, cx.now)
}

/// Tokens, for a user who may have them. MFA is not added: the functions have decided what is enough.
fn arrive(cx: &RequestContext, at: Round<'_>, trail: &mut Trail) -> Result<Outcome> {
    let Some(user) = at.user else {
        return Err(messages::INCORRECT_CREDENTIALS.because("no user answers to this name"));
    };
    may_arrive(&user, cx, trail)?;
    Ok(finish(cx, at.place, user, &at.state))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decided(name: Option<&str>, issue: Option<bool>, fail: Option<bool>) -> DefineAuthChallengeAnswer {
        DefineAuthChallengeAnswer {
            challenge_name: name.map(str::to_owned),
            issue_tokens: issue,
            fail_authentication: fail,
        }
    }

    #[test]
    fn failing_wins_over_issuing_and_issuing_over_asking() {
        assert_eq!(verdict(&decided(Some("X"), Some(true), Some(true))).unwrap(), Verdict::Fail);
        assert_eq!(verdict(&decided(Some("X"), Some(true), None)).unwrap(), Verdict::Issue);
        assert_eq!(verdict(&decided(Some("X"), Some(false), Some(false))).unwrap(), Verdict::Ask("X"));
        assert!(verdict(&decided(None, None, None)).is_err());
    }

    #[test]
    fn right_answers_stay_out_of_logs() {
        let custom = Custom { private: [("answer".to_owned(), "42".to_owned())].into(), ..Custom::default() };
        assert!(!format!("{custom:?}").contains("42"));
    }
}
