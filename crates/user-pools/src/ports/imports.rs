//! What import jobs need: rows of their own, and the files and logs that lie outside the store.
use super::{Page, StoreResult};
use crate::imports::{ImportJob, ImportLine};
use crate::{Millis, PoolId};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// Import jobs. They go with their pool.
#[async_trait]
pub trait ImportJobs: Send + Sync {
    /// Exists(Key); Exists(Owner) when the pool has `most` of them; NotFound when the pool is gone.
    async fn insert_import_job(&self, now: Millis, job: ImportJob, most: usize) -> StoreResult<()>;
    /// By id alone: ids are unique over all pools. NotFound.
    async fn import_job(&self, id: String) -> StoreResult<ImportJob>;
    /// As `replace_pool`; also Exists(Owner) when the job becomes active while another one of its account and region is.
    async fn replace_import_job(&self, now: Millis, job: ImportJob) -> StoreResult<u64>;
    /// Jobs of a pool, newest first; `after` is a job id.
    async fn list_import_jobs(&self, pool: PoolId, page: Page) -> StoreResult<Vec<ImportJob>>;
    /// The active jobs of all pools; one of each account and region at most.
    async fn active_import_jobs(&self) -> StoreResult<Vec<ImportJob>>;
    /// In one act: inserts the users as `insert_user` does, each for itself, has the job note what became of each line
    /// ([`ImportJob::note`]), and replaces the job as above. A user whose name is taken leaves nothing and holds up no other. On Conflict and
    /// NotFound nothing happens at all.
    async fn import_users(&self, now: Millis, job: ImportJob, lines: Vec<ImportLine>) -> StoreResult<u64>;
}

/// A file as it arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uploaded {
    /// Bytes.
    pub size: u64,
    /// SHA-256, lower-case hex.
    pub sha256: String,
}

/// Files and logs of import jobs, and the worker that calls `UserPools::import_round`. Errors say why, for the operator.
#[async_trait]
pub trait Imports: Send + Sync {
    /// A presigned URL that takes the job's file, made at a moment; the same each time. `None` where none can be made.
    fn upload_url(&self, at: Millis, job: &str) -> Option<String>;
    /// The file that lies there for a job.
    async fn uploaded(&self, job: String) -> Result<Option<Uploaded>, String>;
    /// At most `most` bytes of the file from an offset, fewer only at its end; `None` when it is gone or another one.
    async fn read(&self, job: String, file: Uploaded, offset: u64, most: usize) -> Result<Option<Vec<u8>>, String>;
    /// Writes text at an offset of the job's log and ends the log there, flushed.
    async fn log(&self, job: String, offset: u64, text: String) -> Result<(), String>;
    /// Removes the file; Ok when there is none. The log stays.
    async fn discard(&self, job: String) -> Result<(), String>;
    /// There is something to do.
    fn wake(&self);
}
