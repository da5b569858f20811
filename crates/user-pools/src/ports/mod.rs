//! What this room needs from outside: storage (one trait per aggregate), messages, password hashing, randomness, a place for decisions.
//!
//! Storage law: every method is one atomic act, takes `now` and owned values, and returns a closed error set. No transactions, no
//! connections, no iterators over all rows; lists take (after, limit). An expired row reads as absent. The conformance suite in
//! `testing::conformance` runs on every backend.
mod imports;
mod store;
mod triggers;

pub use imports::{ImportJobs, Imports, Uploaded};
pub use store::*;
pub use triggers::{Calling, TriggerFailed, Triggers};

use crate::context::RequestContext;
use crate::ids::{Millis, PoolId};
use crate::threat::Happened;
use async_trait::async_trait;
use std::borrow::Cow;
use std::fmt;

/// Randomness from the operating system (seeded in tests).
pub trait Random: Send + Sync {
    /// Fills the buffer with unpredictable bytes.
    fn fill(&self, buffer: &mut [u8]);
}

/// Argon2id on a bounded pool off the serving threads.
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// Hashes a password to a PHC string.
    async fn hash(&self, password: String) -> Result<String, Busy>;
    /// Whether the password is the one behind the PHC string. Costs the same for every answer.
    async fn verify(&self, password: String, phc: String) -> Result<bool, Busy>;
}

/// The pool would make the caller wait too long; answered as `TooManyRequestsException`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy;

/// The way of mail and SMS out of the house. What it is handed lies in the [`Outbox`] already; it removes the row once the message is
/// delivered or given up, and comes back to rows whose `due_at` has passed.
#[async_trait]
pub trait Messenger: Send + Sync {
    /// Takes a message over. Returns at once, or, where the parcel `waits`, with the verdict of the first attempt, after a bounded time in
    /// any case. Fails only when the way out has refused the message for good; answered as `CodeDeliveryFailureException` where AWS does.
    async fn hand_over(&self, parcel: Parcel) -> Result<(), DeliveryFailed>;
}

/// A queued message in its carrier's hands.
#[derive(Debug)]
pub struct Parcel {
    /// The row's id.
    pub id: String,
    /// `None`: nothing is to be sent, the row is only there so that an absent user costs what a present one costs.
    pub message: Option<Message>,
    /// Whose, for the log of decisions.
    pub sub: Option<String>,
    /// Attempts that failed before.
    pub attempts: u32,
    /// The carrier's until then; afterwards others may claim it.
    pub held_until: Millis,
    /// Nobody needs it after this.
    pub expires_at: Millis,
    /// Somebody waits for the first attempt.
    pub waits: bool,
}

/// A message to a user.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
pub struct Message {
    /// The request that caused it.
    pub request_id: String,
    /// When it was written.
    pub at: Millis,
    /// The pool it comes from.
    pub pool: PoolId,
    /// The username it concerns.
    pub username: String,
    /// What it is for: AWS's trigger-source word (`SignUp`, `ResendCode`, `ForgotPassword`, `UpdateUserAttribute`, `VerifyUserAttribute`, `AdminCreateUser`, `Authentication`).
    pub kind: Cow<'static, str>,
    /// By which medium.
    pub medium: crate::pool::Contact,
    /// E-mail address or E.164 number.
    pub to: String,
    /// Subject (e-mail only).
    pub subject: String,
    /// Text with its placeholders filled.
    pub body: String,
    /// The code or temporary password in it; for the dev mailbox, never logged.
    pub code: Option<String>,
    /// The event (JSON) by which a function of the pool sends it; `UserPools::send_by_function` does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
}

impl fmt::Debug for Message {
    /// The body holds a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("pool", &self.pool)
            .field("kind", &self.kind)
            .field("medium", &self.medium)
            .finish_non_exhaustive()
    }
}

/// The message was refused for good.
#[derive(Clone, Debug)]
pub struct DeliveryFailed(pub String);

/// The way out to identity providers. The backing bounds time and size, follows no redirect, checks certificates, and speaks https only, or
/// http to this machine.
#[async_trait]
pub trait Providers: Send + Sync {
    /// Sends the request; the error says what went wrong, for the operator.
    async fn ask(&self, request: ProviderRequest) -> Result<ProviderAnswer, String>;
}

/// A request to a provider. Answers are asked for as JSON.
#[derive(Clone)]
pub struct ProviderRequest {
    /// Where to; absolute.
    pub url: String,
    /// A form to POST; `None` is a GET.
    pub form: Option<Vec<(&'static str, zeroize::Zeroizing<String>)>>,
    /// The access token for the `Authorization` header.
    pub bearer: Option<zeroize::Zeroizing<String>>,
}

impl fmt::Debug for ProviderRequest {
    /// URL, form and token may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderRequest").finish_non_exhaustive()
    }
}

/// What a provider answered, whatever its status.
#[derive(Clone)]
pub struct ProviderAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The whole body.
    pub body: Vec<u8>,
}

impl fmt::Debug for ProviderAnswer {
    /// The body may hold tokens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderAnswer").field("status", &self.status).finish_non_exhaustive()
    }
}

/// Takes the typed events, one per decision. Must not block.
pub trait DecisionSink: Send + Sync {
    /// Notes a decision; logged as JSON and kept in a bounded table.
    fn note(&self, decision: Decision);
    /// Notes what a user did; kept by [`AuthEvents`], and exported where the pool says so.
    fn happened(&self, happened: Box<Happened>);
}

/// One decision: who, what, where, result, and the rule that decided. Never a secret.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Decision {
    /// When.
    pub at: Millis,
    /// The id the client got.
    pub request_id: String,
    /// The client's address.
    pub ip: String,
    /// What was asked: an AWS operation or endpoint name (`InitiateAuth`, `/oauth2/token`).
    pub action: String,
    /// The pool, if known.
    pub pool: Option<String>,
    /// The app client, if known.
    pub client: Option<String>,
    /// The user's sub, if known.
    pub user: Option<String>,
    /// `allowed` or `refused`.
    pub allowed: bool,
    /// The rule that decided (`password`, `secret_hash`, `session.single_use` ...), or the exception's name.
    pub rule: String,
    /// What was expected, masked.
    pub expected: Option<String>,
    /// What came, masked.
    pub got: Option<String>,
    /// What to do about it.
    pub fix: Option<String>,
}

impl Decision {
    /// A decision with the request's own facts filled in.
    pub fn of(cx: &RequestContext, action: impl Into<String>, allowed: bool, rule: impl Into<String>) -> Self {
        Self {
            at: cx.now,
            request_id: cx.request_id.clone(),
            ip: cx.client_ip.to_string(),
            action: action.into(),
            pool: None,
            client: None,
            user: None,
            allowed,
            rule: rule.into(),
            expected: None,
            got: None,
            fix: None,
        }
    }
}
