//! The outbox: sealed messages on their way out. A row is claimed by moving its `due_at` on, in one statement.
use crate::SqliteStore;
use crate::error::{Act, Fail};
use crate::row;
use ::user_pools::ports::{Outbox, Queued, StoreResult};
use ::user_pools::{Millis, PoolId};
use async_trait::async_trait;
use rusqlite::{Connection, Row, params};

/// Most messages that may wait: an outage of the relay must not fill the disk.
const MOST: i64 = 20_000;

#[async_trait]
impl Outbox for SqliteStore {
    async fn put_message(&self, _now: Millis, message: Queued) -> StoreResult<()> {
        self.write(move |db| queue(db, &message)).await
    }

    async fn put_simulated(
        &self,
        _now: Millis,
        mark: [u8; 32],
        marked_until: Millis,
        message: Queued,
    ) -> StoreResult<()> {
        self.write(move |db| {
            super::sign_ins::mark(db, &mark, marked_until)?;
            queue(db, &message)
        })
        .await
    }

    async fn has_message(&self, id: String) -> StoreResult<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM outbox WHERE id = ?1)";
        self.read(|db| row::get(db, sql, [&id], |row| row.get(0)))
    }

    async fn claim_messages(&self, now: Millis, until: Millis, limit: usize) -> StoreResult<Vec<Queued>> {
        self.write(move |db| {
            let sql = "UPDATE outbox SET due_at = ?2 WHERE rowid IN
                (SELECT rowid FROM outbox WHERE due_at <= ?1 AND expires_at > ?1 ORDER BY due_at LIMIT ?3)
                RETURNING id, pool, sub, topic, attempts, due_at, expires_at, sealed";
            row::list(db, sql, params![now, until, row::limit(limit)], message)
        })
        .await
    }

    async fn retry_message(&self, _now: Millis, id: String, due_at: Millis) -> StoreResult<()> {
        self.write(move |db| {
            let sql = "UPDATE outbox SET attempts = attempts + 1, due_at = ?1 WHERE id = ?2";
            row::run(db, sql, params![due_at, id])?;
            Ok(())
        })
        .await
    }

    async fn end_message(&self, _now: Millis, id: String) -> StoreResult<()> {
        self.write(move |db| {
            row::run(db, "DELETE FROM outbox WHERE id = ?1", [&id])?;
            Ok(())
        })
        .await
    }
}

/// Stores a message within an act, in place of earlier ones of its topic: their codes have just been replaced.
pub(super) fn queue(db: &Connection, message: &Queued) -> Act<()> {
    let m = message;
    row::run(db, "DELETE FROM outbox WHERE pool = ?1 AND sub = ?2 AND topic = ?3", params![m.pool.0, m.sub, m.topic])?;
    // Bounded, so that counting a full outbox is bounded too.
    let waiting: i64 = row::get(db, "SELECT COUNT(*) FROM (SELECT 1 FROM outbox LIMIT ?1)", [MOST], |row| row.get(0))?;
    if waiting >= MOST && !make_room(db)? {
        return Err(Fail::Unavailable("the outbox is full".to_owned()));
    }
    let sql = "INSERT INTO outbox (id, pool, sub, topic, attempts, due_at, expires_at, sealed)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let key = (&m.id, &m.pool.0, &m.sub, &m.topic);
    row::run(db, sql, params![key.0, key.1, key.2, key.3, m.attempts, m.due_at, m.expires_at, m.sealed])?;
    Ok(())
}

/// Anybody may ask for codes to names that nobody has, as many as they like: those rows keep no real message out. Whether one went.
fn make_room(db: &Connection) -> Act<bool> {
    let sql = "DELETE FROM outbox WHERE rowid = (SELECT rowid FROM outbox WHERE sub IS NULL LIMIT 1)";
    Ok(row::run(db, sql, [])? == 1)
}

fn message(row: &Row<'_>) -> rusqlite::Result<Queued> {
    Ok(Queued {
        id: row.get(0)?,
        pool: PoolId(row.get(1)?),
        sub: row.get(2)?,
        topic: row.get(3)?,
        attempts: row.get(4)?,
        due_at: row.get(5)?,
        expires_at: row.get(6)?,
        sealed: row.get(7)?,
    })
}
