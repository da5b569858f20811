//! Groups and membership.
use super::changes;
use crate::SqliteStore;
use crate::error::Fail;
use crate::row;
use ::user_pools::group::Group;
use ::user_pools::ports::{Groups, Page, StoreResult};
use ::user_pools::user::User;
use ::user_pools::{Millis, PoolId};
use async_trait::async_trait;
use rusqlite::params;

#[async_trait]
impl Groups for SqliteStore {
    async fn insert_group(&self, now: Millis, group: Group) -> StoreResult<()> {
        self.write(move |db| {
            let sql = "INSERT INTO user_groups (pool, name, precedence, version, doc) VALUES (?1, ?2, ?3, ?4, ?5)";
            let doc = row::json(&group)?;
            row::run(db, sql, params![group.pool.0, group.name, group.precedence, group.version, doc])?;
            changes::append(db, now, "group", &group.pool.0)
        })
        .await
    }

    async fn group(&self, pool: PoolId, name: String) -> StoreResult<Group> {
        self.read(|db| {
            let sql = "SELECT doc FROM user_groups WHERE pool = ?1 AND name = ?2";
            row::get(db, sql, [&pool.0, &name], row::first_doc)
        })
    }

    async fn replace_group(&self, now: Millis, mut group: Group) -> StoreResult<u64> {
        self.write(move |db| {
            let read = group.version;
            group.version += 1;
            let sql = "UPDATE user_groups SET precedence = ?1, version = ?2, doc = ?3
                WHERE pool = ?4 AND name = ?5 AND version = ?6";
            let (key, doc) = ((&group.pool.0, &group.name), row::json(&group)?);
            let changed = row::run(db, sql, params![group.precedence, group.version, doc, key.0, key.1, read])?;
            if changed == 0 {
                let there = row::exists(db, "SELECT 1 FROM user_groups WHERE pool = ?1 AND name = ?2", key)?;
                return Err(if there { Fail::Conflict } else { Fail::NotFound });
            }
            changes::append(db, now, "group", &group.pool.0)?;
            Ok(group.version)
        })
        .await
    }

    async fn delete_group(&self, now: Millis, pool: PoolId, name: String) -> StoreResult<()> {
        self.write(move |db| {
            row::found(row::run(db, "DELETE FROM user_groups WHERE pool = ?1 AND name = ?2", [&pool.0, &name])?)?;
            changes::append(db, now, "group", &pool.0)
        })
        .await
    }

    async fn list_groups(&self, pool: PoolId, page: Page) -> StoreResult<Vec<Group>> {
        self.read(|db| {
            let sql = "SELECT doc FROM user_groups WHERE pool = ?1 AND name > ?2 ORDER BY name LIMIT ?3";
            let after = page.after.as_deref().unwrap_or_default();
            row::list(db, sql, params![pool.0, after, row::limit(page.limit)], row::first_doc)
        })
    }

    /// Membership is user data, not configuration: it does not go into `changes`. The foreign keys say NotFound.
    async fn add_to_group(&self, _now: Millis, pool: PoolId, group: String, sub: String) -> StoreResult<()> {
        self.write(move |db| {
            let sql = "INSERT INTO group_members (pool, group_name, sub) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
            row::run(db, sql, [&pool.0, &group, &sub])?;
            Ok(())
        })
        .await
    }

    async fn remove_from_group(&self, _now: Millis, pool: PoolId, group: String, sub: String) -> StoreResult<()> {
        self.write(move |db| {
            let sql = "DELETE FROM group_members WHERE pool = ?1 AND group_name = ?2 AND sub = ?3";
            row::run(db, sql, [&pool.0, &group, &sub])?;
            Ok(())
        })
        .await
    }

    async fn groups_of(&self, pool: PoolId, sub: String) -> StoreResult<Vec<Group>> {
        self.read(|db| {
            let sql =
                "SELECT g.doc FROM group_members m JOIN user_groups g ON g.pool = m.pool AND g.name = m.group_name
                WHERE m.pool = ?1 AND m.sub = ?2 ORDER BY g.precedence IS NULL, g.precedence, g.name";
            row::list(db, sql, [&pool.0, &sub], row::first_doc)
        })
    }

    async fn users_in_group(&self, pool: PoolId, group: String, page: Page) -> StoreResult<Vec<User>> {
        self.read(|db| {
            let sql = "SELECT u.doc FROM group_members m JOIN users u ON u.pool = m.pool AND u.sub = m.sub
                WHERE m.pool = ?1 AND m.group_name = ?2 AND m.sub > ?3 ORDER BY m.sub LIMIT ?4";
            let after = page.after.as_deref().unwrap_or_default();
            row::list(db, sql, params![pool.0, group, after, row::limit(page.limit)], row::first_doc)
        })
    }
}
