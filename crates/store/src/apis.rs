//! HTTP APIs: one row an API, replaced whole.
use crate::SqliteStore;
use crate::error::{Act, Fail};
use crate::row;
use crate::user_pools::changes;
use async_trait::async_trait;
use http_apis::ports::{ApiChange, ApiCursor, ApiKey, ApiStore, StoreError};
use http_apis::{Api, Scope};
use rusqlite::{Connection, params};

type ApiResult<T> = Result<T, StoreError>;

#[async_trait]
impl ApiStore for SqliteStore {
    async fn insert_api(&self, api: Api, now: i64) -> ApiResult<()> {
        self.write(move |db| {
            let sql = "INSERT INTO apis (account, region, id, created, version, doc) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            let (scope, doc) = (&api.scope, row::json(&api)?);
            row::run(db, sql, params![scope.account, scope.region, api.api_id, api.created_at, api.version, doc])?;
            changed(db, now, scope, &api.api_id)
        })
        .await
    }

    async fn api(&self, key: ApiKey) -> ApiResult<Api> {
        self.read(|db| {
            let sql = "SELECT doc FROM apis WHERE account = ?1 AND region = ?2 AND id = ?3";
            row::get(db, sql, parts(&key.scope, &key.id), row::first_doc)
        })
    }

    async fn replace_api(&self, mut api: Api, now: i64) -> ApiResult<u64> {
        self.write(move |db| {
            let read = api.version;
            api.version += 1;
            let sql = "UPDATE apis SET version = ?1, doc = ?2 WHERE account = ?3 AND region = ?4 AND id = ?5 AND version = ?6";
            let [account, region, id] = parts(&api.scope, &api.api_id);
            if row::run(db, sql, params![api.version, row::json(&api)?, account, region, id, read])? == 0 {
                let sql = "SELECT 1 FROM apis WHERE account = ?1 AND region = ?2 AND id = ?3";
                let there = row::exists(db, sql, parts(&api.scope, &api.api_id))?;
                return Err(if there { Fail::Conflict } else { Fail::NotFound });
            }
            changed(db, now, &api.scope, &api.api_id)?;
            Ok(api.version)
        })
        .await
    }

    async fn delete_api(&self, key: ApiKey, now: i64) -> ApiResult<()> {
        self.write(move |db| {
            let sql = "DELETE FROM apis WHERE account = ?1 AND region = ?2 AND id = ?3";
            row::found(row::run(db, sql, parts(&key.scope, &key.id))?)?;
            changed(db, now, &key.scope, &key.id)
        })
        .await
    }

    async fn list_apis(&self, scope: Scope, after: Option<ApiCursor>, limit: u32) -> ApiResult<Vec<Api>> {
        self.read(|db| {
            let sql = "SELECT doc FROM apis WHERE account = ?1 AND region = ?2 AND (created, id) > (?3, ?4)
                ORDER BY created, id LIMIT ?5";
            let (created, id) = after.map_or((i64::MIN, String::new()), |cursor| (cursor.created_at, cursor.id));
            row::list(db, sql, params![scope.account, scope.region, created, id, limit], row::first_doc)
        })
    }

    async fn all_apis(&self, after: Option<ApiKey>, limit: u32) -> ApiResult<Vec<Api>> {
        self.read(|db| {
            let sql = "SELECT doc FROM apis WHERE (account, region, id) > (?1, ?2, ?3)
                ORDER BY account, region, id LIMIT ?4";
            let [account, region, id] = after.as_ref().map_or([""; 3], |key| parts(&key.scope, &key.id));
            row::list(db, sql, params![account, region, id, limit], row::first_doc)
        })
    }

    async fn changes_head(&self) -> ApiResult<u64> {
        self.read(changes::head)
    }

    /// One writer commits in order, so a change that is visible has every earlier one visible.
    async fn apis_changed_since(&self, seq: u64, limit: u32) -> ApiResult<Vec<ApiChange>> {
        self.read(|db| {
            let sql = "SELECT seq, account, region, subject FROM changes WHERE kind = 'api' AND seq > ?1
                ORDER BY seq LIMIT ?2";
            let found = row::list(db, sql, params![i64::try_from(seq).unwrap_or(i64::MAX), limit], |row| {
                let scope = Scope { account: row.get(1)?, region: row.get(2)? };
                Ok(ApiChange { seq: row.get(0)?, key: ApiKey { scope, id: row.get(3)? } })
            })?;
            changes::kept_after(db, seq)?;
            Ok(found)
        })
    }
}

fn parts<'a>(scope: &'a Scope, id: &'a str) -> [&'a str; 3] {
    [&scope.account, &scope.region, id]
}

/// Appends to the same sequence as the user pools, with the owner beside the id.
fn changed(db: &Connection, now: i64, scope: &Scope, id: &str) -> Act<()> {
    let sql = "INSERT INTO changes (kind, subject, at, account, region) VALUES ('api', ?1, ?2, ?3, ?4)";
    row::run(db, sql, params![id, now, scope.account, scope.region])?;
    Ok(())
}
