//! What is said over the channel: one JSON line each way.
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A question.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case")]
pub enum Ask {
    /// The values a client needs.
    Env,
    /// The decisions of a request, or of the newest refusal.
    Explain {
        /// Request id or `last`.
        id: String,
    },
    /// Ids and states of all keys.
    Keys,
    /// A new sealing key.
    RotateSealing,
    /// New signing keys for one pool or all.
    RotateSigning {
        /// Only this pool.
        pool: Option<String>,
        /// Retire the old ones at once.
        now: bool,
    },
    /// The key by which a custom sender's function reads its codes.
    SenderKey {
        /// `KMSKeyID` of the pool.
        name: String,
    },
    /// Take a signing key out of the published set at once.
    WithdrawSigning {
        /// The key's id.
        kid: String,
    },
}

/// The answer: a value, or a sentence that says what went wrong.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reply {
    /// What was asked for.
    Ok(Value),
    /// Why not.
    Error(String),
}
