//! Managed-login branding styles and UI customizations.
use super::changes;
use crate::SqliteStore;
use crate::error::Fail;
use crate::row;
use ::user_pools::branding::UiCustomization;
use ::user_pools::group::Branding;
use ::user_pools::ports::{Brandings, StoreResult};
use ::user_pools::{ClientId, Millis, PoolId};
use async_trait::async_trait;
use rusqlite::params;

#[async_trait]
impl Brandings for SqliteStore {
    async fn insert_branding(&self, now: Millis, branding: Branding) -> StoreResult<()> {
        self.write(move |db| {
            let sql = "INSERT INTO brandings (pool, id, client, version, doc) VALUES (?1, ?2, ?3, ?4, ?5)";
            let doc = row::json(&branding)?;
            row::run(db, sql, params![branding.pool.0, branding.id, branding.client.0, branding.version, doc])?;
            changes::append(db, now, "branding", &branding.pool.0)
        })
        .await
    }

    async fn branding(&self, pool: PoolId, id: String) -> StoreResult<Branding> {
        self.read(|db| {
            let sql = "SELECT doc FROM brandings WHERE pool = ?1 AND id = ?2";
            row::get(db, sql, [&pool.0, &id], row::first_doc)
        })
    }

    async fn branding_of_client(&self, pool: PoolId, client: ClientId) -> StoreResult<Branding> {
        self.read(|db| {
            let sql = "SELECT doc FROM brandings WHERE client = ?1 AND pool = ?2";
            row::get(db, sql, [&client.0, &pool.0], row::first_doc)
        })
    }

    async fn replace_branding(&self, now: Millis, mut branding: Branding) -> StoreResult<u64> {
        self.write(move |db| {
            let read = branding.version;
            branding.version += 1;
            let sql = "UPDATE brandings SET version = ?1, doc = ?2 WHERE pool = ?3 AND id = ?4 AND version = ?5";
            let key = (&branding.pool.0, &branding.id);
            let changed = row::run(db, sql, params![branding.version, row::json(&branding)?, key.0, key.1, read])?;
            if changed == 0 {
                let there = row::exists(db, "SELECT 1 FROM brandings WHERE pool = ?1 AND id = ?2", key)?;
                return Err(if there { Fail::Conflict } else { Fail::NotFound });
            }
            changes::append(db, now, "branding", &branding.pool.0)?;
            Ok(branding.version)
        })
        .await
    }

    async fn delete_branding(&self, now: Millis, pool: PoolId, id: String) -> StoreResult<()> {
        self.write(move |db| {
            row::found(row::run(db, "DELETE FROM brandings WHERE pool = ?1 AND id = ?2", [&pool.0, &id])?)?;
            changes::append(db, now, "branding", &pool.0)
        })
        .await
    }

    async fn put_ui_customization(&self, now: Millis, ui: UiCustomization) -> StoreResult<()> {
        self.write(move |db| {
            // The number of the change: never the same again, also after the row was gone.
            changes::append(db, now, "branding", &ui.pool.0)?;
            let sql = "INSERT INTO ui_customizations (pool, client, version, doc)
                       VALUES (?1, ?2, (SELECT max(seq) FROM changes), ?3)
                       ON CONFLICT (pool, client) DO UPDATE SET version = excluded.version, doc = excluded.doc";
            row::run(db, sql, params![ui.pool.0, ui.client.0, row::json(&ui)?])?;
            Ok(())
        })
        .await
    }

    async fn ui_customization(&self, pool: PoolId, client: ClientId) -> StoreResult<UiCustomization> {
        self.read(|db| {
            let sql = "SELECT doc FROM ui_customizations WHERE pool = ?1 AND client = ?2";
            row::get(db, sql, [&pool.0, &client.0], row::first_doc)
        })
    }

    async fn delete_ui_customization(&self, now: Millis, pool: PoolId, client: ClientId) -> StoreResult<()> {
        self.write(move |db| {
            row::run(db, "DELETE FROM ui_customizations WHERE pool = ?1 AND client = ?2", [&pool.0, &client.0])?;
            changes::append(db, now, "branding", &pool.0)
        })
        .await
    }

    async fn brand_mark(&self, pool: PoolId, client: ClientId) -> StoreResult<String> {
        self.read(|db| {
            let sql =
                "SELECT coalesce((SELECT id || '.' || version FROM brandings WHERE client = ?1 AND pool = ?2), '-')
                  || ' ' || coalesce((SELECT version FROM ui_customizations WHERE pool = ?2 AND client = ?1), '-')
                  || ' ' || coalesce((SELECT version FROM ui_customizations WHERE pool = ?2 AND client = 'ALL'), '-')";
            row::get(db, sql, [&client.0, &pool.0], |row| row.get(0))
        })
    }
}
