//! The sentences of import jobs (H.7): of refusals, of `CompletionMessage`. I unless a source is named.
use super::say;
use crate::error::{Error, ErrorKind as Kind};
use std::fmt::Display;

/// Over the limit of jobs.
pub const TOO_MANY_IMPORT_JOBS: Error =
    say(Kind::LimitExceeded, "The user pool has reached its limit of user import jobs.");
/// StartUserImportJob without a file.
pub const IMPORT_WITHOUT_FILE: Error =
    say(Kind::PreconditionNotMet, "The CSV file of the user import job has not been uploaded.");
/// StartUserImportJob where the pool verifies no address: nobody could set a password.
pub const IMPORT_WITHOUT_VERIFICATION: Error =
    say(Kind::PreconditionNotMet, "The user pool has no auto verified attributes.");
/// One active job per account.
pub const IMPORT_JOB_RUNS: Error =
    say(Kind::PreconditionNotMet, "Only one user import job can be active at a time per account.");
/// `CompletionMessage` (the guide).
pub const IMPORT_TOO_MANY_FAILED: &str = "Too many users have failed or been skipped during the import.";
/// `CompletionMessage` (the guide).
pub const IMPORT_STOPPED: &str = "The Import Job was stopped by the developer.";
/// `CompletionMessage`.
pub const IMPORT_DONE: &str = "Import Job Completed Successfully.";
/// `CompletionMessage`.
pub const IMPORT_HEADER: &str = "The header in the CSV file does not match the expected headers for the user pool.";
/// `CompletionMessage`.
pub const IMPORT_UNREADABLE: &str = "The CSV file could not be parsed.";
/// `CompletionMessage`.
pub const IMPORT_TOO_LONG: &str = "The CSV file has more than 500000 users.";
/// `CompletionMessage`.
pub const IMPORT_FILE_GONE: &str = "The CSV file is gone or is not the one the job was started with.";

/// No such job.
pub fn import_job_does_not_exist(job: impl Display) -> Error {
    Error::new(Kind::ResourceNotFound, format!("User import job {job} does not exist."))
}

/// StartUserImportJob of a job that was started or has expired.
pub fn import_job_not_new(status: impl Display) -> Error {
    Error::new(Kind::PreconditionNotMet, format!("The user import job cannot be started. Current status is {status}"))
}

/// StopUserImportJob of a job that does not run.
pub fn import_job_not_running(status: impl Display) -> Error {
    Error::new(Kind::PreconditionNotMet, format!("The user import job cannot be stopped. Current status is {status}"))
}

/// A change of the pool while users are imported.
pub fn import_in_progress(pool: impl Display) -> Error {
    Error::new(Kind::UserImportInProgress, format!("A user import job is in progress for user pool {pool}."))
}
