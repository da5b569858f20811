//! What this room needs from others: storage of API definitions, functions, local issuers' keys, randomness, and a
//! place to record refusals. Traits only; the roof names the concrete types.

use std::{borrow::Cow, net::IpAddr, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use http::Method;
use jose::KeySet;

use crate::model::{Api, Scope};

/// Storage failures. Closed set; every backend maps onto it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The row is not there.
    #[error("not found")]
    NotFound,
    /// The stored version is not the one the caller read: read again and redo.
    #[error("changed meanwhile")]
    Conflict,
    /// The key is taken.
    #[error("exists already")]
    Exists,
    /// The storage cannot be reached or failed; the text is for the log only.
    #[error("storage unavailable: {0}")]
    Unavailable(String),
    /// The device or a quota is full.
    #[error("storage full")]
    Full,
}

/// Names one API in the whole store. Ordered: lists go by it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApiKey {
    /// Account and region.
    pub scope: Scope,
    /// The API's id.
    pub id: String,
}

/// Where a list in creation order goes on: strictly after this API.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ApiCursor {
    /// `created_at` of the last API seen, epoch milliseconds.
    pub created_at: i64,
    /// Its id, which breaks ties.
    pub id: String,
}

/// One entry of the `changes` sequence: this API was inserted, replaced or deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiChange {
    /// Position; grows, with gaps. Shared with the other aggregates' changes.
    pub seq: u64,
    /// The API; when `api` finds nothing under it, it was deleted.
    pub key: ApiKey,
}

/// API definitions. An API and all its children are one aggregate, replaced whole by compare-and-swap.
///
/// Each method is one atomic act. `insert_api`, `replace_api` and `delete_api` append to the `changes` sequence in the
/// same transaction. A change becomes visible to `apis_changed_since` only when every lower `seq` is visible.
#[async_trait]
pub trait ApiStore: Send + Sync {
    /// Stores a new API with its `version` as it stands (1). `Exists` when (scope, id) is taken.
    async fn insert_api(&self, api: Api, now: i64) -> Result<(), StoreError>;

    /// One API. `NotFound` when there is none.
    async fn api(&self, key: ApiKey) -> Result<Api, StoreError>;

    /// Replaces an API if the stored version equals `api.version`, storing `api.version + 1`, which is returned.
    /// `Conflict` when the version differs, `NotFound` when there is none.
    async fn replace_api(&self, api: Api, now: i64) -> Result<u64, StoreError>;

    /// Deletes an API with all its children. `NotFound` when there is none.
    async fn delete_api(&self, key: ApiKey, now: i64) -> Result<(), StoreError>;

    /// APIs of one account and region in creation order (`created_at`, then id), at most `limit`.
    async fn list_apis(&self, scope: Scope, after: Option<ApiCursor>, limit: u32) -> Result<Vec<Api>, StoreError>;

    /// All APIs of the store ordered by [`ApiKey`], at most `limit`: what a snapshot is first built from.
    async fn all_apis(&self, after: Option<ApiKey>, limit: u32) -> Result<Vec<Api>, StoreError>;

    /// The highest `seq` visible, 0 when nothing was ever written.
    async fn changes_head(&self) -> Result<u64, StoreError>;

    /// API changes with `seq` above the given one, in order, at most `limit`. `NotFound` when changes after it are no longer kept: the APIs
    /// must be read anew.
    async fn apis_changed_since(&self, seq: u64, limit: u32) -> Result<Vec<ApiChange>, StoreError>;
}

/// Randomness as a parameter: fills the buffer with unpredictable bytes.
pub trait Random: Send + Sync {
    /// Fills `into`.
    fn fill(&self, into: &mut [u8]);
}

/// What a function gave back: the bytes it returned, whatever they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionAnswer {
    /// Read by the rules of the payload format.
    pub payload: Bytes,
}

/// Why a function gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvokeError {
    /// No function has this ARN.
    #[error("no such function")]
    NotFound,
    /// It did not answer before the deadline.
    #[error("the function did not answer in time")]
    Timeout,
    /// The API may not call it.
    #[error("Invalid permissions on Lambda function: {why}")]
    Denied {
        /// Why; for the log and for `explain`.
        why: String,
        /// What would permit it.
        fix: String,
    },
    /// It threw, or its process ended (Lambda's `FunctionError: Unhandled`).
    #[error("the function failed: {kind}: {message}")]
    Unhandled {
        /// The error's type, as the function's language names it.
        kind: String,
        /// Its message; goes to the log and to `explain`, never to the client.
        message: String,
    },
    /// The service that runs functions cannot take the call.
    #[error("functions unavailable: {0}")]
    Unavailable(String),
}

/// The API that calls a function. A function belongs to an account and a region, and may say who calls it.
#[derive(Debug, Clone, Copy)]
pub struct Calling<'a> {
    /// Whose API it is.
    pub scope: &'a Scope,
    /// `arn:aws:execute-api:<region>:<account>:<api>/<stage>/<METHOD>/<path of the route>`; `…/<stage>/$default` for that route.
    pub source_arn: &'a str,
    /// The integration names a role of its own (`CredentialsArn`): then the role permits the call, not the function.
    pub by_role: bool,
    /// The id the client gets as `apigw-requestid`.
    pub request_id: &'a str,
}

/// Calls functions by ARN; AWS_PROXY integrations go through it.
#[async_trait]
pub trait Functions: Send + Sync {
    /// Runs the function with an event and waits for its answer. `deadline`: epoch milliseconds.
    async fn invoke(
        &self,
        by: Calling<'_>,
        arn: &str,
        payload: Bytes,
        deadline: i64,
    ) -> Result<FunctionAnswer, InvokeError>;
}

/// Keys of issuers that live in this process: they never travel over the network to get here.
pub trait LocalIssuers: Send + Sync {
    /// The keys of `issuer` (the exact string of the token's `iss`), or none when it is not ours.
    /// Called for every authorised request: a map look-up, no I/O.
    fn keys(&self, issuer: &str) -> Option<Arc<KeySet>>;
}

/// One refused request and why: what `explain` prints. Holds no secret: no token, no body, no query string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The id the client got as `apigw-requestid`.
    pub request_id: String,
    /// Epoch milliseconds.
    pub at: i64,
    /// The client's address.
    pub client: IpAddr,
    /// The request's method.
    pub method: Method,
    /// The request's path as sent, without its query; cut at 256 characters.
    pub path: String,
    /// The API, if one was found.
    pub api_id: Option<Arc<str>>,
    /// The stage, if one was found.
    pub stage: Option<Arc<str>>,
    /// The route key, if one was found.
    pub route: Option<Arc<str>>,
    /// The status the client got.
    pub status: u16,
    /// Which rule refused, e.g. `jwt.audience`.
    pub rule: &'static str,
    /// What the rule wanted.
    pub expected: Cow<'static, str>,
    /// What came.
    pub got: Cow<'static, str>,
    /// What to do about it.
    pub fix: Cow<'static, str>,
}

/// Where refusals are kept. Must return at once: it is called on the serving thread.
pub trait Recorder: Send + Sync {
    /// Whether a refusal of this client (at epoch milliseconds) is wanted; asked once for each, before any of its words are written.
    fn wants(&self, _client: IpAddr, _at: i64) -> bool {
        true
    }

    /// Keeps a refusal.
    fn refused(&self, refused: Refused);
}
