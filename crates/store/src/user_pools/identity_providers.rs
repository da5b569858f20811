//! Identity providers, and whose their identifiers are.
use super::changes;
use crate::SqliteStore;
use crate::error::{Act, Fail};
use crate::row;
use ::user_pools::identity_provider::IdentityProvider;
use ::user_pools::ports::{IdentityProviders, Page, StoreResult, Taken};
use ::user_pools::{Millis, PoolId};
use async_trait::async_trait;
use rusqlite::{Connection, params};

const KIND: &str = "identity-provider";

#[async_trait]
impl IdentityProviders for SqliteStore {
    async fn insert_identity_provider(&self, now: Millis, provider: IdentityProvider) -> StoreResult<()> {
        self.write(move |db| {
            let sql = "INSERT INTO identity_providers (pool, name, version, doc) VALUES (?1, ?2, ?3, ?4)";
            row::run(db, sql, params![provider.pool.0, provider.name, provider.version, row::json(&provider)?])?;
            claim(db, &provider)?;
            changes::append(db, now, KIND, &provider.pool.0)
        })
        .await
    }

    async fn identity_provider(&self, pool: PoolId, name: String) -> StoreResult<IdentityProvider> {
        let sql = "SELECT doc FROM identity_providers WHERE pool = ?1 AND name = ?2";
        self.read(|db| row::get(db, sql, [&pool.0, &name], row::first_doc))
    }

    async fn identity_provider_by_identifier(&self, pool: PoolId, identifier: String) -> StoreResult<IdentityProvider> {
        let sql = "SELECT doc FROM identity_providers WHERE pool = ?1 AND name =
            (SELECT name FROM idp_identifiers WHERE pool = ?1 AND identifier = ?2)";
        self.read(|db| row::get(db, sql, [&pool.0, &identifier], row::first_doc))
    }

    async fn replace_identity_provider(&self, now: Millis, mut provider: IdentityProvider) -> StoreResult<u64> {
        self.write(move |db| {
            let read = provider.version;
            provider.version += 1;
            let sql =
                "UPDATE identity_providers SET version = ?1, doc = ?2 WHERE pool = ?3 AND name = ?4 AND version = ?5";
            let key = (&provider.pool.0, &provider.name);
            let changed = row::run(db, sql, params![provider.version, row::json(&provider)?, key.0, key.1, read])?;
            if changed == 0 {
                let sql = "SELECT 1 FROM identity_providers WHERE pool = ?1 AND name = ?2";
                return Err(if row::exists(db, sql, key)? { Fail::Conflict } else { Fail::NotFound });
            }
            row::run(db, "DELETE FROM idp_identifiers WHERE pool = ?1 AND name = ?2", key)?;
            claim(db, &provider)?;
            changes::append(db, now, KIND, &provider.pool.0)?;
            Ok(provider.version)
        })
        .await
    }

    async fn delete_identity_provider(&self, now: Millis, pool: PoolId, name: String) -> StoreResult<()> {
        self.write(move |db| {
            let sql = "DELETE FROM identity_providers WHERE pool = ?1 AND name = ?2";
            row::found(row::run(db, sql, [&pool.0, &name])?)?;
            changes::append(db, now, KIND, &pool.0)
        })
        .await
    }

    async fn list_identity_providers(&self, pool: PoolId, page: Page) -> StoreResult<Vec<IdentityProvider>> {
        let sql = "SELECT doc FROM identity_providers WHERE pool = ?1 AND name > ?2 ORDER BY name LIMIT ?3";
        let after = page.after.as_deref().unwrap_or_default();
        self.read(|db| row::list(db, sql, params![pool.0, after, row::limit(page.limit)], row::first_doc))
    }
}

/// Takes the identifiers, which nobody else may hold; the primary key decides.
fn claim(db: &Connection, provider: &IdentityProvider) -> Act<()> {
    let sql = "INSERT INTO idp_identifiers (pool, identifier, name) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
    for identifier in &provider.identifiers {
        if row::run(db, sql, [&provider.pool.0, identifier, &provider.name])? == 0 {
            return Err(Fail::Exists(Taken::Identity));
        }
    }
    Ok(())
}
