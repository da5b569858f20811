//! The answer to a custom challenge: Verify judges it, Define decides what it means. Each session gives one try.
use super::custom::{Round, round};
use super::session::State;
use super::trail::Trail;
use super::{Answer, ChallengeName, Outcome, Place, absent};
use crate::context::RequestContext;
use crate::error::Result;
use crate::lockout::{self, Counted, Guess};
use crate::messages;
use crate::names;
use crate::ports::StoreError;
use crate::service::UserPools;
use crate::triggers::challenges::Party;
use crate::user::User;

impl UserPools {
    /// Order: session, user, name, secret, single use, lockout, Verify, Define. The session is used up before the functions are asked, so that one
    /// session never buys two tries; a function that breaks costs the client a new start. It is used up before the guess is counted, too: one
    /// session sent again and again must lock nobody out.
    pub(super) async fn answer_custom(
        &self,
        cx: &RequestContext,
        place: &Place,
        answer: &Answer,
        trail: &mut Trail,
    ) -> Result<Outcome> {
        let name = answer.responses.require("USERNAME")?;
        let text = answer.responses.require("ANSWER")?;
        trail.at("session");
        let session = answer.session.as_deref().ok_or_else(|| messages::missing_parameter("Session"))?;
        let mut state = self.session_for(cx, place, &answer.door, session, ChallengeName::CustomChallenge)?;
        state.tell(trail);
        let user = self.custom_user(place, answer, &state).await?;
        trail.at("user.name");
        let shown = absent::shown_name(self, place, &state.started_as);
        let internal = user.as_ref().map_or(&shown, |user| &user.username);
        let names = [internal.as_str(), &state.sub, &state.started_as];
        if !place.is_one_of(name, &names) {
            return Err(messages::SESSION_FOREIGN.because("USERNAME is not the session's user"));
        }
        trail.at("client.secret_hash");
        self.check_answer_hash(place, answer, &[name, names[0], names[1], names[2]])?;
        trail.at("session.single_use");
        self.spend_session(cx, &state).await?;
        trail.at("lockout");
        let folded = names::fold(&place.pool.settings, internal);
        let guesses = lockout::key(Guess::Custom, &place.pool.id, &folded);
        self.count_guess(cx, &guesses, lockout::CUSTOM).await?;
        trail.at("trigger.verify_auth_challenge_response");
        let mut custom = state.custom.take().unwrap_or_default();
        let party = Party { place, user: user.as_ref(), shown: &shown };
        let right = self.verify_challenge(cx, party, &std::mem::take(&mut custom.private), text).await?;
        custom.rounds.push(round(answer.challenge.as_str(), right, custom.metadata.take()));
        let state = State { custom: Some(custom), ..state };
        match self.go_on(cx, Round { place, user, state: state.clone() }, trail).await {
            // Only who arrives is forgiven: a right answer to an easy round says nothing about the next.
            Ok(Outcome::Authenticated(proof)) => {
                self.forgive(cx, Counted::nothing(guesses), &state, Ok(Outcome::Authenticated(proof))).await
            }
            other => other,
        }
    }

    /// The session's user; nobody, where the client hides users. A password changed in between, or a global sign-out, ends the session.
    pub(super) async fn custom_user(&self, place: &Place, answer: &Answer, state: &State) -> Result<Option<User>> {
        match self.store.user(state.pool.clone(), state.sub.clone()).await {
            Ok(user) if user.stamp() == state.stamp => Ok(Some(user)),
            Ok(user) if !user.enabled && !place.hides_users(&answer.door) => Err(messages::USER_DISABLED),
            Ok(_) => Err(messages::SESSION_INVALID.because("the password has changed since")),
            Err(StoreError::NotFound) if place.hides_users(&answer.door) => Ok(None),
            Err(StoreError::NotFound) => Err(messages::SESSION_INVALID.because("its user does not exist")),
            Err(error) => Err(error.into()),
        }
    }
}
