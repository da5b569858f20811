//! Triggers around identity providers, for the federation flows: InboundFederation reads what a provider said, PreSignUp and PostConfirmation
//! frame a person's first sign-in.
use super::Trigger;
use super::invoke::Call;
use super::sign_up::{Birth, Confirmed};
use crate::context::RequestContext;
use crate::error::Result;
use crate::ids::ClientId;
use crate::pool::UserPool;
use crate::service::UserPools;
use crate::user::User;
use events::user_pools::{InboundFederationAnswer, InboundFederationRequest, Texts};
use serde_json::Value;

/// What an identity provider said of somebody.
#[derive(Clone, Copy)]
pub struct Inbound<'a> {
    /// The pool.
    pub pool: &'a UserPool,
    /// The client of the sign-in.
    pub client: &'a ClientId,
    /// The username the person has or will have: `<Provider>_<id>`.
    pub user_name: &'a str,
    /// The provider's name in the pool.
    pub provider: &'a str,
    /// `OIDC`, `SAML`, `Google` ...
    pub provider_type: &'a str,
    /// An object of `tokenResponse`, `idToken`, `userInfo`, or of `samlResponse`.
    pub said: &'a Value,
}

/// A user who has just come from a provider and is not stored yet.
pub struct NewcomerFromProvider<'a> {
    /// The pool.
    pub pool: &'a UserPool,
    /// The client of the sign-in.
    pub client: &'a ClientId,
    /// The user; verified contacts change as the function says.
    pub user: &'a mut User,
}

impl UserPools {
    /// InboundFederation: attributes to map in place of what the provider said; `None` keeps those. Errors as for every trigger.
    pub async fn inbound_federation(&self, cx: &RequestContext, inbound: Inbound<'_>) -> Result<Option<Texts>> {
        let request = InboundFederationRequest {
            provider_name: inbound.provider,
            provider_type: inbound.provider_type,
            attributes: inbound.said,
        };
        let call = Call {
            pool: inbound.pool,
            client: Some(inbound.client),
            user_name: inbound.user_name,
            trigger: Trigger::InboundFederation,
            source: "ExternalProvider",
            request,
        };
        let answer: Option<InboundFederationAnswer> = self.call(cx, call).await?;
        Ok(answer.and_then(|answer| answer.user_attributes_to_map).filter(|map| !map.is_empty()))
    }

    /// PreSignUp before a provider's user is stored for the first time. A refusal means that nobody is stored.
    pub async fn pre_sign_up_external(&self, cx: &RequestContext, newcomer: NewcomerFromProvider<'_>) -> Result<()> {
        let NewcomerFromProvider { pool, client, user } = newcomer;
        self.pre_sign_up(cx, pool, Some(client), user, Birth::ExternalProvider).await
    }

    /// PostConfirmation after it has been stored.
    pub async fn post_confirmation_external(
        &self,
        cx: &RequestContext,
        pool: &UserPool,
        client: &ClientId,
        user: &User,
    ) -> Result<()> {
        self.post_confirmation(cx, pool, Some(client), user, Confirmed::SignUp).await
    }
}
