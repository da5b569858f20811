//! Import jobs: users from a CSV file, line by line (spec H.7). Owns the states of a job, what a line may say and what becomes of it.
//! A batch of users and the place reached in the file are stored in one act, so a job goes on after a crash where it stood, and makes nobody twice.
mod hashes;
mod header;
mod jobs;
mod line;
mod row;
mod run;

use crate::ids::{Millis, PoolId};
use crate::names::NewName;
use crate::pool::AliasKind;
use crate::ports::{Taken, Uploaded};
use crate::user::User;
use serde::{Deserialize, Serialize};

pub use header::csv_header;

/// A job that was not started ends after a day.
const UNSTARTED_LIFE: Millis = 24 * 60 * 60 * 1000;

/// An import job as stored: one row, replaced whole, guarded by `version`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ImportJob {
    /// The pool.
    pub pool: PoolId,
    /// `JobId`, unique over all pools.
    pub id: String,
    /// Raised by one at every replacement.
    pub version: u64,
    /// `JobName`.
    pub name: String,
    /// `CloudWatchLogsRoleArn`, kept without effect.
    pub role_arn: String,
    /// `PasswordHashingAlgorithm`; the file has a column of hashes then.
    #[serde(default)]
    pub algorithm: Option<HashAlgorithm>,
    /// `CreationDate`.
    pub created: Millis,
    /// `StartDate`.
    pub started: Option<Millis>,
    /// `CompletionDate`.
    pub completed: Option<Millis>,
    /// `Status` as stored; ask [`ImportJob::status_at`].
    pub status: ImportStatus,
    /// `ImportedUsers`.
    pub imported: u64,
    /// `SkippedUsers`.
    pub skipped: u64,
    /// `FailedUsers`.
    pub failed: u64,
    /// `CompletionMessage`.
    pub message: Option<String>,
    /// How far it has come.
    pub progress: Progress,
}

/// How far a job has come.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Progress {
    /// The file it was started with; another one is not read.
    pub upload: Option<Uploaded>,
    /// The columns of the file, in its order.
    pub columns: Vec<String>,
    /// Bytes of the file that are done.
    pub offset: u64,
    /// Lines of the file that are done, the header among them.
    pub lines: u64,
    /// Bytes of the log before `outcomes`.
    pub logged: u64,
    /// The lines of the last batch, not in the log for certain.
    pub outcomes: Vec<(u64, Outcome)>,
}

/// `UserImportJobStatusType`. `Stopping` is never seen: whoever asks for the end hears of it when it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names are AWS's")]
pub enum ImportStatus {
    Created,
    Pending,
    InProgress,
    Stopped,
    Expired,
    Failed,
    Succeeded,
}

impl ImportStatus {
    /// AWS's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "Created",
            Self::Pending => "Pending",
            Self::InProgress => "InProgress",
            Self::Stopped => "Stopped",
            Self::Expired => "Expired",
            Self::Failed => "Failed",
            Self::Succeeded => "Succeeded",
        }
    }

    /// Whether users are being imported, or will be in a moment.
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Pending | Self::InProgress)
    }
}

/// `PasswordHashingAlgorithmType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names are AWS's")]
pub enum HashAlgorithm {
    Bcrypt,
    Scrypt,
    Argon2id,
    Pbkdf2Sha256,
}

/// What became of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// A new user.
    Imported,
    /// There is such a user.
    Exists,
    /// No user, for this reason; it never holds a value of the line.
    Failed(String),
}

/// A line on its way into the store.
#[derive(Clone, Debug)]
pub struct ImportLine {
    /// Its number in the file, from 1.
    pub number: u64,
    /// What its username is in the pool.
    pub name: NewName,
    /// The user it makes, or why it makes none.
    pub user: Result<User, String>,
}

impl ImportJob {
    /// Where the job stands at a moment.
    pub fn status_at(&self, now: Millis) -> ImportStatus {
        let late = now >= self.created + UNSTARTED_LIFE;
        if self.status == ImportStatus::Created && late { ImportStatus::Expired } else { self.status }
    }

    /// Writes down what became of a line: `stored` is what the store said to its user. For the store, within the act.
    pub fn note(&mut self, line: &ImportLine, stored: Result<(), Taken>) {
        let outcome = match (&line.user, stored) {
            (Err(reason), _) => Outcome::Failed(reason.clone()),
            (Ok(_), Ok(())) => Outcome::Imported,
            (Ok(_), Err(taken)) => taken_outcome(line.name, taken),
        };
        match outcome {
            Outcome::Imported => self.imported += 1,
            Outcome::Exists => self.skipped += 1,
            Outcome::Failed(_) => self.failed += 1,
        }
        self.progress.outcomes.push((line.number, outcome));
    }

    /// The lines of the last batch, for the log, in AWS's words.
    fn log_lines(&self) -> String {
        let line = |(number, outcome): &(u64, Outcome)| match outcome {
            Outcome::Imported => format!("[SUCCEEDED] Line Number {number} - The import succeeded.\n"),
            Outcome::Exists => format!("[SKIPPED] Line Number {number} - The user already exists.\n"),
            Outcome::Failed(reason) => format!("[FAILED] Line Number {number} - {reason}\n"),
        };
        self.progress.outcomes.iter().map(line).collect()
    }
}

/// Who signs in by an address and finds it taken exists already; an alias that somebody else has is a fault of the line.
fn taken_outcome(name: NewName, taken: Taken) -> Outcome {
    match (name, taken) {
        (NewName::Username, Taken::Alias(kind)) => {
            let kind = match kind {
                AliasKind::Email => "email",
                AliasKind::Phone => "phone_number",
                AliasKind::PreferredUsername => "preferred_username",
            };
            Outcome::Failed(format!("An account with the {kind} already exists."))
        }
        _ => Outcome::Exists,
    }
}
