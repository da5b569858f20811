//! What this room needs from others: storage of definitions, and time. Traits only; the roof names the concrete types.

use async_trait::async_trait;
use user_pools::Scope;

use crate::model::{Function, FunctionKey};

/// Storage failures. Closed set; every backend maps onto it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The row is not there.
    #[error("not found")]
    NotFound,
    /// The stored version is not the one the caller read: read again and redo.
    #[error("changed meanwhile")]
    Conflict,
    /// The name is taken.
    #[error("exists already")]
    Exists,
    /// The storage cannot be reached or failed; the text is for the log only.
    #[error("storage unavailable: {0}")]
    Unavailable(String),
    /// The device or a quota is full.
    #[error("storage full")]
    Full,
}

/// What storage answers.
pub type StoreResult<T> = Result<T, StoreError>;

/// Function definitions. Each method is one atomic act; `now` in epoch milliseconds.
#[async_trait]
pub trait FunctionStore: Send + Sync {
    /// Stores a new function with its `version` as it stands (1). `Exists` when the key is taken.
    async fn insert_function(&self, now: i64, function: Function) -> StoreResult<()>;

    /// One function. `NotFound` when there is none.
    async fn function(&self, key: FunctionKey) -> StoreResult<Function>;

    /// Replaces a function if the stored version equals `function.version`, storing `version + 1`, which is returned.
    /// `Conflict` when the version differs, `NotFound` when there is none.
    async fn replace_function(&self, now: i64, function: Function) -> StoreResult<u64>;

    /// Deletes a function. `NotFound` when there is none.
    async fn delete_function(&self, now: i64, key: FunctionKey) -> StoreResult<()>;

    /// Functions of one account and region by name, strictly after the given name, at most `limit`.
    async fn list_functions(&self, scope: Scope, after: Option<String>, limit: u32) -> StoreResult<Vec<Function>>;

    /// The SHA-256 (hex) of every code package that a function of any owner has, each once.
    async fn code_in_use(&self) -> StoreResult<Vec<String>>;
}

/// Time, in epoch milliseconds.
pub trait Clock: Send + Sync {
    /// The house's clock: callers' deadlines are on it.
    fn now(&self) -> i64;

    /// The machine's clock: functions compare their deadline with it. Differs from `now` only where tests move the house's.
    fn machine(&self) -> i64;
}
