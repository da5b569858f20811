//! The way to the functions that operators attach to a pool.
use crate::pool::UserPool;
use async_trait::async_trait;
use std::fmt;

/// Which function, and for whom.
#[derive(Clone, Copy)]
pub struct Calling<'a> {
    /// Its ARN.
    pub function: &'a str,
    /// The pool that calls: by its ARN, account and region the other side decides whether it may.
    pub pool: &'a UserPool,
    /// The request that caused the call.
    pub request_id: &'a str,
    /// So many milliseconds pass at most.
    pub limit_ms: u64,
}

/// Runs functions. Where they run is the other side's business.
#[async_trait]
pub trait Triggers: Send + Sync {
    /// Invokes a function with an event (JSON) and gives back what it answered (JSON).
    async fn invoke(&self, calling: Calling<'_>, event: Vec<u8>) -> Result<Vec<u8>, TriggerFailed>;
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TriggerFailed {
    /// The function itself raised an error; this is its message. Clients read it.
    Function(String),
    /// There is no such function.
    NotFound,
    /// The pool may not invoke it; the text says why and what would permit it, for the operator.
    Denied(String),
    /// No answer within the limit.
    Timeout,
    /// The function is not invoked now, in the words of the platform (`TooManyRequestsException`).
    Refused(String),
    /// The platform is in trouble; the text is for the operator.
    Unavailable(String),
}

impl TriggerFailed {
    /// Whether another attempt may help. A function that raised an error has decided.
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Timeout | Self::Unavailable(_))
    }
}

impl fmt::Display for TriggerFailed {
    /// For the operator.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Function(message) => write!(f, "the function raised an error: {message}"),
            Self::NotFound => f.write_str("there is no such function"),
            Self::Denied(why) => write!(f, "it may not be invoked: {why}"),
            Self::Timeout => f.write_str("no answer in time"),
            Self::Refused(code) => write!(f, "the platform refused to invoke it: {code}"),
            Self::Unavailable(cause) => f.write_str(cause),
        }
    }
}
