//! Sweeping: rows whose end has come read as absent already; this gives their space back, a little at a time, so that no act waits long.
use crate::SqliteStore;
use crate::error::Act;
use crate::row;
use crate::user_pools::changes;
use ::user_pools::Millis;
use ::user_pools::ports::StoreResult;
use rusqlite::{Connection, params};

/// What ends, children before parents. A sign-in takes the refresh tokens that are left along.
const SWEEPS: &[&str] = &[
    "DELETE FROM pending WHERE key IN (SELECT key FROM pending WHERE expires_at <= ?1 LIMIT ?2)",
    "DELETE FROM spent WHERE id IN (SELECT id FROM spent WHERE expires_at <= ?1 LIMIT ?2)",
    "DELETE FROM uses WHERE key IN (SELECT key FROM uses WHERE expires_at <= ?1 LIMIT ?2)",
    "DELETE FROM attempts WHERE key IN (SELECT key FROM attempts WHERE expires_at <= ?1 LIMIT ?2)",
    "DELETE FROM codes WHERE (pool, sub, purpose) IN
        (SELECT pool, sub, purpose FROM codes WHERE expires_at <= ?1 LIMIT ?2)",
    "DELETE FROM outbox WHERE rowid IN (SELECT rowid FROM outbox WHERE expires_at <= ?1 LIMIT ?2)",
    "DELETE FROM auth_events WHERE seq IN (SELECT seq FROM auth_events WHERE expires_at <= ?1 LIMIT ?2)",
    "DELETE FROM auth_codes WHERE rowid IN (SELECT rowid FROM auth_codes WHERE expires_at <= ?1 LIMIT ?2)",
    "DELETE FROM login_sessions WHERE rowid IN (SELECT rowid FROM login_sessions WHERE expires_at <= ?1 LIMIT ?2)",
    "DELETE FROM refresh_tokens WHERE rowid IN (SELECT rowid FROM refresh_tokens WHERE expires_at <= ?1 LIMIT ?2)",
    "DELETE FROM sign_ins WHERE rowid IN (SELECT rowid FROM sign_ins WHERE expires_at <= ?1 LIMIT ?2)",
];

impl SqliteStore {
    /// Deletes at most `limit` expired rows of each kind, each kind in an act of its own, and as many old changes; how many rows went.
    /// The caller comes again while the answer is not 0, with other acts in between.
    pub async fn sweep(&self, now: Millis, limit: usize) -> StoreResult<usize> {
        let mut gone = 0;
        for sql in SWEEPS {
            gone += self.sweep_by(move |db| row::run(db, sql, params![now, row::limit(limit)])).await?;
        }
        let kept = self.changes_kept();
        Ok(gone + self.sweep_by(move |db| changes::prune(db, now, kept, limit)).await?)
    }

    async fn sweep_by(&self, act: impl FnOnce(&Connection) -> Act<usize> + Send + 'static) -> StoreResult<usize> {
        self.write(act).await
    }
}
