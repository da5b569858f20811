//! Terms documents.
use super::changes;
use crate::SqliteStore;
use crate::error::Fail;
use crate::row;
use ::user_pools::ports::{Page, StoreResult, TermsDocuments};
use ::user_pools::terms::Terms;
use ::user_pools::{ClientId, Millis, PoolId};
use async_trait::async_trait;
use rusqlite::params;

const KIND: &str = "terms";

#[async_trait]
impl TermsDocuments for SqliteStore {
    async fn insert_terms(&self, now: Millis, terms: Terms) -> StoreResult<()> {
        self.write(move |db| {
            let sql = "INSERT INTO terms (pool, id, client, name, version, doc) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            let key = (&terms.pool.0, &terms.id, &terms.client.0, &terms.name);
            row::run(db, sql, params![key.0, key.1, key.2, key.3, terms.version, row::json(&terms)?])?;
            changes::append(db, now, KIND, &terms.pool.0)
        })
        .await
    }

    async fn terms(&self, pool: PoolId, id: String) -> StoreResult<Terms> {
        self.read(|db| {
            let sql = "SELECT doc FROM terms WHERE pool = ?1 AND id = ?2";
            row::get(db, sql, [&pool.0, &id], row::first_doc)
        })
    }

    async fn terms_of_client(&self, pool: PoolId, client: ClientId) -> StoreResult<Vec<Terms>> {
        self.read(|db| {
            let sql = "SELECT doc FROM terms WHERE client = ?1 AND pool = ?2 ORDER BY name";
            row::list(db, sql, [&client.0, &pool.0], row::first_doc)
        })
    }

    async fn replace_terms(&self, now: Millis, mut terms: Terms) -> StoreResult<u64> {
        self.write(move |db| {
            let read = terms.version;
            terms.version += 1;
            let sql = "UPDATE terms SET version = ?1, name = ?2, doc = ?3 WHERE pool = ?4 AND id = ?5 AND version = ?6";
            let (key, doc) = ((&terms.pool.0, &terms.id), row::json(&terms)?);
            let changed = row::run(db, sql, params![terms.version, terms.name, doc, key.0, key.1, read])?;
            if changed == 0 {
                let there = row::exists(db, "SELECT 1 FROM terms WHERE pool = ?1 AND id = ?2", key)?;
                return Err(if there { Fail::Conflict } else { Fail::NotFound });
            }
            changes::append(db, now, KIND, &terms.pool.0)?;
            Ok(terms.version)
        })
        .await
    }

    async fn delete_terms(&self, now: Millis, pool: PoolId, id: String) -> StoreResult<()> {
        self.write(move |db| {
            row::found(row::run(db, "DELETE FROM terms WHERE pool = ?1 AND id = ?2", [&pool.0, &id])?)?;
            changes::append(db, now, KIND, &pool.0)
        })
        .await
    }

    async fn list_terms(&self, pool: PoolId, page: Page) -> StoreResult<Vec<Terms>> {
        self.read(|db| {
            let sql = "SELECT doc FROM terms WHERE pool = ?1 AND id > ?2 ORDER BY id LIMIT ?3";
            let after = page.after.as_deref().unwrap_or_default();
            row::list(db, sql, params![pool.0, after, row::limit(page.limit)], row::first_doc)
        })
    }
}
