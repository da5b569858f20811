//! Refreshing (spec C.14): new ID and access tokens from what user and groups are now; rotation with its grace; the end of a family on reuse.
use super::mint::Minting;
use super::{RefreshToken, SignIn, Tokens, refresh_token};
use crate::client::AppClient;
use crate::context::RequestContext;
use crate::devices::tracking;
use crate::error::{Error, Result};
use crate::messages;
use crate::pool::UserPool;
use crate::ports::{Rotated, StoreError};
use crate::service::UserPools;
use crate::sign_in::trail::Trail;
use crate::triggers::TokenSource;
use crate::user::User;

/// How the client proves that it is itself. Refreshing has three ways to say it.
#[derive(Clone, Copy)]
pub enum ClientProof<'a> {
    /// `SECRET_HASH` over the user's own name (REFRESH_TOKEN_AUTH).
    Hash(Option<&'a str>),
    /// The secret itself (GetTokensFromRefreshToken).
    Secret(Option<&'a str>),
    /// The door has checked it already (the OAuth endpoints).
    Checked,
}

impl UserPools {
    /// Tokens from a refresh token; with rotation also its successor. Refusals are K 17 and K 23 to 28; a fault of ours is never NotAuthorized,
    /// because clients throw their session away at that.
    pub async fn refresh(
        &self,
        cx: &RequestContext,
        action: &'static str,
        client: &AppClient,
        token: &str,
        proof: ClientProof<'_>,
    ) -> Result<Tokens> {
        self.refresh_from(cx, action, client, token, (proof, None)).await
    }

    /// The same from a device: the DEVICE_KEY that came along, if one did.
    pub async fn refresh_from(
        &self,
        cx: &RequestContext,
        action: &'static str,
        client: &AppClient,
        token: &str,
        (proof, device): (ClientProof<'_>, Option<&str>),
    ) -> Result<Tokens> {
        let mut trail = Trail::new(action, client);
        let result = self.refreshed(cx, &mut trail, client, token, (proof, device)).await;
        self.conclude(cx, &trail, result)
    }

    async fn refreshed(
        &self,
        cx: &RequestContext,
        trail: &mut Trail,
        client: &AppClient,
        token: &str,
        (proof, device): (ClientProof<'_>, Option<&str>),
    ) -> Result<Tokens> {
        trail.at("client.secret");
        self.check_client_secret(client, proof)?;
        trail.at("refresh_token");
        let (row, sign_in) = self.find_refresh_token(cx, client, token).await?;
        trail.of(&row.sub);
        let user = self.user_of(&row).await?;
        trail.at("client.secret_hash");
        self.check_refresh_hash(client, proof, &user)?;
        // Before revocation: disabling revokes too, and the user should hear the cause (K 17).
        trail.at("user.enabled");
        if !user.enabled {
            return Err(messages::USER_DISABLED);
        }
        trail.at("refresh_token.revoked");
        // Global sign-out revokes every sign-in, so the row alone tells.
        if sign_in.revoked_at.is_some() {
            return Err(messages::REFRESH_TOKEN_REVOKED);
        }
        let pool = self.pool_by_id(&client.pool).await?;
        trail.at("refresh_token.device");
        check_device(&pool, &sign_in, device)?;
        let source = TokenSource::RefreshTokens;
        let minting = Minting { pool: &pool, client, user: &user, sign_in: &sign_in, nonce: None, source };
        let mut tokens = self.mint(cx, minting).await?;
        trail.at("refresh_token.rotation");
        tokens.refresh = self.rotate(cx, client, &row, &sign_in).await?;
        self.touch(cx, &pool, &sign_in).await;
        Ok(tokens)
    }

    fn check_client_secret(&self, client: &AppClient, proof: ClientProof<'_>) -> Result<()> {
        let secret = match proof {
            ClientProof::Hash(hash) => return Self::check_secret_hash_presence(client, hash),
            ClientProof::Checked => return Ok(()),
            ClientProof::Secret(secret) => secret,
        };
        match (client.secrets.is_empty(), secret) {
            (true, None) => Ok(()),
            (false, Some(secret)) if self.is_client_secret(client, secret)? => Ok(()),
            (true, Some(_)) => Err(messages::secret_unexpected(&client.id)),
            (false, None) => Err(messages::secret_missing(&client.id)),
            (false, Some(_)) => Err(messages::secret_wrong(&client.id)),
        }
    }

    /// The hash is over the real username; in alias and e-mail pools clients know the sub (spec C.3).
    fn check_refresh_hash(&self, client: &AppClient, proof: ClientProof<'_>, user: &User) -> Result<()> {
        match proof {
            ClientProof::Hash(Some(hash))
                if !self.secret_hash_matches(client, hash, &[&user.username, &user.sub])? =>
            {
                Err(messages::refresh_secret_hash_wrong(&client.id))
            }
            _ => Ok(()),
        }
    }

    async fn find_refresh_token(
        &self,
        cx: &RequestContext,
        client: &AppClient,
        token: &str,
    ) -> Result<(RefreshToken, SignIn)> {
        match self.store.refresh_token(cx.now, refresh_token::hash(token)).await {
            Ok((row, sign_in)) if row.client == client.id && row.pool == client.pool => Ok((row, sign_in)),
            Ok(_) => Err(messages::INVALID_REFRESH_TOKEN.because("it belongs to another client")),
            Err(StoreError::NotFound) => Err(self.missing(cx, client, token)),
            Err(error) => Err(error.into()),
        }
    }

    /// An expired row reads as absent; the token itself says that it once was ours.
    fn missing(&self, cx: &RequestContext, client: &AppClient, token: &str) -> Error {
        match refresh_token::read(&self.keys, &client.id, token) {
            Some((pool, end)) if pool == client.pool && end <= cx.now => messages::REFRESH_TOKEN_EXPIRED,
            Some(_) => messages::INVALID_REFRESH_TOKEN.because("its sign-in is gone"),
            None => messages::INVALID_REFRESH_TOKEN.because("it is not one we made for this client"),
        }
    }

    async fn user_of(&self, row: &RefreshToken) -> Result<User> {
        match self.store.user(row.pool.clone(), row.sub.clone()).await {
            Err(StoreError::NotFound) => Err(messages::INVALID_REFRESH_TOKEN.because("the user has been deleted")),
            other => Ok(other?),
        }
    }

    /// The successor, when the client rotates. The old token is replaced in the same act that sees a reuse and ends the family.
    async fn rotate(
        &self,
        cx: &RequestContext,
        client: &AppClient,
        old: &RefreshToken,
        sign_in: &SignIn,
    ) -> Result<Option<String>> {
        let Some(rotation) = client.settings.rotation.filter(|rotation| rotation.enabled) else {
            return self.refuse_replaced(cx, old).await;
        };
        let grace = i64::from(rotation.grace_seconds) * 1000;
        let (text, row) = self.new_refresh_token(cx.now, sign_in, Some(old.hash), old.expires_at);
        match self.store.rotate_refresh_token(cx.now, old.hash, row, grace).await? {
            Rotated::Yes => Ok(Some(text)),
            Rotated::Reused => Err(messages::REFRESH_TOKEN_REUSED.because("the family has been revoked")),
            Rotated::Absent => Err(messages::REFRESH_TOKEN_REVOKED.because("revoked at the same time")),
        }
    }

    /// A token that was replaced while the client rotated is no good after rotation has been switched off.
    async fn refuse_replaced(&self, cx: &RequestContext, old: &RefreshToken) -> Result<Option<String>> {
        if old.replaced_at.is_none() {
            return Ok(None);
        }
        self.store.revoke_sign_in(cx.now, old.origin_jti.clone()).await?;
        Err(messages::REFRESH_TOKEN_REUSED.because("the family has been revoked"))
    }
}

/// Where the pool tracks devices, a token is good only together with the device it was issued to (spec C.13). Sign-ins by the login pages, and
/// those from before the pool tracked any, have none.
fn check_device(pool: &UserPool, sign_in: &SignIn, given: Option<&str>) -> Result<()> {
    let tracked = tracking(&pool.settings).is_some();
    match sign_in.device_key.as_deref().filter(|_| tracked) {
        Some(key) if given != Some(key) => {
            Err(messages::INVALID_REFRESH_TOKEN.because("DEVICE_KEY is not the one of the sign-in"))
        }
        _ => Ok(()),
    }
}
