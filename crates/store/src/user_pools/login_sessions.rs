//! Managed-login sessions.
use super::sign_ins;
use crate::SqliteStore;
use crate::row;
use ::user_pools::oauth::LoginSession;
use ::user_pools::ports::{LOGIN_SESSIONS, LoginSessions, StoreResult};
use ::user_pools::{Millis, PoolId};
use async_trait::async_trait;
use rusqlite::params;

#[async_trait]
impl LoginSessions for SqliteStore {
    async fn insert_login_session(&self, now: Millis, session: LoginSession) -> StoreResult<()> {
        self.write(move |db| {
            sign_ins::admitted(db, &session.pool, &session.sub, &session.stamp)?;
            let sql = "INSERT INTO login_sessions (hash, pool, sub, expires_at, doc) VALUES (?1, ?2, ?3, ?4, ?5)";
            let doc = row::json(&session)?;
            row::run(db, sql, params![session.hash, session.pool.0, session.sub, session.expires_at, doc])?;
            let sql = "DELETE FROM login_sessions WHERE pool = ?1 AND sub = ?2 AND rowid <=
                (SELECT rowid FROM login_sessions WHERE pool = ?1 AND sub = ?2 AND expires_at > ?3
                ORDER BY rowid DESC LIMIT 1 OFFSET ?4)";
            row::run(db, sql, params![session.pool.0, session.sub, now, row::limit(LOGIN_SESSIONS)])?;
            Ok(())
        })
        .await
    }

    async fn login_session(&self, now: Millis, hash: [u8; 32]) -> StoreResult<LoginSession> {
        self.read(|db| {
            let sql = "SELECT doc FROM login_sessions WHERE hash = ?1 AND expires_at > ?2";
            row::get(db, sql, params![hash, now], row::first_doc)
        })
    }

    async fn list_login_sessions(
        &self,
        now: Millis,
        pool: PoolId,
        sub: String,
        limit: usize,
    ) -> StoreResult<Vec<LoginSession>> {
        self.read(|db| {
            let sql = "SELECT doc FROM login_sessions WHERE pool = ?1 AND sub = ?2 AND expires_at > ?3
                ORDER BY rowid DESC LIMIT ?4";
            row::list(db, sql, params![pool.0, sub, now, row::limit(limit)], row::first_doc)
        })
    }

    async fn end_login_session(&self, _now: Millis, hash: [u8; 32]) -> StoreResult<()> {
        self.write(move |db| {
            row::run(db, "DELETE FROM login_sessions WHERE hash = ?1", [hash])?;
            Ok(())
        })
        .await
    }

    async fn end_login_sessions_of(&self, _now: Millis, pool: PoolId, sub: String) -> StoreResult<()> {
        self.write(move |db| {
            row::run(db, "DELETE FROM login_sessions WHERE pool = ?1 AND sub = ?2", [&pool.0, &sub])?;
            Ok(())
        })
        .await
    }
}
