//! Sign-ins, their refresh tokens, and the marks of what may be used once.
//! `revoked_at`, `replaced_at` and the last use change in their columns only; the documents are as they were written first.
use super::users;
use crate::SqliteStore;
use crate::error::{Act, Fail};
use crate::row;
use ::user_pools::ports::{EndedSessions, Page, Rotated, SignIns, StoreResult};
use ::user_pools::token::{Activity, RefreshToken, SignIn};
use ::user_pools::{Millis, PoolId};
use async_trait::async_trait;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params};

#[async_trait]
impl SignIns for SqliteStore {
    async fn open_sign_in(
        &self,
        _now: Millis,
        sign_in: SignIn,
        stamp: String,
        refresh: Option<RefreshToken>,
        clears: Option<String>,
    ) -> StoreResult<()> {
        self.write(move |db| {
            open(db, &sign_in, &stamp, refresh.as_ref())?;
            if let Some(key) = clears {
                super::attempts::clear(db, &key)?;
            }
            Ok(())
        })
        .await
    }

    async fn sign_in(&self, now: Millis, origin_jti: String) -> StoreResult<SignIn> {
        self.read(|db| {
            let sql = "SELECT doc, revoked_at, active FROM sign_ins WHERE origin_jti = ?1 AND expires_at > ?2";
            row::get(db, sql, params![origin_jti, now], |row| sign_in(row, 0))
        })
    }

    async fn refresh_token(&self, now: Millis, hash: [u8; 32]) -> StoreResult<(RefreshToken, SignIn)> {
        self.read(|db| token_and_sign_in(db, now, &hash)?.ok_or(Fail::NotFound))
    }

    async fn rotate_refresh_token(
        &self,
        now: Millis,
        old: [u8; 32],
        new: RefreshToken,
        grace: Millis,
    ) -> StoreResult<Rotated> {
        self.write(move |db| rotate(db, now, &old, &new, grace)).await
    }

    async fn revoke_sign_in(&self, now: Millis, origin_jti: String) -> StoreResult<()> {
        self.write(move |db| revoke(db, now, &origin_jti)).await
    }

    async fn sign_out_user(&self, now: Millis, pool: PoolId, sub: String) -> StoreResult<()> {
        self.write(move |db| {
            // The version rises with it, or somebody's replace_user would bring the old `signed_out_at` back.
            let stored = users::by_sub(db, &pool, &sub)?;
            let mut user = stored.clone();
            user.signed_out_at = Some(now);
            users::write(db, &stored, &mut user)?;
            let sql = "UPDATE sign_ins SET revoked_at = ?1 WHERE pool = ?2 AND sub = ?3 AND revoked_at IS NULL";
            row::run(db, sql, params![now, pool.0, sub])?;
            // What could open another sign-in without the password ends too: browsers' sessions, and codes that still wait.
            row::run(db, "DELETE FROM login_sessions WHERE pool = ?1 AND sub = ?2", [&pool.0, &sub])?;
            let sql = "DELETE FROM auth_codes WHERE pool = ?1 AND sub = ?2 AND redeemed_at IS NULL";
            row::run(db, sql, [&pool.0, &sub])?;
            Ok(())
        })
        .await
    }

    async fn list_sign_ins(&self, now: Millis, pool: PoolId, sub: String, page: Page) -> StoreResult<Vec<SignIn>> {
        self.read(|db| list(db, now, &pool, &sub, &page))
    }

    async fn touch_sign_in(&self, _now: Millis, origin_jti: String, active: Activity) -> StoreResult<()> {
        self.write(move |db| {
            let sql = "UPDATE sign_ins SET active_at = ?1, active = ?2 WHERE origin_jti = ?3";
            row::run(db, sql, params![active.at, row::json(&active)?, origin_jti])?;
            Ok(())
        })
        .await
    }

    async fn keep_sign_ins(&self, now: Millis, pool: PoolId, sub: String, most: u32) -> StoreResult<()> {
        self.write(move |db| {
            let sql = "UPDATE sign_ins SET revoked_at = ?1 WHERE rowid IN (
                SELECT rowid FROM sign_ins WHERE pool = ?2 AND sub = ?3 AND expires_at > ?1 AND revoked_at IS NULL
                ORDER BY coalesce(active_at, auth_time) DESC, rowid DESC LIMIT -1 OFFSET ?4)";
            row::run(db, sql, params![now, pool.0, sub, most])?;
            Ok(())
        })
        .await
    }

    async fn end_sessions(&self, now: Millis, pool: PoolId, sub: String, ended: EndedSessions) -> StoreResult<()> {
        self.write(move |db| end_sessions(db, now, (&pool.0, &sub), &ended)).await
    }

    async fn spend(&self, now: Millis, id: [u8; 32], expires_at: Millis) -> StoreResult<bool> {
        self.write(move |db| spend(db, now, &id, expires_at)).await
    }
}

/// Sets a mark within an act; whether it was not there. An expired mark that has not been swept yet gives way.
pub(super) fn spend(db: &Connection, now: Millis, id: &[u8; 32], expires_at: Millis) -> Act<bool> {
    let sql = "INSERT INTO spent (id, expires_at) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE
        SET expires_at = excluded.expires_at WHERE spent.expires_at <= ?3";
    Ok(row::run(db, sql, params![id, expires_at, now])? == 1)
}

/// Whether a mark is set, within an act.
pub(super) fn is_spent(db: &Connection, now: Millis, id: &[u8; 32]) -> Act<bool> {
    row::exists(db, "SELECT 1 FROM spent WHERE id = ?1 AND expires_at > ?2", params![id, now])
}

/// Sets a mark within an act until then, whether or not it was there.
pub(super) fn mark(db: &Connection, id: &[u8; 32], expires_at: Millis) -> Act<()> {
    let sql = "INSERT INTO spent (id, expires_at) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE
        SET expires_at = excluded.expires_at";
    row::run(db, sql, params![id, expires_at])?;
    Ok(())
}

/// Within an act: whoever this is about is still as the sign-in found them. Everything that lets somebody in asks this.
pub(super) fn admitted(db: &Connection, pool: &PoolId, sub: &str, stamp: &str) -> Act<()> {
    if users::by_sub(db, pool, sub)?.admits(stamp) { Ok(()) } else { Err(Fail::Conflict) }
}

/// Stores a sign-in and its first refresh token within an act. NotFound when the user or the client is gone.
pub(super) fn open(db: &Connection, sign_in: &SignIn, stamp: &str, refresh: Option<&RefreshToken>) -> Act<()> {
    admitted(db, &sign_in.pool, &sign_in.sub, stamp)?;
    let sql = "INSERT INTO sign_ins (origin_jti, pool, sub, client, auth_time, expires_at, revoked_at, active_at, doc)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let (s, doc) = (sign_in, row::json(sign_in)?);
    let active_at = s.active.as_ref().map(|active| active.at);
    let key = (&s.origin_jti, &s.pool.0, &s.sub, &s.client.0);
    row::run(db, sql, params![key.0, key.1, key.2, key.3, s.auth_time, s.expires_at, s.revoked_at, active_at, doc])?;
    refresh.map_or(Ok(()), |token| insert_token(db, token))
}

/// Revokes a family within an act. Idempotent.
pub(super) fn revoke(db: &Connection, now: Millis, origin_jti: &str) -> Act<()> {
    let sql = "UPDATE sign_ins SET revoked_at = ?1 WHERE origin_jti = ?2 AND revoked_at IS NULL";
    row::run(db, sql, params![now, origin_jti])?;
    Ok(())
}

fn end_sessions(db: &Connection, now: Millis, user: (&str, &str), ended: &EndedSessions) -> Act<()> {
    let (pool, sub) = user;
    for origin_jti in &ended.sign_ins {
        let sql = "UPDATE sign_ins SET revoked_at = ?1
            WHERE origin_jti = ?2 AND pool = ?3 AND sub = ?4 AND revoked_at IS NULL";
        row::run(db, sql, params![now, origin_jti, pool, sub])?;
    }
    for login in &ended.logins {
        let sql = "DELETE FROM login_sessions WHERE hash = ?1 AND pool = ?2 AND sub = ?3";
        row::run(db, sql, params![login.hash, pool, sub])?;
        let sql =
            "DELETE FROM auth_codes WHERE pool = ?1 AND sub = ?2 AND redeemed_at IS NULL AND doc ->> '$.login' = ?3";
        row::run(db, sql, params![pool, sub, login.id])?;
        if login.with_sign_ins {
            let sql = "UPDATE sign_ins SET revoked_at = ?1
                WHERE pool = ?2 AND sub = ?3 AND revoked_at IS NULL AND doc ->> '$.login' = ?4";
            row::run(db, sql, params![now, pool, sub, login.id])?;
        }
    }
    Ok(())
}

fn insert_token(db: &Connection, token: &RefreshToken) -> Act<()> {
    let sql = "INSERT INTO refresh_tokens (hash, origin_jti, expires_at, replaced_at, doc) VALUES (?1, ?2, ?3, ?4, ?5)";
    let doc = row::json(token)?;
    row::run(db, sql, params![token.hash, token.origin_jti, token.expires_at, token.replaced_at, doc])?;
    Ok(())
}

/// One act decides between use, further use within the grace, and reuse; a reuse ends the family before anybody can ask again.
fn rotate(db: &Connection, now: Millis, old: &[u8; 32], new: &RefreshToken, grace: Millis) -> Act<Rotated> {
    let Some((token, sign_in)) = token_and_sign_in(db, now, old)? else { return Ok(Rotated::Absent) };
    if sign_in.revoked_at.is_some() {
        return Ok(Rotated::Absent);
    }
    match token.replaced_at {
        None => {
            let sql = "UPDATE refresh_tokens SET replaced_at = ?1 WHERE hash = ?2";
            row::run(db, sql, params![now, old])?;
        }
        // Requests overtake each other, so `now` may lie before `at`: that is no time gone by, and no time at all without grace.
        Some(at) if now.saturating_sub(at).max(0) < grace => {}
        Some(_) => {
            revoke(db, now, &token.origin_jti)?;
            return Ok(Rotated::Reused);
        }
    }
    insert_token(db, new)?;
    Ok(Rotated::Yes)
}

fn token_and_sign_in(db: &Connection, now: Millis, hash: &[u8; 32]) -> Act<Option<(RefreshToken, SignIn)>> {
    let sql = "SELECT t.doc, t.replaced_at, s.doc, s.revoked_at, s.active
        FROM refresh_tokens t JOIN sign_ins s ON s.origin_jti = t.origin_jti
        WHERE t.hash = ?1 AND t.expires_at > ?2 AND s.expires_at > ?2";
    row::find(db, sql, params![hash, now], |row| {
        let mut token: RefreshToken = row::doc(row, 0)?;
        token.replaced_at = row.get(1)?;
        Ok((token, sign_in(row, 2)?))
    })
}

/// The document at a column, and behind it `revoked_at` and the last use, if there was one after the first.
fn sign_in(row: &Row<'_>, column: usize) -> rusqlite::Result<SignIn> {
    let mut sign_in: SignIn = row::doc(row, column)?;
    sign_in.revoked_at = row.get(column + 1)?;
    if row.get_ref(column + 2)? != ValueRef::Null {
        sign_in.active = Some(row::doc(row, column + 2)?);
    }
    Ok(sign_in)
}

/// A position whose row is gone ends the list.
fn list(db: &Connection, now: Millis, pool: &PoolId, sub: &str, page: &Page) -> Act<Vec<SignIn>> {
    let limit = row::limit(page.limit);
    match &page.after {
        None => {
            let sql = "SELECT doc, revoked_at, active FROM sign_ins WHERE pool = ?1 AND sub = ?2 AND expires_at > ?3
                AND revoked_at IS NULL ORDER BY auth_time DESC, origin_jti DESC LIMIT ?4";
            row::list(db, sql, params![pool.0, sub, now, limit], |row| sign_in(row, 0))
        }
        Some(after) => {
            let sql = "SELECT doc, revoked_at, active FROM sign_ins WHERE pool = ?1 AND sub = ?2 AND expires_at > ?3
                AND revoked_at IS NULL
                AND (auth_time, origin_jti) < (SELECT auth_time, origin_jti FROM sign_ins WHERE origin_jti = ?4)
                ORDER BY auth_time DESC, origin_jti DESC LIMIT ?5";
            row::list(db, sql, params![pool.0, sub, now, after, limit], |row| sign_in(row, 0))
        }
    }
}
