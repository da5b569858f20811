//! Confirmation codes: one live code per user and purpose, redeemed together with what it allows.
use super::{outbox, users};
use crate::SqliteStore;
use crate::row;
use ::user_pools::ports::{Code, CodePurpose, Codes, Queued, Redeemed, StoreResult};
use ::user_pools::user::User;
use ::user_pools::{Millis, PoolId};
use async_trait::async_trait;
use rusqlite::params;

#[async_trait]
impl Codes for SqliteStore {
    async fn put_code(&self, _now: Millis, code: Code, message: Queued) -> StoreResult<()> {
        self.write(move |db| {
            let sql =
                "INSERT INTO codes (pool, sub, purpose, hash, attribute, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                ON CONFLICT (pool, sub, purpose) DO UPDATE
                SET hash = excluded.hash, attribute = excluded.attribute, expires_at = excluded.expires_at";
            let purpose = word(code.purpose);
            row::run(db, sql, params![code.pool.0, code.sub, purpose, code.hash, code.attribute, code.expires_at])?;
            outbox::queue(db, &message)
        })
        .await
    }

    async fn code(&self, now: Millis, pool: PoolId, sub: String, purpose: CodePurpose) -> StoreResult<Code> {
        self.read(|db| {
            let sql = "SELECT hash, attribute, expires_at FROM codes
                WHERE pool = ?1 AND sub = ?2 AND purpose = ?3 AND expires_at > ?4";
            let (hash, attribute, expires_at) = row::get(db, sql, params![pool.0, sub, word(purpose), now], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })?;
            Ok(Code { pool, sub, purpose, hash, attribute, expires_at })
        })
    }

    /// The code goes before the user is written: of many at once the first takes it and the others find none. When the user's
    /// version does not match, the act fails as a whole and the code stays.
    async fn redeem_code(
        &self,
        now: Millis,
        purpose: CodePurpose,
        hash: [u8; 32],
        user: User,
        taking_aliases: bool,
    ) -> StoreResult<Redeemed> {
        self.write(move |db| {
            let sql = "SELECT hash FROM codes WHERE pool = ?1 AND sub = ?2 AND purpose = ?3 AND expires_at > ?4";
            let key = params![user.pool.0, user.sub, word(purpose), now];
            match row::find(db, sql, key, |row| row.get::<_, [u8; 32]>(0))? {
                None => return Ok(Redeemed::Absent),
                // Keyed hashes: comparing them tells nothing about the code.
                Some(stored) if stored != hash => return Ok(Redeemed::Mismatch),
                Some(_) => {}
            }
            let sql = "DELETE FROM codes WHERE pool = ?1 AND sub = ?2 AND purpose = ?3";
            row::found(row::run(db, sql, params![user.pool.0, user.sub, word(purpose)])?)?;
            users::replace(db, user, taking_aliases)?;
            Ok(Redeemed::Yes)
        })
        .await
    }
}

fn word(purpose: CodePurpose) -> &'static str {
    match purpose {
        CodePurpose::SignUp => "sign-up",
        CodePurpose::ForgotPassword => "forgot-password",
        CodePurpose::VerifyEmail => "verify-email",
        CodePurpose::VerifyPhone => "verify-phone",
    }
}
