//! Passkeys. They go with their user.
use crate::SqliteStore;
use crate::error::Fail;
use crate::row;
use ::user_pools::passkeys::Passkey;
use ::user_pools::ports::{Passkeys, StoreResult, Taken};
use ::user_pools::{Millis, PoolId};
use async_trait::async_trait;
use rusqlite::params;

#[async_trait]
impl Passkeys for SqliteStore {
    async fn insert_passkey(&self, _now: Millis, passkey: Passkey, most: usize) -> StoreResult<()> {
        self.write(move |db| {
            let (pool, id, sub) = (&passkey.pool.0, &passkey.id, &passkey.sub);
            if row::exists(db, "SELECT 1 FROM passkeys WHERE pool = ?1 AND id = ?2", [pool, id])? {
                return Err(Fail::Exists(Taken::Key));
            }
            let sql = "SELECT count(*) FROM passkeys WHERE pool = ?1 AND sub = ?2";
            let held: i64 = row::get(db, sql, [pool, sub], |row| row.get(0))?;
            if held >= row::limit(most) {
                return Err(Fail::Full);
            }
            let sql = "INSERT INTO passkeys (pool, id, sub, created, counter, doc) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            let doc = row::json(&passkey)?;
            row::run(db, sql, params![pool, id, sub, passkey.created, passkey.counter, doc])?;
            Ok(())
        })
        .await
    }

    async fn passkeys_of(&self, pool: PoolId, sub: String) -> StoreResult<Vec<Passkey>> {
        self.read(|db| {
            let sql = "SELECT doc FROM passkeys WHERE pool = ?1 AND sub = ?2 ORDER BY created, id";
            row::list(db, sql, [&pool.0, &sub], row::first_doc)
        })
    }

    async fn use_passkey(&self, _now: Millis, passkey: Passkey, counter_read: u32) -> StoreResult<()> {
        self.write(move |db| {
            let key = params![passkey.pool.0, passkey.id, passkey.sub];
            let sql = "SELECT counter FROM passkeys WHERE pool = ?1 AND id = ?2 AND sub = ?3";
            let stored: u32 = row::get(db, sql, key, |row| row.get(0))?;
            if stored != counter_read {
                return Err(Fail::Conflict);
            }
            let sql = "UPDATE passkeys SET counter = ?4, doc = ?5 WHERE pool = ?1 AND id = ?2 AND sub = ?3";
            let doc = row::json(&passkey)?;
            row::run(db, sql, params![passkey.pool.0, passkey.id, passkey.sub, passkey.counter, doc])?;
            Ok(())
        })
        .await
    }

    async fn delete_passkey(&self, pool: PoolId, sub: String, id: String) -> StoreResult<()> {
        self.write(move |db| {
            let sql = "DELETE FROM passkeys WHERE pool = ?1 AND id = ?2 AND sub = ?3";
            row::found(row::run(db, sql, [&pool.0, &id, &sub])?)
        })
        .await
    }
}
