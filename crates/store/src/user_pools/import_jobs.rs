//! Import jobs, and the one act that stores a batch of their users.
use super::users;
use crate::SqliteStore;
use crate::error::{Act, Fail};
use crate::row;
use ::user_pools::imports::{ImportJob, ImportLine};
use ::user_pools::ports::{ImportJobs, Page, StoreResult, Taken};
use ::user_pools::user::User;
use ::user_pools::{Millis, PoolId};
use async_trait::async_trait;
use rusqlite::{Connection, params};

#[async_trait]
impl ImportJobs for SqliteStore {
    async fn insert_import_job(&self, _now: Millis, job: ImportJob, most: usize) -> StoreResult<()> {
        self.write(move |db| {
            let sql = "SELECT count(*) FROM import_jobs WHERE pool = ?1";
            let held: i64 = row::get(db, sql, [&job.pool.0], |row| row.get(0))?;
            if held >= row::limit(most) {
                return Err(Fail::Exists(Taken::Owner));
            }
            let sql =
                "INSERT INTO import_jobs (id, pool, created, version, status, doc) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            let doc = row::json(&job)?;
            row::run(db, sql, params![job.id, job.pool.0, job.created, job.version, job.status.as_str(), doc])?;
            Ok(())
        })
        .await
    }

    async fn import_job(&self, id: String) -> StoreResult<ImportJob> {
        self.read(|db| row::get(db, "SELECT doc FROM import_jobs WHERE id = ?1", [&id], row::first_doc))
    }

    async fn replace_import_job(&self, _now: Millis, job: ImportJob) -> StoreResult<u64> {
        self.write(move |db| replace(db, job)).await
    }

    async fn list_import_jobs(&self, pool: PoolId, page: Page) -> StoreResult<Vec<ImportJob>> {
        self.read(|db| list(db, &pool, &page))
    }

    async fn active_import_jobs(&self) -> StoreResult<Vec<ImportJob>> {
        self.read(|db| {
            let sql = "SELECT doc FROM import_jobs WHERE status IN ('Pending', 'InProgress') ORDER BY created, id";
            row::list(db, sql, [], row::first_doc)
        })
    }

    async fn import_users(&self, _now: Millis, mut job: ImportJob, lines: Vec<ImportLine>) -> StoreResult<u64> {
        self.write(move |db| {
            for line in &lines {
                let stored = line.user.as_ref().map_or(Ok(Ok(())), |user| insert(db, user))?;
                job.note(line, stored);
            }
            replace(db, job)
        })
        .await
    }
}

/// Stores a user, or leaves nothing of them where a name is taken. Any other failure is the whole act's.
fn insert(db: &Connection, user: &User) -> Act<Result<(), Taken>> {
    let statement = |sql: &str| row::run(db, sql, []);
    statement("SAVEPOINT line")?;
    let stored = match users::insert(db, user, false) {
        Ok(()) => Ok(()),
        Err(Fail::Exists(taken)) => {
            statement("ROLLBACK TO line")?;
            Err(taken)
        }
        Err(other) => return Err(other),
    };
    statement("RELEASE line")?;
    Ok(stored)
}

fn replace(db: &Connection, mut job: ImportJob) -> Act<u64> {
    let read = job.version;
    job.version += 1;
    if job.status.is_active() && another_is_active(db, &job)? {
        return Err(Fail::Exists(Taken::Owner));
    }
    let sql = "UPDATE import_jobs SET version = ?1, status = ?2, doc = ?3 WHERE id = ?4 AND pool = ?5 AND version = ?6";
    let (doc, status) = (row::json(&job)?, job.status.as_str());
    let changed = row::run(db, sql, params![job.version, status, doc, job.id, job.pool.0, read])?;
    if changed == 0 {
        let there = row::exists(db, "SELECT 1 FROM import_jobs WHERE id = ?1", [&job.id])?;
        return Err(if there { Fail::Conflict } else { Fail::NotFound });
    }
    Ok(job.version)
}

/// Whether another job of the same account and region is active.
fn another_is_active(db: &Connection, job: &ImportJob) -> Act<bool> {
    let sql = "SELECT 1 FROM import_jobs JOIN pools ON pools.id = import_jobs.pool
        WHERE status IN ('Pending', 'InProgress') AND import_jobs.id <> ?1
        AND (account, region) = (SELECT account, region FROM pools WHERE id = ?2)";
    row::exists(db, sql, [&job.id, &job.pool.0])
}

/// A position whose row is gone ends the list.
fn list(db: &Connection, pool: &PoolId, page: &Page) -> Act<Vec<ImportJob>> {
    let limit = row::limit(page.limit);
    match &page.after {
        None => {
            let sql = "SELECT doc FROM import_jobs WHERE pool = ?1 ORDER BY created DESC, id DESC LIMIT ?2";
            row::list(db, sql, params![pool.0, limit], row::first_doc)
        }
        Some(after) => {
            let sql = "SELECT doc FROM import_jobs WHERE pool = ?1
                AND (created, id) < (SELECT created, id FROM import_jobs WHERE id = ?2)
                ORDER BY created DESC, id DESC LIMIT ?3";
            row::list(db, sql, params![pool.0, after, limit], row::first_doc)
        }
    }
}
