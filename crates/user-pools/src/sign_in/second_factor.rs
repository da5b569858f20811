//! SOFTWARE_TOKEN_MFA, SELECT_MFA_TYPE and the end of MFA_SETUP. Wrong codes are counted apart from wrong passwords; a code works once.
use super::answer::Given;
use super::next::{finish, totp_parameters};
use super::session::Step;
use super::trail::Trail;
use super::{ChallengeName, Outcome, unsupported};
use crate::context::RequestContext;
use crate::error::Result;
use crate::lockout::{self, Guess};
use crate::messages;
use crate::mfa::Factor;
use crate::mfa::totp::{self, Verdict};
use crate::ports::StoreError;
use crate::service::UserPools;
use crate::user::User;

/// So often a change of the user by somebody else is followed by another try.
const TRIES: usize = 10;

impl UserPools {
    /// Order: lockout, code (used up in the act that finds it right), session. A failure in between costs the user one code.
    pub(super) async fn answer_software_token(
        &self,
        cx: &RequestContext,
        given: Given<'_>,
        trail: &mut Trail,
    ) -> Result<Outcome> {
        let Given { place, answer, mut state, user } = given;
        let code = answer.responses.require("SOFTWARE_TOKEN_MFA_CODE")?;
        trail.at("lockout");
        let guesses = lockout::key(Guess::Mfa, &place.pool.id, &user.username_folded);
        let guesses = self.begin_guess(cx, guesses).await?;
        trail.at("mfa.totp");
        let user = self.use_up_code(cx, user, code).await?;
        trail.at("session.single_use");
        self.spend_session(cx, &state).await?;
        state.methods.extend(["otp".to_owned(), "mfa".to_owned()]);
        let proven = if state.custom.is_some() {
            self.continue_custom(cx, place, user, state.clone(), ChallengeName::SoftwareTokenMfa, trail).await
        } else {
            Ok(finish(cx, place, user, &state))
        };
        self.forgive(cx, guesses, &state, proven).await
    }

    /// Of many answers with one code exactly one finds it unused: the user's version decides.
    async fn use_up_code(&self, cx: &RequestContext, mut user: User, code: &str) -> Result<User> {
        for _ in 0..TRIES {
            let Some(totp) = user.credentials.totp.clone().filter(|totp| totp.verified) else {
                return Err(messages::CHALLENGE_MISMATCH.because("the user has no authenticator app any more"));
            };
            let step = match totp::examine(&self.keys, &user, &totp, code, cx.now)? {
                Verdict::Right(step) => step,
                Verdict::Used => return Err(messages::TOTP_ALREADY_USED),
                Verdict::Wrong => return Err(messages::INVALID_MFA_CODE),
            };
            let mut changed = user.clone();
            if let Some(totp) = &mut changed.credentials.totp {
                totp.last_step = Some(step);
            }
            match self.store.replace_user(cx.now, changed.clone()).await {
                Ok(version) => return Ok(User { version, ..changed }),
                Err(StoreError::Conflict) => user = self.store.user(user.pool, user.sub).await?,
                Err(error) => return Err(error.into()),
            }
        }
        Err(StoreError::Conflict.into())
    }

    /// The choice among several factors; only the app's challenge exists yet.
    pub(super) async fn answer_select_mfa(
        &self,
        cx: &RequestContext,
        given: Given<'_>,
        trail: &mut Trail,
    ) -> Result<Outcome> {
        let Given { place, answer, state, user } = given;
        trail.at("mfa.choice");
        match Factor::from_name(answer.responses.require("ANSWER")?) {
            Some(Factor::SoftwareToken) if user.credentials.totp.as_ref().is_some_and(|totp| totp.verified) => {}
            Some(Factor::SoftwareToken) | None => return Err(messages::CHALLENGE_MISMATCH),
            Some(other) => return Err(unsupported(&format!("The MFA method {}", other.as_str()))),
        }
        self.spend_session(cx, &state).await?;
        let challenge = (ChallengeName::SoftwareTokenMfa, totp_parameters(&user));
        Ok(Outcome::Challenge(self.ask(cx, place, &user, &state, Step::SoftwareToken, challenge)))
    }

    /// The session that VerifySoftwareToken gave back: the factor has just been proven.
    pub(super) async fn answer_mfa_setup(
        &self,
        cx: &RequestContext,
        given: Given<'_>,
        trail: &mut Trail,
    ) -> Result<Outcome> {
        let Given { place, mut state, user, .. } = given;
        trail.at("session.single_use");
        self.spend_session(cx, &state).await?;
        state.methods.extend(["otp".to_owned(), "mfa".to_owned()]);
        Ok(finish(cx, place, user, &state))
    }
}
