//! What operators do with import jobs: make, look at, start, stop. The reading itself is [`run`](super::run).
use super::{HashAlgorithm, ImportJob, ImportStatus, Progress};
use crate::error::{Error, Result};
use crate::ids::{self, Millis, PoolId};
use crate::messages;
use crate::pool::UserPool;
use crate::ports::{Page, StoreError, Taken};
use crate::service::UserPools;

/// Jobs of a pool, at most.
const MOST: usize = 1000;

impl UserPools {
    /// CreateUserImportJob. LimitExceeded.
    pub async fn create_import_job(
        &self,
        now: Millis,
        pool: &UserPool,
        name: String,
        role_arn: String,
        algorithm: Option<HashAlgorithm>,
    ) -> Result<ImportJob> {
        loop {
            let job = ImportJob {
                pool: pool.id.clone(),
                id: ids::fresh_import_job(&*self.random),
                version: 1,
                name: name.clone(),
                role_arn: role_arn.clone(),
                algorithm,
                created: now,
                started: None,
                completed: None,
                status: ImportStatus::Created,
                imported: 0,
                skipped: 0,
                failed: 0,
                message: None,
                progress: Progress::default(),
            };
            match self.store.insert_import_job(now, job.clone(), MOST).await {
                Ok(()) => return Ok(job),
                Err(StoreError::Exists(Taken::Key)) => {}
                Err(StoreError::Exists(_)) => return Err(messages::TOO_MANY_IMPORT_JOBS),
                Err(StoreError::NotFound) => return Err(messages::pool_does_not_exist(&pool.id)),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// DescribeUserImportJob. ResourceNotFound.
    pub async fn import_job(&self, pool: &PoolId, id: &str) -> Result<ImportJob> {
        let found = self.store.import_job(id.to_owned()).await;
        let found = found.map_err(|error| missing(error, id))?;
        if found.pool == *pool { Ok(found) } else { Err(messages::import_job_does_not_exist(id)) }
    }

    /// ListUserImportJobs, newest first.
    pub async fn import_jobs(&self, pool: PoolId, page: Page) -> Result<Vec<ImportJob>> {
        Ok(self.store.list_import_jobs(pool, page).await?)
    }

    /// `PreSignedUrl`: the same each time it is asked for, and of no use a quarter of an hour after the job was made.
    pub fn import_url(&self, job: &ImportJob) -> Option<String> {
        self.imports.upload_url(job.created, &job.id)
    }

    /// StartUserImportJob. PreconditionNotMet: the job is not new, there is no file, the pool verifies no address, or another job runs in the account.
    pub async fn start_import_job(&self, now: Millis, pool: &UserPool, id: &str) -> Result<ImportJob> {
        loop {
            let mut job = self.import_job(&pool.id, id).await?;
            if job.status_at(now) != ImportStatus::Created {
                return Err(messages::import_job_not_new(job.status_at(now).as_str()));
            }
            if pool.settings.auto_verified.is_empty() {
                return Err(messages::IMPORT_WITHOUT_VERIFICATION);
            }
            job.progress.upload = Some(self.uploaded(id).await?.ok_or(messages::IMPORT_WITHOUT_FILE)?);
            job.status = ImportStatus::Pending;
            job.started = Some(now);
            match self.store.replace_import_job(now, job.clone()).await {
                Ok(version) => {
                    self.imports.wake();
                    return Ok(ImportJob { version, ..job });
                }
                Err(StoreError::Conflict) => {}
                Err(StoreError::Exists(_)) => return Err(messages::IMPORT_JOB_RUNS),
                Err(error) => return Err(missing(error, id)),
            }
        }
    }

    async fn uploaded(&self, id: &str) -> Result<Option<crate::ports::Uploaded>> {
        self.imports.uploaded(id.to_owned()).await.map_err(|cause| StoreError::Unavailable(cause).into())
    }

    /// StopUserImportJob. Once it is answered nobody more is imported: a batch under way is stored with the version it read, or not at all.
    pub async fn stop_import_job(&self, now: Millis, pool: &PoolId, id: &str) -> Result<ImportJob> {
        loop {
            let mut job = self.import_job(pool, id).await?;
            if !job.status.is_active() {
                return Err(messages::import_job_not_running(job.status_at(now).as_str()));
            }
            job.status = ImportStatus::Stopped;
            job.completed = Some(now);
            job.message = Some(messages::IMPORT_STOPPED.to_owned());
            match self.store.replace_import_job(now, job.clone()).await {
                Ok(version) => {
                    let job = ImportJob { version, ..job };
                    self.write_log(&job).await;
                    self.discard_file(&job.id).await;
                    return Ok(job);
                }
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(missing(error, id)),
            }
        }
    }

    /// UserImportInProgress while a job of the pool runs.
    pub(crate) async fn refuse_during_import(&self, pool: &PoolId) -> Result<()> {
        let active = self.store.active_import_jobs().await?;
        if active.iter().any(|job| job.pool == *pool) { Err(messages::import_in_progress(pool)) } else { Ok(()) }
    }

    /// Whether a job still needs its file. The files of all others are swept: they hold what is known of people.
    pub async fn needs_import_file(&self, now: Millis, id: &str) -> Result<bool> {
        match self.store.import_job(id.to_owned()).await {
            Ok(job) => Ok(job.status.is_active() || job.status_at(now) == ImportStatus::Created),
            Err(StoreError::NotFound) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether there is such a job, ended ones included.
    pub async fn is_import_job(&self, id: &str) -> Result<bool> {
        match self.store.import_job(id.to_owned()).await {
            Ok(_) => Ok(true),
            Err(StoreError::NotFound) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

fn missing(error: StoreError, id: &str) -> Error {
    if error == StoreError::NotFound { messages::import_job_does_not_exist(id) } else { error.into() }
}
