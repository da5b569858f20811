//! The access token at the user-pool API: who it speaks for, as a value that only this check can make.
//! Unlike the gateway's authorizer this looks at storage too: a revoked sign-in, a deleted or disabled user end it before `exp`.
use crate::error::Result;
use crate::ids::{ClientId, Millis, PoolId};
use crate::messages;
use crate::pool::UserPool;
use crate::ports::StoreError;
use crate::service::UserPools;
use crate::token::ADMIN_SCOPE;
use crate::user::User;
use jose::{Claims, Jwt, ParseError};
use std::sync::Arc;

/// A checked access token: the user it speaks for, as stored now.
#[non_exhaustive]
pub struct Access {
    /// The pool that issued it.
    pub pool: UserPool,
    /// The user, read after the token was verified.
    pub user: User,
    /// The client it was issued to.
    pub client: ClientId,
    /// The claims, all signed by us.
    pub claims: Arc<Claims>,
}

impl UserPools {
    /// Checks an access token for the self-service operations: they need the scope `aws.cognito.signin.user.admin`. K 29, 30.
    pub async fn access(&self, now: Millis, token: &str) -> Result<Access> {
        self.access_with_scope(now, token, ADMIN_SCOPE).await
    }

    /// The same with another scope (`openid` for userInfo). Order: form, issuer, signature, kind, expiry, scope, user, sign-in.
    pub async fn access_with_scope(&self, now: Millis, token: &str, scope: &str) -> Result<Access> {
        let (pool, claims) = self.verified(now, token).await?;
        if claims.str("token_use") != Some("access") {
            return Err(messages::INVALID_ACCESS_TOKEN.because("it is not an access token"));
        }
        if claims.seconds("exp").is_none_or(|exp| exp.saturating_mul(1000) <= now) {
            return Err(messages::ACCESS_TOKEN_EXPIRED);
        }
        if !claims.scopes().contains(&scope) {
            return Err(messages::SCOPES_MISSING.because(format!("{scope} is not among its scopes")));
        }
        // The user before the sign-in: disabling and deleting end sign-ins too, and the caller should hear the cause.
        let user = self.user_named(&pool.id, &claims).await?;
        self.check_sign_in(now, &claims).await?;
        let client = ClientId(claims.str("client_id").unwrap_or_default().to_owned());
        Ok(Access { pool, user, client, claims })
    }

    /// Signature and issuer. The unverified issuer only chooses whose keys to try.
    async fn verified(&self, now: Millis, token: &str) -> Result<(UserPool, Arc<Claims>)> {
        let refused = |why: String| messages::INVALID_ACCESS_TOKEN.because(why);
        let jwt = Jwt::parse(token).map_err(|error: ParseError| refused(error.to_string()))?;
        let issuer = jwt.unverified_claims().str("iss").unwrap_or_default().to_owned();
        let id = issuer.rsplit('/').next().unwrap_or_default();
        let pool = match self.store.pool(PoolId(id.to_owned())).await {
            Err(StoreError::NotFound) => return Err(refused("its issuer is no pool of ours".to_owned())),
            other => other?,
        };
        if self.issuer(&pool) != issuer {
            return Err(refused("its issuer is spelled otherwise than the pool's".to_owned()));
        }
        let keys = self.pool_keys(now, &pool).await?;
        let claims = jose::verify(&jwt, keys.public()).map_err(|error| refused(error.to_string()))?;
        Ok((pool, claims))
    }

    /// The sign-in must still stand. Tokens of clients without revocation do not name one; for them global sign-out counts, see below.
    async fn check_sign_in(&self, now: Millis, claims: &Claims) -> Result<()> {
        let Some(origin_jti) = claims.str("origin_jti") else { return Ok(()) };
        match self.store.sign_in(now, origin_jti.to_owned()).await {
            Ok(sign_in) if sign_in.revoked_at.is_none() => Ok(()),
            Ok(_) => Err(messages::ACCESS_TOKEN_REVOKED),
            Err(StoreError::NotFound) => Err(messages::ACCESS_TOKEN_REVOKED.because("its sign-in is gone")),
            Err(error) => Err(error.into()),
        }
    }

    async fn user_named(&self, pool: &PoolId, claims: &Claims) -> Result<User> {
        let sub = claims.str("sub").unwrap_or_default().to_owned();
        let user = match self.store.user(pool.clone(), sub).await {
            Err(StoreError::NotFound) => return Err(messages::USER_DOES_NOT_EXIST),
            other => other?,
        };
        if !user.enabled {
            return Err(messages::USER_DISABLED);
        }
        if claims.str("origin_jti").is_none() && is_signed_out(&user, claims) {
            return Err(messages::ACCESS_TOKEN_REVOKED.because("the user has signed out everywhere"));
        }
        Ok(user)
    }
}

/// `iat` has whole seconds: a token of the very second of the sign-out counts as issued before it.
fn is_signed_out(user: &User, claims: &Claims) -> bool {
    let issued = claims.seconds("iat").unwrap_or(0);
    user.signed_out_at.is_some_and(|at| issued <= at.div_euclid(1000))
}
