//! Ending sign-ins (spec C.18): RevokeToken for one family, GlobalSignOut for all of a user. Tokens verified offline live on until `exp`.
use super::refresh_token;
use crate::access::Access;
use crate::client::AppClient;
use crate::context::RequestContext;
use crate::error::Result;
use crate::messages;
use crate::pool::UserPool;
use crate::ports::StoreError;
use crate::service::UserPools;
use crate::sessions::PoolSessions;
use crate::sign_in::trail::Trail;

impl UserPools {
    /// RevokeToken: ends the family of a refresh token. Unknown and already revoked tokens are a success, as AWS has it.
    /// `secret` is the client's, for clients that have one; `linked`: the SSO session that it came through ends too, where the pool tracks sessions.
    pub async fn revoke_token(
        &self,
        cx: &RequestContext,
        client: &AppClient,
        token: &str,
        (secret, linked): (Option<&str>, bool),
    ) -> Result<()> {
        let mut trail = Trail::new("RevokeToken", client);
        trail.at("client.secret");
        let result = match self.may_revoke(client, secret) {
            Ok(()) => self.revoke_checked(cx, &mut trail, client, (token, linked)).await,
            Err(error) => Err(error),
        };
        self.conclude(cx, &trail, result)
    }

    /// The same for a door that has authenticated the client itself (`/oauth2/revoke`).
    pub async fn revoke_token_of(&self, cx: &RequestContext, client: &AppClient, token: &str) -> Result<()> {
        let mut trail = Trail::new("/oauth2/revoke", client);
        let result = self.revoke_checked(cx, &mut trail, client, (token, false)).await;
        self.conclude(cx, &trail, result)
    }

    fn may_revoke(&self, client: &AppClient, secret: Option<&str>) -> Result<()> {
        match (client.secrets.is_empty(), secret) {
            (true, None) => Ok(()),
            (false, Some(secret)) if self.is_client_secret(client, secret)? => Ok(()),
            (true, Some(_)) => Err(messages::REVOKE_FOREIGN_CLIENT.because("the client has no secret, yet one came")),
            (false, _) => Err(messages::REVOKE_FOREIGN_CLIENT.because("the client's secret is missing or wrong")),
        }
    }

    async fn revoke_checked(
        &self,
        cx: &RequestContext,
        trail: &mut Trail,
        client: &AppClient,
        (token, linked): (&str, bool),
    ) -> Result<()> {
        trail.at("client.token_revocation");
        if !client.settings.token_revocation.unwrap_or(true) {
            return Err(messages::REVOCATION_NOT_ENABLED);
        }
        trail.at("token.kind");
        if is_jwt(token) {
            return Err(messages::REVOKE_UNSUPPORTED_TOKEN);
        }
        trail.at("token.client");
        let (row, sign_in) = match self.store.refresh_token(cx.now, refresh_token::hash(token)).await {
            Err(StoreError::NotFound) => return Ok(()),
            other => other?,
        };
        trail.of(&row.sub);
        if row.client != client.id {
            return Err(messages::REVOKE_FOREIGN_CLIENT.because("the token is another client's"));
        }
        let linked = linked && PoolSessions::of(&self.pool_by_id(&client.pool).await?.settings).tracking;
        match self.store.user(row.pool, row.sub).await {
            Ok(user) if linked => {
                let ended = self.ended_with(cx.now, &user, &sign_in, true).await?;
                Ok(self.store.end_sessions(cx.now, user.pool, user.sub, ended).await?)
            }
            _ => Ok(self.store.revoke_sign_in(cx.now, row.origin_jti).await?),
        }
    }

    /// GlobalSignOut: every sign-in of the token's user ends, and with them their managed-login sessions and waiting codes.
    pub async fn global_sign_out(&self, cx: &RequestContext, access: &Access) -> Result<()> {
        let trail = Trail::of_user("GlobalSignOut", &access.user, Some(&access.client));
        let result = self.store.sign_out_user(cx.now, access.user.pool.clone(), access.user.sub.clone()).await;
        self.conclude(cx, &trail, result.map_err(Into::into))
    }

    /// AdminUserGlobalSignOut.
    pub async fn admin_global_sign_out(&self, cx: &RequestContext, pool: &UserPool, username: &str) -> Result<()> {
        let user = self.find_user(pool, username).await?.ok_or(messages::USER_DOES_NOT_EXIST)?;
        let trail = Trail::of_user("AdminUserGlobalSignOut", &user, None);
        let result = self.store.sign_out_user(cx.now, user.pool.clone(), user.sub.clone()).await;
        self.conclude(cx, &trail, result.map_err(Into::into))
    }
}

/// An access or ID token came where a refresh token belongs.
fn is_jwt(token: &str) -> bool {
    token.split('.').count() == 3 && token.starts_with("eyJ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_token_is_told_from_a_refresh_token() {
        assert!(is_jwt("eyJraWQiOiJ4In0.e30.c2ln"));
        assert!(!is_jwt("eyJjdHkiOiJKV1QifQ.a.b.c.d"));
        assert!(!is_jwt("garbage"));
    }
}
