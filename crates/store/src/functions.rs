//! Lambda functions: one row a function, replaced whole.
use crate::SqliteStore;
use crate::error::Fail;
use crate::row;
use ::functions::ports::{FunctionStore, StoreResult};
use ::functions::{Function, FunctionKey};
use async_trait::async_trait;
use rusqlite::params;
use user_pools::Scope;

#[async_trait]
impl FunctionStore for SqliteStore {
    async fn insert_function(&self, _now: i64, function: Function) -> StoreResult<()> {
        self.write(move |db| {
            let sql =
                "INSERT INTO functions (account, region, name, version, code, doc) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            let [account, region, name] = parts(&function.key);
            let (version, code, doc) = (function.version, &function.code.sha256, row::json(&function)?);
            row::run(db, sql, params![account, region, name, version, code, doc])?;
            Ok(())
        })
        .await
    }

    async fn function(&self, key: FunctionKey) -> StoreResult<Function> {
        self.read(|db| {
            let sql = "SELECT doc FROM functions WHERE account = ?1 AND region = ?2 AND name = ?3";
            row::get(db, sql, parts(&key), row::first_doc)
        })
    }

    async fn replace_function(&self, _now: i64, mut function: Function) -> StoreResult<u64> {
        self.write(move |db| {
            let read = function.version;
            function.version += 1;
            let sql = "UPDATE functions SET version = ?1, code = ?2, doc = ?3
                WHERE account = ?4 AND region = ?5 AND name = ?6 AND version = ?7";
            let [account, region, name] = parts(&function.key);
            let (version, code, doc) = (function.version, &function.code.sha256, row::json(&function)?);
            if row::run(db, sql, params![version, code, doc, account, region, name, read])? == 0 {
                let sql = "SELECT 1 FROM functions WHERE account = ?1 AND region = ?2 AND name = ?3";
                let there = row::exists(db, sql, parts(&function.key))?;
                return Err(if there { Fail::Conflict } else { Fail::NotFound });
            }
            Ok(version)
        })
        .await
    }

    async fn delete_function(&self, _now: i64, key: FunctionKey) -> StoreResult<()> {
        self.write(move |db| {
            let sql = "DELETE FROM functions WHERE account = ?1 AND region = ?2 AND name = ?3";
            row::found(row::run(db, sql, parts(&key))?)
        })
        .await
    }

    async fn list_functions(&self, scope: Scope, after: Option<String>, limit: u32) -> StoreResult<Vec<Function>> {
        self.read(|db| {
            let sql = "SELECT doc FROM functions WHERE account = ?1 AND region = ?2 AND name > ?3
                ORDER BY name LIMIT ?4";
            let after = after.unwrap_or_default();
            row::list(db, sql, params![scope.account, scope.region, after, limit], row::first_doc)
        })
    }

    async fn code_in_use(&self) -> StoreResult<Vec<String>> {
        self.read(|db| row::list(db, "SELECT DISTINCT code FROM functions ORDER BY code", [], |row| row.get(0)))
    }
}

fn parts(key: &FunctionKey) -> [&str; 3] {
    [&key.account, &key.region, &key.name]
}
