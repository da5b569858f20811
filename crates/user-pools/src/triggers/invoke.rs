//! One call of a function: the envelope, three attempts of five seconds, and failures in AWS's words (spec G.1, G.2).
use super::{Trigger, config};
use crate::context::RequestContext;
use crate::error::{Error, Result};
use crate::ids::ClientId;
use crate::messages;
use crate::pool::{AliasKind, UserPool};
use crate::ports::{Calling, TriggerFailed};
use crate::service::UserPools;
use crate::templates::Letter;
use crate::user::User;
use events::user_pools::{CallerContext, Texts, TriggerEvent, read_trigger_answer};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Cognito waits five seconds, and not a configurable time.
const LIMIT_MS: u64 = 5_000;
/// In all.
const ATTEMPTS: usize = 3;
/// So much of a function's own message is told, in characters: it may go home in an address.
const LONGEST_MESSAGE: usize = 1024;

/// Whom and what a call is about.
pub(super) struct Call<'a, Q> {
    pub pool: &'a UserPool,
    pub client: Option<&'a ClientId>,
    /// The internal username.
    pub user_name: &'a str,
    pub trigger: Trigger,
    /// The second word of `triggerSource`.
    pub source: &'a str,
    pub request: Q,
}

impl UserPools {
    /// Calls the trigger's function and reads its answer; `None` where the pool has no such function. Errors: UserLambdaValidation when the
    /// function raised one, UnexpectedLambda when it could not be invoked, InvalidLambdaResponse.
    pub(super) async fn call<Q, A>(&self, cx: &RequestContext, call: Call<'_, Q>) -> Result<Option<A>>
    where
        Q: Serialize + Sync,
        A: Serialize + DeserializeOwned + Default,
    {
        let Some(function) = config::function(&call.pool.settings, call.trigger) else { return Ok(None) };
        let event = call.event::<A>();
        let calling = Calling { function, pool: call.pool, request_id: &cx.request_id, limit_ms: LIMIT_MS };
        let answer =
            self.attempts(calling, &event).await.map_err(|failure| refusal(call.trigger, function, &failure))?;
        read_trigger_answer(&answer).map(Some).map_err(|bad| {
            messages::TRIGGER_ANSWER_UNUSABLE.because(format!("{} by {function}: {}", call.trigger.as_str(), bad.0))
        })
    }

    async fn attempts(&self, calling: Calling<'_>, event: &[u8]) -> std::result::Result<Vec<u8>, TriggerFailed> {
        let mut failure = TriggerFailed::Timeout;
        for _ in 0..ATTEMPTS {
            match self.triggers.invoke(calling, event.to_vec()).await {
                Err(error) if error.is_passing() => failure = error,
                decided => return decided,
            }
        }
        Err(failure)
    }
}

impl<Q: Serialize> Call<'_, Q> {
    /// The event's JSON, its response preset.
    pub(super) fn event<A: Serialize + Default>(&self) -> Vec<u8> {
        let event = TriggerEvent {
            version: self.trigger.version(),
            trigger_source: &format!("{}_{}", self.trigger.source(), self.source),
            region: &self.pool.scope.region,
            user_pool_id: &self.pool.id.0,
            user_name: self.user_name,
            caller_context: CallerContext::of(self.client.map(|client| client.0.as_str())),
            request: &self.request,
            response: A::default(),
        };
        // Maps of texts and plain structures always serialise.
        serde_json::to_vec(&event).unwrap_or_default()
    }
}

fn refusal(trigger: Trigger, function: &str, failure: &TriggerFailed) -> Error {
    let trigger = trigger.as_str();
    let error = match failure {
        TriggerFailed::Function(message) => {
            messages::trigger_failed(trigger, message.chars().take(LONGEST_MESSAGE).collect::<String>())
        }
        TriggerFailed::NotFound | TriggerFailed::Denied(_) => {
            messages::trigger_not_invoked(trigger, "AccessDeniedException")
        }
        TriggerFailed::Refused(code) => messages::trigger_not_invoked(trigger, code),
        TriggerFailed::Timeout => {
            messages::trigger_not_invoked(trigger, "Socket timeout while invoking Lambda function")
        }
        TriggerFailed::Unavailable(_) => messages::trigger_not_invoked(trigger, "ServiceException"),
    };
    let tried =
        if failure.is_passing() { format!(", {ATTEMPTS} times of {LIMIT_MS} ms at most") } else { String::new() };
    error.because(format!("{trigger} by {function}: {failure}{tried}"))
}

/// A user's attributes as triggers see them: texts, with `sub`, the status and the active aliases.
pub(super) fn attributes(pool: &UserPool, user: &User) -> Texts {
    let mut told = user.attributes.clone();
    told.insert("sub".to_owned(), user.sub.clone());
    told.extend(user.identities_attribute().map(|identities| ("identities".to_owned(), identities)));
    told.insert("cognito:user_status".to_owned(), user.status.as_str().to_owned());
    for (kind, _) in user.aliases.iter().filter(|(kind, _)| pool.settings.alias_attributes.contains(kind)) {
        let name = match kind {
            AliasKind::Email => "cognito:email_alias",
            AliasKind::Phone => "cognito:phone_number_alias",
            AliasKind::PreferredUsername => continue,
        };
        told.extend(user.attributes.get(kind.attribute()).map(|value| (name.to_owned(), value.clone())));
    }
    told
}

/// The attributes of a letter's user, with the address that the letter goes to: it may be one that still waits for its code.
pub(super) fn addressed(letter: &Letter<'_>) -> Texts {
    let mut told = attributes(letter.pool, letter.user);
    if letter.user.attributes.contains_key(letter.contact.attribute()) {
        told.insert(letter.contact.attribute().to_owned(), letter.address.to_owned());
    }
    told
}

/// `clientMetadata`, left out when the client sent none.
pub(super) fn metadata(cx: &RequestContext) -> Option<&Texts> {
    cx.carried.metadata.as_ref().filter(|metadata| !metadata.is_empty())
}

/// `validationData`, null when the client sent none.
pub(super) fn validation(cx: &RequestContext) -> Option<&Texts> {
    cx.carried.validation.as_ref().filter(|data| !data.is_empty())
}
