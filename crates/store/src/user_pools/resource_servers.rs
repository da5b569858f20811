//! Resource servers.
use super::changes;
use crate::SqliteStore;
use crate::error::Fail;
use crate::row;
use ::user_pools::group::ResourceServer;
use ::user_pools::ports::{Page, ResourceServers, StoreResult};
use ::user_pools::{Millis, PoolId};
use async_trait::async_trait;
use rusqlite::params;

const KIND: &str = "resource-server";

#[async_trait]
impl ResourceServers for SqliteStore {
    async fn insert_resource_server(&self, now: Millis, server: ResourceServer) -> StoreResult<()> {
        self.write(move |db| {
            let sql = "INSERT INTO resource_servers (pool, identifier, version, doc) VALUES (?1, ?2, ?3, ?4)";
            row::run(db, sql, params![server.pool.0, server.identifier, server.version, row::json(&server)?])?;
            changes::append(db, now, KIND, &server.pool.0)
        })
        .await
    }

    async fn resource_server(&self, pool: PoolId, identifier: String) -> StoreResult<ResourceServer> {
        self.read(|db| {
            let sql = "SELECT doc FROM resource_servers WHERE pool = ?1 AND identifier = ?2";
            row::get(db, sql, [&pool.0, &identifier], row::first_doc)
        })
    }

    async fn replace_resource_server(&self, now: Millis, mut server: ResourceServer) -> StoreResult<u64> {
        self.write(move |db| {
            let read = server.version;
            server.version += 1;
            let sql = "UPDATE resource_servers SET version = ?1, doc = ?2 WHERE pool = ?3 AND identifier = ?4 AND version = ?5";
            let key = (&server.pool.0, &server.identifier);
            let changed = row::run(db, sql, params![server.version, row::json(&server)?, key.0, key.1, read])?;
            if changed == 0 {
                let sql = "SELECT 1 FROM resource_servers WHERE pool = ?1 AND identifier = ?2";
                return Err(if row::exists(db, sql, key)? { Fail::Conflict } else { Fail::NotFound });
            }
            changes::append(db, now, KIND, &server.pool.0)?;
            Ok(server.version)
        })
        .await
    }

    async fn delete_resource_server(&self, now: Millis, pool: PoolId, identifier: String) -> StoreResult<()> {
        self.write(move |db| {
            let sql = "DELETE FROM resource_servers WHERE pool = ?1 AND identifier = ?2";
            row::found(row::run(db, sql, [&pool.0, &identifier])?)?;
            changes::append(db, now, KIND, &pool.0)
        })
        .await
    }

    async fn list_resource_servers(&self, pool: PoolId, page: Page) -> StoreResult<Vec<ResourceServer>> {
        self.read(|db| {
            let sql =
                "SELECT doc FROM resource_servers WHERE pool = ?1 AND identifier > ?2 ORDER BY identifier LIMIT ?3";
            let after = page.after.as_deref().unwrap_or_default();
            row::list(db, sql, params![pool.0, after, row::limit(page.limit)], row::first_doc)
        })
    }
}
