//! Pools and their signing keys.
use super::changes;
use crate::SqliteStore;
use crate::error::{Act, Fail};
use crate::row;
use ::user_pools::pool::UserPool;
use ::user_pools::ports::{Change, Page, Pools, StoreResult};
use ::user_pools::token::SigningKeyRow;
use ::user_pools::{Millis, PoolId, Scope};
use async_trait::async_trait;
use rusqlite::{Connection, params};

#[async_trait]
impl Pools for SqliteStore {
    async fn insert_pool(&self, now: Millis, pool: UserPool, keys: Vec<SigningKeyRow>) -> StoreResult<()> {
        self.write(move |db| {
            insert(db, &pool)?;
            insert_keys(db, &pool.id, &keys)?;
            changes::append(db, now, "pool", &pool.id.0)
        })
        .await
    }

    async fn pool(&self, id: PoolId) -> StoreResult<UserPool> {
        self.read(|db| row::get(db, "SELECT doc FROM pools WHERE id = ?1", [&id.0], row::first_doc))
    }

    async fn replace_pool(&self, now: Millis, mut pool: UserPool) -> StoreResult<u64> {
        self.write(move |db| {
            let read = pool.version;
            pool.version += 1;
            let sql = "UPDATE pools SET version = ?1, doc = ?2 WHERE id = ?3 AND version = ?4";
            let changed = row::run(db, sql, params![pool.version, row::json(&pool)?, pool.id.0, read])?;
            if changed == 0 {
                return Err(absent_or_changed(db, &pool.id)?);
            }
            changes::append(db, now, "pool", &pool.id.0)?;
            Ok(pool.version)
        })
        .await
    }

    /// The cascade takes the pool's rows along in the same act: a pool with a million users holds the writer for seconds.
    async fn delete_pool(&self, now: Millis, id: PoolId) -> StoreResult<()> {
        self.write(move |db| {
            if row::exists(db, "SELECT 1 FROM domains WHERE pool = ?1", [&id.0])? {
                return Err(Fail::Conflict);
            }
            row::found(row::run(db, "DELETE FROM pools WHERE id = ?1", [&id.0])?)?;
            changes::append(db, now, "pool", &id.0)
        })
        .await
    }

    async fn list_pools(&self, scope: Scope, page: Page) -> StoreResult<Vec<UserPool>> {
        self.read(|db| list(db, &scope, &page))
    }

    async fn signing_keys(&self, pool: PoolId) -> StoreResult<Vec<SigningKeyRow>> {
        self.read(|db| {
            let sql = "SELECT doc FROM signing_keys WHERE pool = ?1 ORDER BY position";
            row::list(db, sql, [&pool.0], row::first_doc)
        })
    }

    async fn replace_signing_keys(&self, now: Millis, pool: PoolId, keys: Vec<SigningKeyRow>) -> StoreResult<()> {
        self.write(move |db| {
            if !row::exists(db, "SELECT 1 FROM pools WHERE id = ?1", [&pool.0])? {
                return Err(Fail::NotFound);
            }
            row::run(db, "DELETE FROM signing_keys WHERE pool = ?1", [&pool.0])?;
            insert_keys(db, &pool, &keys)?;
            changes::append(db, now, "keys", &pool.0)
        })
        .await
    }

    async fn pool_ids(&self, after: Option<PoolId>, limit: usize) -> StoreResult<Vec<PoolId>> {
        self.read(|db| {
            let sql = "SELECT id FROM pools WHERE id > ?1 ORDER BY id LIMIT ?2";
            let after = after.map_or_else(String::new, |id| id.0);
            row::list(db, sql, params![after, row::limit(limit)], |row| Ok(PoolId(row.get(0)?)))
        })
    }

    async fn changes(&self, after_seq: u64, limit: usize) -> StoreResult<Vec<Change>> {
        self.read(|db| changes::after(db, after_seq, limit))
    }

    async fn changes_head(&self) -> StoreResult<u64> {
        self.read(changes::head)
    }
}

fn insert(db: &Connection, pool: &UserPool) -> Act<()> {
    let sql = "INSERT INTO pools (id, account, region, created, version, doc) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let (scope, doc) = (&pool.scope, row::json(pool)?);
    row::run(db, sql, params![pool.id.0, scope.account, scope.region, pool.created, pool.version, doc])?;
    row::run(db, "INSERT INTO user_counts (pool, users) VALUES (?1, 0)", [&pool.id.0])?;
    Ok(())
}

fn insert_keys(db: &Connection, pool: &PoolId, keys: &[SigningKeyRow]) -> Act<()> {
    let sql = "INSERT INTO signing_keys (pool, kid, position, doc) VALUES (?1, ?2, ?3, ?4)";
    for (position, key) in keys.iter().enumerate() {
        row::run(db, sql, params![pool.0, key.kid, position, row::json(key)?])?;
    }
    Ok(())
}

fn absent_or_changed(db: &Connection, id: &PoolId) -> Act<Fail> {
    let there = row::exists(db, "SELECT 1 FROM pools WHERE id = ?1", [&id.0])?;
    Ok(if there { Fail::Conflict } else { Fail::NotFound })
}

/// A position whose row is gone ends the list.
fn list(db: &Connection, scope: &Scope, page: &Page) -> Act<Vec<UserPool>> {
    let limit = row::limit(page.limit);
    match &page.after {
        None => {
            let sql = "SELECT doc FROM pools WHERE account = ?1 AND region = ?2 ORDER BY created, id LIMIT ?3";
            row::list(db, sql, params![scope.account, scope.region, limit], row::first_doc)
        }
        Some(after) => {
            let sql = "SELECT doc FROM pools WHERE account = ?1 AND region = ?2
                AND (created, id) > (SELECT created, id FROM pools WHERE id = ?3) ORDER BY created, id LIMIT ?4";
            row::list(db, sql, params![scope.account, scope.region, after, limit], row::first_doc)
        }
    }
}
