//! Around a sign-in: PreAuthentication before any credential is looked at, PostAuthentication after the last one.
use super::Trigger;
use super::invoke::{Call, attributes, metadata, validation};
use crate::context::RequestContext;
use crate::error::Result;
use crate::service::UserPools;
use crate::sign_in::{Outcome, Place, Proof};
use crate::user::User;
use events::user_pools::{NoAnswer, PostAuthenticationRequest, PreAuthenticationRequest, Texts};

impl UserPools {
    /// Asks PreAuthentication whether the sign-in may begin. Where the client hides users, absent ones are asked about like others; `shown`
    /// is the username they seem to have.
    pub(crate) async fn pre_authentication(
        &self,
        cx: &RequestContext,
        place: &Place,
        user: Option<&User>,
        shown: &str,
    ) -> Result<()> {
        let (pool, client) = (&place.pool, Some(&place.client.id));
        let user_attributes = user.map(|user| attributes(pool, user)).unwrap_or_default();
        let request = PreAuthenticationRequest {
            user_attributes: &user_attributes,
            validation_data: validation(cx),
            user_not_found: place.client.settings.hides_users().then_some(user.is_none()),
        };
        let user_name = user.map_or(shown, |user| &user.username);
        let trigger = Trigger::PreAuthentication;
        let call = Call { pool, client, user_name, trigger, source: "Authentication", request };
        self.call::<_, NoAnswer>(cx, call).await.map(drop)
    }

    /// Tells PostAuthentication of a finished sign-in; when it refuses, the sign-in has failed, but nobody guessed wrong.
    pub(crate) async fn after_authentication(&self, cx: &RequestContext, result: Result<Outcome>) -> Result<Outcome> {
        let proof = match result {
            Ok(Outcome::Authenticated(proof)) => proof,
            other => return other,
        };
        match self.post_authentication(cx, &proof).await {
            Ok(()) => Ok(Outcome::Authenticated(proof)),
            Err(error) => self.forgive_proof(cx, &proof).await.and(Err(error)),
        }
    }

    /// Clears the count of wrong guesses of a proof that buys nothing after all.
    pub(crate) async fn forgive_proof(&self, cx: &RequestContext, proof: &Proof) -> Result<()> {
        match &proof.clears {
            Some(clears) => Ok(self.store.clear_attempts(cx.now, clears.clone()).await?),
            None => Ok(()),
        }
    }

    pub(crate) async fn post_authentication(&self, cx: &RequestContext, proof: &Proof) -> Result<()> {
        let Proof { pool, client, user, .. } = proof;
        let user_attributes: Texts = attributes(pool, user);
        let request = PostAuthenticationRequest {
            user_attributes: &user_attributes,
            new_device_used: proof.new_device,
            client_metadata: metadata(cx),
        };
        let (user_name, trigger) = (&*user.username, Trigger::PostAuthentication);
        let call = Call { pool, client: Some(&client.id), user_name, trigger, source: "Authentication", request };
        self.call::<_, NoAnswer>(cx, call).await.map(drop)
    }
}
