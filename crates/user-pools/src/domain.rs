//! Login domains: the host on which a pool's managed login answers.
use crate::ids::{Millis, PoolId, Scope};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A login domain (`DomainDescriptionType`).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Domain {
    /// Owner.
    pub scope: Scope,
    /// The prefix (`dashboard`) or, for a custom domain, the whole host name. Unique over the server.
    pub name: String,
    /// The pool that answers there.
    pub pool: PoolId,
    /// Raised by one at every replacement.
    pub version: u64,
    /// `ManagedLoginVersion`.
    pub managed_login_version: u32,
    /// `CustomDomainConfig`, as given; its presence makes `name` a custom domain.
    pub custom: Option<Value>,
    /// `Routing`, as given.
    pub routing: Option<Value>,
    /// Creation time.
    pub created: Millis,
}
