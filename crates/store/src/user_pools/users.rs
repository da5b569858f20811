//! Users: a replacement is guarded by its version, and names follow their user in the same act.
use super::{user_list, user_names};
use crate::SqliteStore;
use crate::error::{Act, Fail};
use crate::row;
use ::user_pools::identity_provider::Identity;
use ::user_pools::ports::{Page, StoreResult, Taken, UserFilter, Users};
use ::user_pools::user::User;
use ::user_pools::{Millis, PoolId};
use async_trait::async_trait;
use rusqlite::{Connection, params};

#[async_trait]
impl Users for SqliteStore {
    async fn insert_user(&self, _now: Millis, user: User) -> StoreResult<()> {
        self.write(move |db| insert(db, &user, false)).await
    }

    async fn insert_user_taking_aliases(&self, _now: Millis, user: User) -> StoreResult<()> {
        self.write(move |db| insert(db, &user, true)).await
    }

    async fn find_user(&self, pool: PoolId, name: String) -> StoreResult<User> {
        self.read(|db| user_names::find(db, &pool, &name))
    }

    async fn user(&self, pool: PoolId, sub: String) -> StoreResult<User> {
        self.read(|db| by_sub(db, &pool, &sub))
    }

    async fn user_by_identity(
        &self,
        pool: PoolId,
        provider: String,
        attribute: String,
        value: String,
    ) -> StoreResult<User> {
        let sql = "SELECT doc FROM users WHERE pool = ?1 AND sub =
            (SELECT sub FROM identities WHERE pool = ?1 AND provider = ?2 AND attribute = ?3 AND value = ?4)";
        self.read(|db| row::get(db, sql, [&pool.0, &provider, &attribute, &value], row::first_doc))
    }

    async fn replace_user(&self, _now: Millis, user: User) -> StoreResult<u64> {
        self.write(move |db| replace(db, user, false)).await
    }

    async fn replace_user_taking_aliases(&self, _now: Millis, user: User) -> StoreResult<u64> {
        self.write(move |db| replace(db, user, true)).await
    }

    async fn delete_user(&self, _now: Millis, pool: PoolId, sub: String) -> StoreResult<()> {
        self.write(move |db| {
            row::found(row::run(db, "DELETE FROM users WHERE pool = ?1 AND sub = ?2", [&pool.0, &sub])?)?;
            count(db, &pool, -1)
        })
        .await
    }

    async fn list_users(
        &self,
        pool: PoolId,
        filter: Option<UserFilter>,
        page: Page,
    ) -> StoreResult<Vec<(User, String)>> {
        self.read(|db| match &filter {
            None => user_list::all(db, &pool, &page),
            Some(filter) => user_list::filtered(db, &pool, filter, &page),
        })
    }

    async fn count_users(&self, pool: PoolId) -> StoreResult<u64> {
        self.read(|db| row::get(db, "SELECT users FROM user_counts WHERE pool = ?1", [&pool.0], |row| row.get(0)))
    }
}

/// The user of a sub.
pub(super) fn by_sub(db: &Connection, pool: &PoolId, sub: &str) -> Act<User> {
    row::get(db, "SELECT doc FROM users WHERE pool = ?1 AND sub = ?2", [&pool.0, sub], row::first_doc)
}

/// Replaces a user within an act; the new version. With `taking`, aliases held by others move here.
pub(super) fn replace(db: &Connection, mut user: User, taking: bool) -> Act<u64> {
    let stored = by_sub(db, &user.pool, &user.sub)?;
    if stored.version != user.version {
        return Err(Fail::Conflict);
    }
    user_names::follow(db, Some(&stored), &user, taking)?;
    for identity in stored.identities.iter().filter(|identity| !user.identities.contains(identity)) {
        let sql =
            "DELETE FROM identities WHERE pool = ?1 AND provider = ?2 AND attribute = ?3 AND value = ?4 AND sub = ?5";
        let Identity { provider, attribute, value, .. } = identity;
        row::run(db, sql, [&user.pool.0, provider, attribute, value, &user.sub])?;
    }
    for identity in user.identities.iter().filter(|identity| !stored.identities.contains(identity)) {
        claim_identity(db, &user, identity)?;
    }
    write(db, &stored, &mut user)?;
    Ok(user.version)
}

/// Writes the row with the next version. The columns beside the document, and with them ten indexes, are only touched when one differs.
pub(super) fn write(db: &Connection, stored: &User, user: &mut User) -> Act<()> {
    user.version += 1;
    let doc = row::json(user)?;
    if columns(stored) == columns(user) {
        let sql = "UPDATE users SET version = ?1, doc = ?2 WHERE pool = ?3 AND sub = ?4";
        return row::found(row::run(db, sql, params![user.version, doc, user.pool.0, user.sub])?);
    }
    let sql = "UPDATE users SET version = ?1, doc = ?2, username = ?5, user_status = ?6, status_word = ?7,
        email = ?8, phone_number = ?9, name = ?10, given_name = ?11, family_name = ?12, preferred_username = ?13
        WHERE pool = ?3 AND sub = ?4";
    let c = columns(user);
    let [email, phone, name, given, family, preferred] = c.attributes;
    row::found(row::run(
        db,
        sql,
        params![
            user.version,
            doc,
            user.pool.0,
            user.sub,
            c.username,
            c.user_status,
            c.status_word,
            email,
            phone,
            name,
            given,
            family,
            preferred
        ],
    )?)
}

/// Stores a new user with their names and identities. With `taking`, aliases held by others move here.
pub(super) fn insert(db: &Connection, user: &User, taking: bool) -> Act<()> {
    insert_row(db, user)?;
    user_names::follow(db, None, user, taking)?;
    user.identities.iter().try_for_each(|identity| claim_identity(db, user, identity))?;
    count(db, &user.pool, 1)
}

fn insert_row(db: &Connection, user: &User) -> Act<()> {
    let sql = "INSERT INTO users (version, doc, pool, sub, username, user_status, status_word,
        email, phone_number, name, given_name, family_name, preferred_username, created)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
    let c = columns(user);
    let [email, phone, name, given, family, preferred] = c.attributes;
    row::run(
        db,
        sql,
        params![
            user.version,
            row::json(user)?,
            user.pool.0,
            user.sub,
            c.username,
            c.user_status,
            c.status_word,
            email,
            phone,
            name,
            given,
            family,
            preferred,
            user.created
        ],
    )?;
    Ok(())
}

/// What stands beside the document for ListUsers' filters.
#[derive(PartialEq, Eq)]
struct Columns<'a> {
    username: &'a str,
    user_status: &'static str,
    status_word: &'static str,
    attributes: [Option<String>; 6],
}

fn columns(user: &User) -> Columns<'_> {
    let attribute = |name: &str| user.attributes.get(name).map(|value| value.to_lowercase());
    Columns {
        username: &user.username,
        user_status: user.status.as_str(),
        status_word: if user.enabled { "Enabled" } else { "Disabled" },
        attributes: ["email", "phone_number", "name", "given_name", "family_name", "preferred_username"].map(attribute),
    }
}

/// Takes an identity that nobody has; the primary key decides.
fn claim_identity(db: &Connection, user: &User, identity: &Identity) -> Act<()> {
    let sql = "INSERT INTO identities (pool, provider, attribute, value, sub) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT DO NOTHING";
    let Identity { provider, attribute, value, .. } = identity;
    match row::run(db, sql, [&user.pool.0, provider, attribute, value, &user.sub])? {
        0 => Err(Fail::Exists(Taken::Identity)),
        _ => Ok(()),
    }
}

fn count(db: &Connection, pool: &PoolId, by: i64) -> Act<()> {
    row::found(row::run(db, "UPDATE user_counts SET users = users + ?1 WHERE pool = ?2", params![by, pool.0])?)
}
