//! Import jobs at work: their files come in through the object service's inbox, their logs are files beside it, and one task reads line by line.
use super::app::App;
use crate::data::{DataError, DataFolder};
use crate::platform::Clock;
use async_trait::async_trait;
use objects::{Awaited, Inbox, ObjectUrls, Received};
use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use store::SqliteStore;
use tokio::sync::Notify;
use tokio::task::spawn_blocking;
use user_pools::imports::ImportStatus;
use user_pools::ports::{ImportJobs, Imports, StoreError, Uploaded};
use user_pools::{Millis, UserPools};

/// What the keys of import files begin with. No object's key does: those begin with `uploads/`.
const PREFIX: &str = "imports/";
const SUFFIX: &str = ".csv";
const LOG_SUFFIX: &str = ".log";
/// AWS's own limit.
const LARGEST_FILE: u64 = 100 * 1024 * 1024;
/// Between two batches others get their turn.
const BREATH: Duration = Duration::from_millis(2);
/// When a job cannot go on, it is tried again after this.
const PAUSE: Duration = Duration::from_secs(5);

/// Files, logs and the bell of the worker.
pub struct ImportDesk {
    inbox: Inbox,
    urls: ObjectUrls,
    logs: PathBuf,
    bell: Notify,
}

/// Opens `<data>/imports`.
pub fn open(
    folder: &DataFolder,
    store: &SqliteStore,
    clock: &Clock,
    urls: ObjectUrls,
) -> Result<ImportDesk, DataError> {
    let root = folder.imports();
    let logs = root.join("logs");
    let awaited = Arc::new(NewJobs { store: store.clone(), clock: clock.clone() });
    let made = private_dir(&logs).and_then(|()| Inbox::open(&root, PREFIX, LARGEST_FILE, awaited));
    let inbox = made.map_err(|error| DataError(format!("the folder of import jobs {}: {error}", root.display())))?;
    Ok(ImportDesk { inbox, urls, logs, bell: Notify::new() })
}

fn private_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn key(job: &str) -> String {
    format!("{PREFIX}{job}{SUFFIX}")
}

/// The job of a key.
fn job_of(key: &str) -> Option<&str> {
    key.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)
}

/// A file is awaited as long as its job is new.
struct NewJobs {
    store: SqliteStore,
    clock: Clock,
}

#[async_trait]
impl Awaited for NewJobs {
    async fn awaits(&self, key: &str) -> Result<bool, String> {
        let Some(job) = job_of(key) else { return Ok(false) };
        match self.store.import_job(job.to_owned()).await {
            Ok(job) => Ok(job.status_at(self.clock.now()) == ImportStatus::Created),
            Err(StoreError::NotFound) => Ok(false),
            Err(error) => Err(error.to_string()),
        }
    }
}

impl ImportDesk {
    /// The inbox, for the service that lets files in.
    pub fn inbox(&self) -> Inbox {
        self.inbox.clone()
    }

    /// Removes files that no job needs any more. Logs stay as long as their job is listed, and go with its pool.
    pub async fn sweep(&self, pools: &UserPools, now: Millis) -> Result<(), String> {
        let said = |error: &dyn std::fmt::Display| error.to_string();
        for key in self.inbox.keys().await.map_err(|error| said(&error))? {
            let needed = match job_of(&key) {
                Some(job) => pools.needs_import_file(now, job).await.map_err(|error| said(&error))?,
                None => false,
            };
            if !needed {
                self.inbox.remove(&key).await.map_err(|error| said(&error))?;
            }
        }
        sweep_logs(&self.logs, pools).await
    }

    fn log_path(&self, job: &str) -> PathBuf {
        self.logs.join(format!("{job}{LOG_SUFFIX}"))
    }
}

#[async_trait]
impl Imports for ImportDesk {
    fn upload_url(&self, at: Millis, job: &str) -> Option<String> {
        self.urls.inbox(at, &key(job)).ok()
    }

    async fn uploaded(&self, job: String) -> Result<Option<Uploaded>, String> {
        let found = self.inbox.find(&key(&job)).await.map_err(|error| error.to_string())?;
        Ok(found.map(|Received { size, sha256 }| Uploaded { size, sha256 }))
    }

    async fn read(&self, job: String, file: Uploaded, offset: u64, most: usize) -> Result<Option<Vec<u8>>, String> {
        let file = Received { size: file.size, sha256: file.sha256 };
        self.inbox.read(&key(&job), &file, offset, most).await.map_err(|error| error.to_string())
    }

    async fn log(&self, job: String, offset: u64, text: String) -> Result<(), String> {
        let path = self.log_path(&job);
        let written = spawn_blocking(move || write_at(&path, offset, text.as_bytes())).await.map_err(io::Error::other);
        written.flatten().map_err(|error| format!("the log cannot be written: {error}"))
    }

    async fn discard(&self, job: String) -> Result<(), String> {
        self.inbox.remove(&key(&job)).await.map_err(|error| error.to_string())
    }

    fn wake(&self) {
        self.bell.notify_one();
    }
}

/// Removes the logs of jobs that are gone. A job's row is there before its log.
async fn sweep_logs(logs: &Path, pools: &UserPools) -> Result<(), String> {
    let folder = logs.to_owned();
    for job in off_thread(move || logged_jobs(&folder)).await? {
        if !pools.is_import_job(&job).await.map_err(|error| error.to_string())? {
            let path = logs.join(format!("{job}{LOG_SUFFIX}"));
            off_thread(move || std::fs::remove_file(path)).await?;
        }
    }
    Ok(())
}

async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, String> {
    spawn_blocking(work).await.map_err(io::Error::other).flatten().map_err(|error| error.to_string())
}

/// The jobs that have a log.
fn logged_jobs(logs: &Path) -> io::Result<Vec<String>> {
    let mut jobs = Vec::new();
    for entry in std::fs::read_dir(logs)? {
        let name = entry?.file_name();
        jobs.extend(name.to_str().and_then(|name| name.strip_suffix(LOG_SUFFIX)).map(str::to_owned));
    }
    Ok(jobs)
}

fn write_at(path: &Path, offset: u64, text: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)?;
    file.set_len(offset)?;
    file.seek(SeekFrom::Start(offset))?;
    file.write_all(text)?;
    file.sync_data()
}

impl App {
    /// Runs import jobs: those that an earlier process left, then whenever the bell rings.
    pub(super) async fn import(self: Arc<Self>) {
        loop {
            match self.pools.import_round(self.clock.now()).await {
                Ok(true) => tokio::time::sleep(BREATH).await,
                Ok(false) => self.imports.bell.notified().await,
                Err(error) => {
                    let reason = error.reason.as_deref();
                    tracing::warn!(%error, reason, "an import job cannot go on now; it will be tried again");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use user_pools::ports::Pools;

    #[test]
    fn a_log_that_is_written_again_holds_each_line_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("job.log");
        write_at(&path, 0, b"one\n").unwrap();
        write_at(&path, 4, b"two\nthree\n").unwrap();
        // As after a crash between the log and the row.
        write_at(&path, 4, b"two\n").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one\ntwo\n");
    }

    #[tokio::test]
    async fn a_log_goes_with_its_job() {
        let bench = testing::Bench::new();
        let pool = bench.pool().await;
        let job = testing::rows::import_job(&pool.id, "import-Ab1");
        bench.store.insert_import_job(bench.now(), job, 9).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let log = |job: &str| folder.path().join(format!("{job}.log"));
        let foreign = folder.path().join("notes.txt");
        for path in [log("import-Ab1"), log("import-gone"), foreign.clone()] {
            write_at(&path, 0, b"one\n").unwrap();
        }
        sweep_logs(folder.path(), &bench.pools).await.unwrap();
        assert!(log("import-Ab1").exists() && !log("import-gone").exists() && foreign.exists());
        bench.store.delete_pool(bench.now(), pool.id).await.unwrap();
        sweep_logs(folder.path(), &bench.pools).await.unwrap();
        assert!(!log("import-Ab1").exists() && foreign.exists());
    }

    #[test]
    fn keys_name_their_job_and_nothing_else_does() {
        assert_eq!(job_of(&key("import-Ab1")), Some("import-Ab1"));
        for other in ["uploads/u/imports/x.csv", "imports/x", "x.csv"] {
            assert_eq!(job_of(other), None, "{other}");
        }
    }
}
