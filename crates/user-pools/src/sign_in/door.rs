//! The API's doors: what a finished authentication buys there is tokens. Their storage is one act with the sign-in they hang on.
use super::trail::Trail;
use super::{Answer, Door, Flow, Outcome, Proof, SignedIn, Start, answer, start};
use crate::context::RequestContext;
use crate::devices::{self, NewDevice};
use crate::error::Result;
use crate::service::UserPools;
use crate::token::{ClientProof, Opening, Tokens};

impl UserPools {
    /// InitiateAuth and AdminInitiateAuth.
    pub async fn initiate_auth(&self, cx: &RequestContext, request: &Start) -> Result<SignedIn> {
        if request.flow == Flow::RefreshToken {
            return self.refresh_at(cx, request).await.map(SignedIn::Tokens);
        }
        let outcome = self.start(cx, request).await?;
        self.pay_out(cx, start::action(&request.door), outcome).await
    }

    /// RespondToAuthChallenge and AdminRespondToAuthChallenge.
    pub async fn respond_to_auth_challenge(&self, cx: &RequestContext, request: &Answer) -> Result<SignedIn> {
        let outcome = self.answer(cx, request).await?;
        self.pay_out(cx, answer::action(&request.door), outcome).await
    }

    async fn pay_out(&self, cx: &RequestContext, action: &'static str, outcome: Outcome) -> Result<SignedIn> {
        match outcome {
            Outcome::Challenge(challenge) => Ok(SignedIn::Challenge(challenge)),
            Outcome::Authenticated(proof) => {
                let mut trail = Trail::of_user(action, &proof.user, Some(&proof.client.id));
                trail.at("tokens");
                let tokens = self.open_for(cx, &proof).await;
                self.conclude(cx, &trail, tokens).map(SignedIn::Tokens)
            }
        }
    }

    /// Opens an API sign-in for a proof.
    async fn open_for(&self, cx: &RequestContext, proof: &Proof) -> Result<Tokens> {
        let offered = proof.new_device.then(|| NewDevice {
            key: devices::fresh_key(&*self.random, &proof.pool.scope.region),
            group: devices::group_key(&proof.pool.id),
        });
        let opening = Opening {
            pool: &proof.pool,
            client: &proof.client,
            user: &proof.user,
            auth_time: proof.auth_time,
            methods: &proof.methods,
            source: proof.source,
            device_key: proof.device.clone().or_else(|| offered.as_ref().map(|device| device.key.clone())),
            oauth: None,
        };
        let opened = match self.issue_for(cx, &opening).await {
            Ok(opened) => opened,
            // The pool's function or a fault of ours: nobody guessed wrong.
            Err(error) => return self.forgive_proof(cx, proof).await.and(Err(error)),
        };
        let (sign_in, stamp, clears) = (opened.sign_in, proof.stamp.clone(), proof.clears.clone());
        let stored = self.store.open_sign_in(cx.now, sign_in, stamp, opened.refresh, clears).await;
        if let Err(error) = stored {
            return Err(self.shut_out(&proof.user, error).await);
        }
        self.evict(cx.now, &proof.pool, &proof.user.sub).await;
        Ok(Tokens { new_device: offered, ..opened.tokens })
    }

    /// REFRESH_TOKEN_AUTH.
    async fn refresh_at(&self, cx: &RequestContext, request: &Start) -> Result<Tokens> {
        let action = start::action(&request.door);
        let mut trail = Trail::at_client(action, &request.client);
        let place = match self.check_start(request, &mut trail).await {
            Ok(place) => place,
            Err(error) => return self.conclude(cx, &trail, Err(error)),
        };
        let token = request.parameters.require("REFRESH_TOKEN")?;
        let proof = match request.door {
            Door::ManagedLogin => ClientProof::Checked,
            Door::Api | Door::Admin(_) => ClientProof::Hash(request.parameters.get("SECRET_HASH")),
        };
        let device = request.parameters.get("DEVICE_KEY");
        self.refresh_from(cx, action, &place.client, token, (proof, device)).await
    }
}
