//! Remembered devices. They go with their user.
use super::sign_ins;
use crate::SqliteStore;
use crate::error::{Act, Fail};
use crate::row;
use ::user_pools::devices::{Device, DeviceChange};
use ::user_pools::ports::{Devices, Page, StoreResult, Taken};
use ::user_pools::{Millis, PoolId};
use async_trait::async_trait;
use rusqlite::{Connection, params};

#[async_trait]
impl Devices for SqliteStore {
    async fn insert_device(&self, now: Millis, device: Device, forgotten: [u8; 32]) -> StoreResult<()> {
        self.write(move |db| {
            let key = [&device.pool.0, &device.sub, &device.key];
            if row::exists(db, "SELECT 1 FROM devices WHERE pool = ?1 AND sub = ?2 AND key = ?3", key)? {
                return Err(Fail::Exists(Taken::Key));
            }
            if sign_ins::is_spent(db, now, &forgotten)? {
                return Err(Fail::Conflict);
            }
            let sql = "INSERT INTO devices (pool, sub, key, doc) VALUES (?1, ?2, ?3, ?4)";
            row::run(db, sql, params![key[0], key[1], key[2], row::json(&device)?])?;
            Ok(())
        })
        .await
    }

    async fn device(&self, pool: PoolId, sub: String, key: String) -> StoreResult<Device> {
        self.read(|db| find(db, [&pool.0, &sub, &key]))
    }

    async fn change_device(
        &self,
        now: Millis,
        pool: PoolId,
        sub: String,
        key: String,
        change: DeviceChange,
    ) -> StoreResult<()> {
        self.write(move |db| {
            let mut device = find(db, [&pool.0, &sub, &key])?;
            match change {
                DeviceChange::Remembered(remembered) => {
                    device.remembered = remembered;
                    device.modified = now;
                }
                DeviceChange::Authenticated(ip) => {
                    device.authenticated = now;
                    device.last_ip = ip;
                }
            }
            let sql = "UPDATE devices SET doc = ?4 WHERE pool = ?1 AND sub = ?2 AND key = ?3";
            row::found(row::run(db, sql, params![pool.0, sub, key, row::json(&device)?])?)
        })
        .await
    }

    async fn delete_device(
        &self,
        pool: PoolId,
        sub: String,
        key: String,
        (mark, until): ([u8; 32], Millis),
    ) -> StoreResult<()> {
        self.write(move |db| {
            let sql = "DELETE FROM devices WHERE pool = ?1 AND sub = ?2 AND key = ?3";
            row::found(row::run(db, sql, [&pool.0, &sub, &key])?)?;
            sign_ins::mark(db, &mark, until)
        })
        .await
    }

    async fn list_devices(&self, pool: PoolId, sub: String, page: Page) -> StoreResult<Vec<Device>> {
        self.read(|db| {
            let sql = "SELECT doc FROM devices WHERE pool = ?1 AND sub = ?2 AND key > ?3 ORDER BY key LIMIT ?4";
            let after = page.after.as_deref().unwrap_or_default();
            row::list(db, sql, params![pool.0, sub, after, row::limit(page.limit)], row::first_doc)
        })
    }
}

fn find(db: &Connection, key: [&str; 3]) -> Act<Device> {
    row::get(db, "SELECT doc FROM devices WHERE pool = ?1 AND sub = ?2 AND key = ?3", key, row::first_doc)
}
