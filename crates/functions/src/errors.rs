//! Every refusal of this room and its sentence, in AWS's words where AWS has them.

use crate::code::CodeRefused;
use crate::ports::StoreError;

/// A policy may have so many bytes.
pub(crate) const MAX_POLICY: usize = 20_480;

/// Why an act on functions was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FunctionsError {
    /// No such function; the ARN as asked for.
    #[error("Function not found: {0}")]
    NotFound(String),
    /// The name is taken.
    #[error("Function already exist: {0}")]
    Exists(String),
    /// A function without statements was asked for its policy.
    #[error("The resource you requested does not exist.")]
    NoPolicy,
    /// RemovePermission of a statement that is not there.
    #[error("Statement {0} is not found in resource policy.")]
    NoStatement(String),
    /// AddPermission under an id that is taken.
    #[error(
        "The statement id ({0}) provided already exists. Please provide a new statement id, or remove the existing statement."
    )]
    StatementExists(String),
    /// The `RevisionId` given is not the function's.
    #[error(
        "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
    )]
    Revision,
    /// A policy would grow past its limit; how large it would be.
    #[error("The final policy size ({0}) is bigger than the limit ({MAX_POLICY}).")]
    PolicyTooLong(usize),
    /// A parameter breaks a rule of AWS's or of ours; the sentence is complete.
    #[error("{0}")]
    Parameter(String),
    /// The code package was refused.
    #[error("{0}")]
    Code(#[from] CodeRefused),
    /// Somebody else changed the function at the same time, again and again.
    #[error("The operation cannot be performed at this time. An update is in progress for resource: {0}")]
    Busy(String),
    /// Storage of definitions failed.
    #[error("{0}")]
    Store(StoreError),
    /// The code cannot be kept or read; the text is for the log.
    #[error("the code cannot be kept: {0}")]
    Disk(String),
}

impl FunctionsError {
    /// A parameter error.
    pub(crate) fn parameter(text: impl Into<String>) -> Self {
        Self::Parameter(text.into())
    }
}
