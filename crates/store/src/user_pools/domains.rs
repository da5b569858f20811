//! Login domains.
use super::changes;
use crate::SqliteStore;
use crate::error::Fail;
use crate::row;
use ::user_pools::domain::Domain;
use ::user_pools::ports::{Domains, StoreResult};
use ::user_pools::{Millis, PoolId};
use async_trait::async_trait;
use rusqlite::params;

#[async_trait]
impl Domains for SqliteStore {
    async fn insert_domain(&self, now: Millis, domain: Domain) -> StoreResult<()> {
        self.write(move |db| {
            let sql = "INSERT INTO domains (name, pool, custom, version, doc) VALUES (?1, ?2, ?3, ?4, ?5)";
            let doc = row::json(&domain)?;
            row::run(db, sql, params![domain.name, domain.pool.0, domain.custom.is_some(), domain.version, doc])?;
            changes::append(db, now, "domain", &domain.pool.0)
        })
        .await
    }

    async fn domain(&self, name: String) -> StoreResult<Domain> {
        self.read(|db| row::get(db, "SELECT doc FROM domains WHERE name = ?1", [&name], row::first_doc))
    }

    async fn replace_domain(&self, now: Millis, mut domain: Domain) -> StoreResult<u64> {
        self.write(move |db| {
            let read = domain.version;
            domain.version += 1;
            let sql =
                "UPDATE domains SET custom = ?1, version = ?2, doc = ?3 WHERE name = ?4 AND pool = ?5 AND version = ?6";
            let (key, doc) = ((&domain.name, &domain.pool.0), row::json(&domain)?);
            let changed = row::run(db, sql, params![domain.custom.is_some(), domain.version, doc, key.0, key.1, read])?;
            if changed == 0 {
                let there = row::exists(db, "SELECT 1 FROM domains WHERE name = ?1 AND pool = ?2", key)?;
                return Err(if there { Fail::Conflict } else { Fail::NotFound });
            }
            changes::append(db, now, "domain", &domain.pool.0)?;
            Ok(domain.version)
        })
        .await
    }

    async fn delete_domain(&self, now: Millis, pool: PoolId, name: String) -> StoreResult<()> {
        self.write(move |db| {
            row::found(row::run(db, "DELETE FROM domains WHERE name = ?1 AND pool = ?2", [&name, &pool.0])?)?;
            changes::append(db, now, "domain", &pool.0)
        })
        .await
    }

    async fn domains_of(&self, pool: PoolId) -> StoreResult<Vec<Domain>> {
        self.read(|db| {
            row::list(db, "SELECT doc FROM domains WHERE pool = ?1 ORDER BY custom", [&pool.0], row::first_doc)
        })
    }
}
