//! App clients.
use super::changes;
use crate::SqliteStore;
use crate::error::{Act, Fail};
use crate::row;
use ::user_pools::client::AppClient;
use ::user_pools::ports::{Clients, Page, StoreResult};
use ::user_pools::{ClientId, Millis, PoolId};
use async_trait::async_trait;
use rusqlite::{Connection, params};

#[async_trait]
impl Clients for SqliteStore {
    async fn insert_client(&self, now: Millis, client: AppClient) -> StoreResult<()> {
        self.write(move |db| {
            let sql = "INSERT INTO clients (id, pool, created, version, doc) VALUES (?1, ?2, ?3, ?4, ?5)";
            let doc = row::json(&client)?;
            row::run(db, sql, params![client.id.0, client.pool.0, client.created, client.version, doc])?;
            changes::append(db, now, "client", &client.pool.0)
        })
        .await
    }

    async fn client(&self, id: ClientId) -> StoreResult<AppClient> {
        self.read(|db| row::get(db, "SELECT doc FROM clients WHERE id = ?1", [&id.0], row::first_doc))
    }

    async fn replace_client(&self, now: Millis, mut client: AppClient) -> StoreResult<u64> {
        self.write(move |db| {
            let read = client.version;
            client.version += 1;
            let sql = "UPDATE clients SET version = ?1, doc = ?2 WHERE id = ?3 AND pool = ?4 AND version = ?5";
            let key = (&client.id.0, &client.pool.0);
            let changed = row::run(db, sql, params![client.version, row::json(&client)?, key.0, key.1, read])?;
            if changed == 0 {
                let there = row::exists(db, "SELECT 1 FROM clients WHERE id = ?1 AND pool = ?2", key)?;
                return Err(if there { Fail::Conflict } else { Fail::NotFound });
            }
            changes::append(db, now, "client", &client.pool.0)?;
            Ok(client.version)
        })
        .await
    }

    async fn delete_client(&self, now: Millis, pool: PoolId, id: ClientId) -> StoreResult<()> {
        self.write(move |db| {
            row::found(row::run(db, "DELETE FROM clients WHERE id = ?1 AND pool = ?2", [&id.0, &pool.0])?)?;
            row::run(db, "DELETE FROM ui_customizations WHERE pool = ?1 AND client = ?2", [&pool.0, &id.0])?;
            changes::append(db, now, "client", &pool.0)
        })
        .await
    }

    async fn list_clients(&self, pool: PoolId, page: Page) -> StoreResult<Vec<AppClient>> {
        self.read(|db| list(db, &pool, &page))
    }
}

/// A position whose row is gone ends the list.
fn list(db: &Connection, pool: &PoolId, page: &Page) -> Act<Vec<AppClient>> {
    let limit = row::limit(page.limit);
    match &page.after {
        None => {
            let sql = "SELECT doc FROM clients WHERE pool = ?1 ORDER BY created, id LIMIT ?2";
            row::list(db, sql, params![pool.0, limit], row::first_doc)
        }
        Some(after) => {
            let sql = "SELECT doc FROM clients WHERE pool = ?1
                AND (created, id) > (SELECT created, id FROM clients WHERE id = ?2) ORDER BY created, id LIMIT ?3";
            row::list(db, sql, params![pool.0, after, limit], row::first_doc)
        }
    }
}
