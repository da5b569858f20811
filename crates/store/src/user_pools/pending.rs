//! What waits for one answer.
use crate::SqliteStore;
use crate::row;
use ::user_pools::Millis;
use ::user_pools::ports::{Pending, StoreResult};
use async_trait::async_trait;
use rusqlite::params;

#[async_trait]
impl Pending for SqliteStore {
    async fn put_pending(&self, _now: Millis, key: [u8; 32], kept: Vec<u8>, expires_at: Millis) -> StoreResult<()> {
        self.write(move |db| {
            let sql = "INSERT INTO pending (key, kept, expires_at) VALUES (?1, ?2, ?3)
                ON CONFLICT (key) DO UPDATE SET kept = excluded.kept, expires_at = excluded.expires_at";
            row::run(db, sql, params![key, kept, expires_at])?;
            Ok(())
        })
        .await
    }

    async fn take_pending(&self, now: Millis, key: [u8; 32]) -> StoreResult<Option<Vec<u8>>> {
        self.write(move |db| {
            let sql = "DELETE FROM pending WHERE key = ?1 AND expires_at > ?2 RETURNING kept";
            row::find(db, sql, params![key, now], |row| row.get(0))
        })
        .await
    }
}
