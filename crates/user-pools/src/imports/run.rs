//! Reading: a round takes every active job one batch further. The log is written before the next batch, at the place the row names, so that
//! a round that broke off is repeated without a line lost or told twice.
use super::{ImportJob, ImportLine, ImportStatus, Outcome, header, line, row};
use crate::error::Result;
use crate::ids::Millis;
use crate::messages;
use crate::mfa::Factor;
use crate::names::NewName;
use crate::pool::UserPool;
use crate::ports::StoreError;
use crate::service::UserPools;
use crate::user::{Password, User, UserStatus};

/// Users in one act: others wait for the writer no longer than this takes.
const BATCH: usize = 100;
/// What is read of a file at a time: more than a batch of usual lines, and more than the longest line.
const CHUNK: usize = 128 * 1024;
/// Users of a file, at most.
const USERS_MAX: u64 = 500_000;

impl UserPools {
    /// Takes every active job one batch further; whether any was active. An error means that one of them cannot go on now.
    pub async fn import_round(&self, now: Millis) -> Result<bool> {
        let jobs = self.store.active_import_jobs().await?;
        let any = !jobs.is_empty();
        let mut round = Ok(any);
        for job in jobs {
            match self.import_step(now, job).await {
                // Stopped or deleted meanwhile: the next round sees it.
                Ok(()) | Err(StoreError::Conflict | StoreError::NotFound) => {}
                Err(error) => round = Err(error.into()),
            }
        }
        round
    }

    async fn import_step(&self, now: Millis, mut job: ImportJob) -> Result<(), StoreError> {
        let pool = self.store.pool(job.pool.clone()).await?;
        self.log_batch(&mut job).await?;
        let offset = job.progress.offset;
        let Some(bytes) = self.import_bytes(&job, offset).await? else {
            return self.end_import(now, job, ImportStatus::Failed, messages::IMPORT_FILE_GONE).await;
        };
        if job.status == ImportStatus::Pending {
            return self.begin_import(now, &pool, job, &bytes).await;
        }
        let mut lines = Vec::new();
        let read = self.read_lines(now, &pool, &mut job, &bytes, &mut lines);
        match read {
            Err(message) => self.end_import(now, job, ImportStatus::Failed, message).await,
            Ok(0) => {
                let (status, message) = verdict(&job);
                self.end_import(now, job, status, message).await
            }
            Ok(_) => self.store.import_users(now, job, lines).await.map(drop),
        }
    }

    /// Pending: the header decides whether the file can be read at all.
    async fn begin_import(
        &self,
        now: Millis,
        pool: &UserPool,
        mut job: ImportJob,
        bytes: &[u8],
    ) -> Result<(), StoreError> {
        let first = line::next(bytes, bytes.len() < CHUNK);
        let columns = first.and_then(|(text, _)| line::fields(text).ok().flatten()).unwrap_or_default();
        if !header::matches(&pool.settings, &columns, job.algorithm.is_some()) {
            job.progress.outcomes.push((1, Outcome::Failed(messages::IMPORT_HEADER.to_owned())));
            self.log_batch(&mut job).await?;
            return self.end_import(now, job, ImportStatus::Failed, messages::IMPORT_HEADER).await;
        }
        job.progress.columns = columns;
        job.progress.offset = first.map_or(0, |(_, taken)| taken as u64);
        job.progress.lines = 1;
        job.status = ImportStatus::InProgress;
        self.store.replace_import_job(now, job).await.map(drop)
    }

    /// Reads a batch of lines and moves the job behind them; how many bytes that were. An error ends the job.
    fn read_lines(
        &self,
        now: Millis,
        pool: &UserPool,
        job: &mut ImportJob,
        bytes: &[u8],
        lines: &mut Vec<ImportLine>,
    ) -> Result<usize, &'static str> {
        let mut done = 0;
        while lines.len() < BATCH
            && let Some((text, taken)) = line::next(bytes.get(done..).unwrap_or_default(), bytes.len() < CHUNK)
        {
            done += taken;
            job.progress.lines += 1;
            let number = job.progress.lines;
            match row::read(pool, &job.progress.columns, job.algorithm, text) {
                Ok(None) => {}
                Ok(Some(row)) => {
                    let (name, user) = (row.name, self.imported_user(now, pool, row));
                    lines.push(ImportLine { number, name, user: Ok(user) });
                }
                Err(reason) => lines.push(ImportLine { number, name: NewName::Username, user: Err(reason) }),
            }
        }
        job.progress.offset += done as u64;
        if done == 0 && bytes.len() > line::LINE_BYTES_MAX {
            return Err(messages::IMPORT_UNREADABLE);
        }
        if job.imported + job.skipped + job.failed + lines.len() as u64 > USERS_MAX {
            return Err(messages::IMPORT_TOO_LONG);
        }
        Ok(done)
    }

    /// Without a password the first thing this user does is to set one by a code; with a hash of one they sign in.
    fn imported_user(&self, now: Millis, pool: &UserPool, row: row::Row) -> User {
        let status = if row.hash.is_some() { UserStatus::Confirmed } else { UserStatus::ResetRequired };
        let mut user = self.new_user(now, pool, row.name, &row.username, row.attributes, status);
        if row.mfa && user.attributes.contains_key("phone_number") {
            user.credentials.mfa_enabled.push(Factor::Sms.as_str().to_owned());
        }
        user.credentials.password = row.hash.map(|hash| Password::imported(&hash));
        user
    }

    /// `None` where the file is gone, or is not the one the job was started with.
    async fn import_bytes(&self, job: &ImportJob, offset: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(upload) = job.progress.upload.clone() else { return Ok(None) };
        self.imports.read(job.id.clone(), upload, offset, CHUNK).await.map_err(StoreError::Unavailable)
    }

    /// Ends a job whose batches are in the log, then its file.
    async fn end_import(
        &self,
        now: Millis,
        mut job: ImportJob,
        status: ImportStatus,
        message: &'static str,
    ) -> Result<(), StoreError> {
        job.status = status;
        job.completed = Some(now);
        job.message = Some(message.to_owned());
        self.store.replace_import_job(now, job.clone()).await?;
        tracing::info!(
            job = %job.id, pool = %job.pool, status = status.as_str(), imported = job.imported, skipped = job.skipped,
            failed = job.failed, message, "an import job ended"
        );
        self.discard_file(&job.id).await;
        Ok(())
    }

    /// Writes the lines of the last batch where they belong in the log; the row follows with the next act.
    async fn log_batch(&self, job: &mut ImportJob) -> Result<(), StoreError> {
        let text = job.log_lines();
        if !text.is_empty() {
            let written = self.imports.log(job.id.clone(), job.progress.logged, text.clone()).await;
            written.map_err(StoreError::Unavailable)?;
            job.progress.logged += text.len() as u64;
            job.progress.outcomes.clear();
        }
        Ok(())
    }

    /// The same for a job that has ended.
    pub(super) async fn write_log(&self, job: &ImportJob) {
        let mut last = job.clone();
        if let Err(error) = self.log_batch(&mut last).await {
            tracing::warn!(job = %job.id, %error, "the log of an import job lacks its last lines");
        }
    }

    /// What cannot be removed now is swept later.
    pub(super) async fn discard_file(&self, job: &str) {
        if let Err(cause) = self.imports.discard(job.to_owned()).await {
            tracing::warn!(job, cause, "the file of an import job could not be removed yet");
        }
    }
}

/// AWS calls a job failed when too many of its users were; how many that is it does not say. Here: more than were imported (I).
fn verdict(job: &ImportJob) -> (ImportStatus, &'static str) {
    if job.failed + job.skipped > job.imported {
        (ImportStatus::Failed, messages::IMPORT_TOO_MANY_FAILED)
    } else {
        (ImportStatus::Succeeded, messages::IMPORT_DONE)
    }
}
