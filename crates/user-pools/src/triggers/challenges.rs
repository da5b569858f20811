//! The three functions of a custom sign-in: Define decides, Create asks, Verify judges. What they are told of a user who does not exist has
//! the same form as of one who does.
use super::Trigger;
use super::config::function;
use super::invoke::{Call, attributes, metadata};
use crate::context::RequestContext;
use crate::error::Result;
use crate::messages;
use crate::pool::PoolSettings;
use crate::service::UserPools;
use crate::sign_in::Place;
use crate::user::User;
use events::user_pools::{
    AuthChallengeAnswer, AuthChallengeRequest, AuthChallengeResult, CreateAuthChallengeAnswer,
    DefineAuthChallengeAnswer, Texts,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Whom a custom sign-in is with.
#[derive(Clone, Copy)]
pub(crate) struct Party<'a> {
    pub place: &'a Place,
    /// None: somebody who does not exist, behind a client that hides users.
    pub user: Option<&'a User>,
    /// The username they seem to have.
    pub shown: &'a str,
}

/// Refuses a pool that lacks one of the three functions.
pub(crate) fn check_configured(settings: &PoolSettings) -> Result<()> {
    let needed = [Trigger::DefineAuthChallenge, Trigger::CreateAuthChallenge, Trigger::VerifyAuthChallengeResponse];
    match needed.into_iter().find(|trigger| function(settings, *trigger).is_none()) {
        Some(trigger) => Err(messages::CUSTOM_AUTH_NOT_CONFIGURED.because(format!("no {}", trigger.as_str()))),
        None => Ok(()),
    }
}

impl UserPools {
    /// What comes next after these rounds.
    pub(crate) async fn define_challenge(
        &self,
        cx: &RequestContext,
        party: Party<'_>,
        rounds: &[AuthChallengeResult],
    ) -> Result<DefineAuthChallengeAnswer> {
        let request = AuthChallengeRequest { session: Some(rounds), ..party.request(cx) };
        self.ask_function(cx, party, Trigger::DefineAuthChallenge, request).await
    }

    /// A challenge of that name.
    pub(crate) async fn create_challenge(
        &self,
        cx: &RequestContext,
        party: Party<'_>,
        name: &str,
        rounds: &[AuthChallengeResult],
    ) -> Result<CreateAuthChallengeAnswer> {
        let request = AuthChallengeRequest { challenge_name: Some(name), session: Some(rounds), ..party.request(cx) };
        self.ask_function(cx, party, Trigger::CreateAuthChallenge, request).await
    }

    /// Whether the answer is right.
    pub(crate) async fn verify_challenge(
        &self,
        cx: &RequestContext,
        party: Party<'_>,
        private: &Texts,
        answer: &str,
    ) -> Result<bool> {
        let request = AuthChallengeRequest {
            private_challenge_parameters: Some(private),
            challenge_answer: Some(answer),
            ..party.request(cx)
        };
        let judged: AuthChallengeAnswer =
            self.ask_function(cx, party, Trigger::VerifyAuthChallengeResponse, request).await?;
        Ok(judged.answer_correct == Some(true))
    }

    async fn ask_function<A: Serialize + DeserializeOwned + Default>(
        &self,
        cx: &RequestContext,
        party: Party<'_>,
        trigger: Trigger,
        request: AuthChallengeRequest<'_>,
    ) -> Result<A> {
        let (pool, client) = (&party.place.pool, Some(&party.place.client.id));
        let user_name = party.user.map_or(party.shown, |user| &user.username);
        let call = Call { pool, client, user_name, trigger, source: "Authentication", request };
        self.call(cx, call).await?.ok_or(messages::CUSTOM_AUTH_NOT_CONFIGURED)
    }
}

impl Party<'_> {
    fn request<'a>(&self, cx: &'a RequestContext) -> AuthChallengeRequest<'a> {
        let pool = &self.place.pool;
        AuthChallengeRequest {
            user_attributes: self.user.map(|user| attributes(pool, user)).unwrap_or_default(),
            client_metadata: metadata(cx),
            user_not_found: self.place.client.settings.hides_users().then_some(self.user.is_none()),
            ..AuthChallengeRequest::default()
        }
    }
}
