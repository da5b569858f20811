//! Authorization codes. `redeemed_at` and `origin_jti` change in their columns; a redeemed code stays until its end, so that a reuse is seen.
use super::sign_ins;
use crate::SqliteStore;
use crate::row;
use ::user_pools::Millis;
use ::user_pools::oauth::AuthCode;
use ::user_pools::ports::{AuthCodes, CodeRedeemed, StoreResult};
use ::user_pools::token::{RefreshToken, SignIn};
use async_trait::async_trait;
use rusqlite::params;

#[async_trait]
impl AuthCodes for SqliteStore {
    async fn insert_auth_code(&self, _now: Millis, code: AuthCode) -> StoreResult<()> {
        self.write(move |db| {
            sign_ins::admitted(db, &code.pool, &code.sub, &code.stamp)?;
            let sql = "INSERT INTO auth_codes (hash, pool, sub, client, origin_jti, expires_at, redeemed_at, doc)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
            let (c, doc) = (&code, row::json(&code)?);
            let key = (&c.hash, &c.pool.0, &c.sub, &c.client.0);
            row::run(db, sql, params![key.0, key.1, key.2, key.3, c.origin_jti, c.expires_at, c.redeemed_at, doc])?;
            Ok(())
        })
        .await
    }

    async fn auth_code(&self, now: Millis, hash: [u8; 32]) -> StoreResult<AuthCode> {
        self.read(|db| {
            let sql = "SELECT doc, redeemed_at, origin_jti FROM auth_codes WHERE hash = ?1 AND expires_at > ?2";
            row::get(db, sql, params![hash, now], |row| {
                let mut code: AuthCode = row::doc(row, 0)?;
                code.redeemed_at = row.get(1)?;
                code.origin_jti = row.get(2)?;
                Ok(code)
            })
        })
    }

    /// When opening the sign-in fails (the user was deleted or shut out meanwhile), the act fails as a whole and the code stays unused.
    async fn redeem_auth_code(
        &self,
        now: Millis,
        hash: [u8; 32],
        sign_in: SignIn,
        refresh: Option<RefreshToken>,
    ) -> StoreResult<CodeRedeemed> {
        self.write(move |db| {
            let sql = "SELECT redeemed_at, origin_jti, doc FROM auth_codes WHERE hash = ?1 AND expires_at > ?2";
            let found = row::find(db, sql, params![hash, now], |row| {
                Ok((row.get::<_, Option<Millis>>(0)?, row.get::<_, String>(1)?, row::doc::<AuthCode>(row, 2)?))
            })?;
            match found {
                None => Ok(CodeRedeemed::Absent),
                Some((Some(_), family, _)) => {
                    sign_ins::revoke(db, now, &family)?;
                    Ok(CodeRedeemed::Reused)
                }
                Some((None, _, code)) => {
                    let sql = "UPDATE auth_codes SET redeemed_at = ?1, origin_jti = ?2 WHERE hash = ?3";
                    row::run(db, sql, params![now, sign_in.origin_jti, hash])?;
                    sign_ins::open(db, &sign_in, &code.stamp, refresh.as_ref())?;
                    Ok(CodeRedeemed::Yes)
                }
            }
        })
        .await
    }
}
