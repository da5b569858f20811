//! The answers to challenges. Whose session, whose name, whose secret come first; then the step itself decides.
use super::session::{State, Step};
use super::trail::Trail;
use super::witnessed::{asked_by_challenge, watch};
use super::{Answer, ChallengeName, Door, Outcome, Place};
use crate::context::RequestContext;
use crate::error::Result;
use crate::messages;
use crate::service::UserPools;
use crate::user::User;

/// What each step works with once the session has been checked.
pub(super) struct Given<'a> {
    pub place: &'a Place,
    pub answer: &'a Answer,
    pub state: State,
    pub user: User,
}

impl UserPools {
    /// Answers a challenge. A session that is forged, foreign, ended or of another step helps nobody; a right answer spends it.
    pub async fn answer(&self, cx: &RequestContext, request: &Answer) -> Result<Outcome> {
        let mut trail = Trail::at_client(action(&request.door), &request.client);
        let result = Box::pin(self.answered(cx, request, &mut trail)).await;
        let result = self.after_authentication(cx, result).await;
        self.witnessed(cx, &mut trail, asked_by_challenge(request.challenge), &result);
        self.conclude(cx, &trail, result)
    }

    async fn answered(&self, cx: &RequestContext, request: &Answer, trail: &mut Trail) -> Result<Outcome> {
        let place = self.place(&request.door, &request.client).await?;
        trail.within(&place.pool.id);
        watch(cx, &request.door, &place, trail)?;
        trail.at("request");
        if request.challenge == ChallengeName::CustomChallenge {
            return self.answer_custom(cx, &place, request, trail).await;
        }
        if request.challenge == ChallengeName::PasswordVerifier {
            return self.answer_password_verifier(cx, &place, request, trail).await;
        }
        if request.challenge == ChallengeName::DeviceSrpAuth {
            return self.answer_device(cx, &place, request, trail).await;
        }
        if request.challenge == ChallengeName::DevicePasswordVerifier {
            return self.answer_device_claim(cx, &place, request, trail).await;
        }
        if self.is_before_the_first_factor(cx, &place, request)? {
            return Box::pin(self.answer_first_factor(cx, &place, request, trail)).await;
        }
        let step = self.check_answer(cx, &place, request, trail).await?;
        match step.state.step {
            Step::NewPassword => self.answer_new_password(cx, step, trail).await,
            Step::SoftwareToken => self.answer_software_token(cx, step, trail).await,
            Step::SelectMfa => self.answer_select_mfa(cx, step, trail).await,
            Step::MfaSetupDone => self.answer_mfa_setup(cx, step, trail).await,
            Step::MfaSetup => self.answer_mfa_address(cx, step, trail).await,
            Step::Sms | Step::Email => self.answer_code(cx, step, trail).await,
            _ => Err(messages::CHALLENGE_MISMATCH),
        }
    }

    /// Session, then user, then name and secret.
    pub(super) async fn check_answer<'a>(
        &self,
        cx: &RequestContext,
        place: &'a Place,
        answer: &'a Answer,
        trail: &mut Trail,
    ) -> Result<Given<'a>> {
        trail.at("session");
        let session = answer.session.as_deref().ok_or_else(|| messages::missing_parameter("Session"))?;
        let state = self.session_for(cx, place, &answer.door, session, answer.challenge)?;
        state.tell(trail);
        let user = self.session_user(cx, &state).await?;
        if answer.door != Door::ManagedLogin {
            trail.at("user.name");
            let name = answer.responses.require("USERNAME")?;
            let names = [user.username.as_str(), &state.sub, &state.started_as];
            if !place.is_one_of(name, &names) {
                return Err(messages::SESSION_FOREIGN.because("USERNAME is not the session's user"));
            }
            trail.at("client.secret_hash");
            self.check_answer_hash(place, answer, &[name, names[0], names[1], names[2]])?;
        }
        Ok(Given { place, answer, state, user })
    }

    /// SECRET_HASH may be over the name sent, the internal username, the sub or the name the sign-in began with (spec C.3).
    pub(super) fn check_answer_hash(&self, place: &Place, answer: &Answer, names: &[&str]) -> Result<()> {
        if answer.door == Door::ManagedLogin {
            return Ok(());
        }
        self.check_secret_hash(&place.client, answer.responses.get("SECRET_HASH"), names)
    }
}

/// The name under which an answer is noted.
pub(super) const fn action(door: &Door) -> &'static str {
    match door {
        Door::Api => "RespondToAuthChallenge",
        Door::Admin(_) => "AdminRespondToAuthChallenge",
        Door::ManagedLogin => "/login",
    }
}
