//! Minting: a sign-in's row, its refresh token and its signed tokens, made together, so that the caller can store them in one act
//! (`open_sign_in` at the API, `redeem_auth_code` at the OAuth endpoints) and hand them out only then.
use super::claims::{ADMIN_SCOPE, Facts};
use super::overrides::Claims;
use super::{Activity, RefreshToken, SignIn, refresh_token};
use crate::client::AppClient;
use crate::context::RequestContext;
use crate::devices::NewDevice;
use crate::error::{Error, ErrorKind, Result};
use crate::ids::Millis;
use crate::pool::UserPool;
use crate::random;
use crate::service::UserPools;
use crate::triggers::TokenSource;
use crate::triggers::tokens::Issue;
use crate::user::User;
use aws_lc_rs::digest;
use events::user_pools::GroupConfiguration;
use serde_json::{Map, Value, json};
use std::fmt;

/// What a client gets. `Debug` shows no token.
#[derive(Clone)]
pub struct Tokens {
    /// The ID token; none without `openid`, and for machines.
    pub id: Option<String>,
    /// The access token.
    pub access: String,
    /// The refresh token, when a new one was made.
    pub refresh: Option<String>,
    /// Life of the access token, in seconds.
    pub expires_in: u64,
    /// A device that the client may confirm.
    pub new_device: Option<NewDevice>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}

/// What a sign-in is opened for.
pub struct Opening<'a> {
    /// The pool.
    pub pool: &'a UserPool,
    /// Through which client.
    pub client: &'a AppClient,
    /// Who.
    pub user: &'a User,
    /// When they really authenticated.
    pub auth_time: Millis,
    /// Proven methods in RFC 8176 words.
    pub methods: &'a [String],
    /// On what occasion, for the pool's function.
    pub source: TokenSource,
    /// The tracked device.
    pub device_key: Option<String>,
    /// `None` for the user-pool API.
    pub oauth: Option<OAuth<'a>>,
}

/// What the OAuth endpoints add.
pub struct OAuth<'a> {
    /// Granted scopes.
    pub scopes: &'a [String],
    /// `nonce` of the authorize request.
    pub nonce: Option<&'a str>,
    /// The family chosen when the code was made; a fresh one otherwise.
    pub origin_jti: Option<&'a str>,
    /// The SSO session that it comes through.
    pub login: Option<&'a str>,
    /// Whether a refresh token goes with it (not for the implicit grant).
    pub refreshable: bool,
}

/// A sign-in ready to be stored, and the tokens to hand out once it is.
pub struct Opened {
    /// The row.
    pub sign_in: SignIn,
    /// The refresh token's row.
    pub refresh: Option<RefreshToken>,
    /// For the client.
    pub tokens: Tokens,
}

/// What tokens are made of.
pub(super) struct Minting<'a> {
    pub pool: &'a UserPool,
    pub client: &'a AppClient,
    pub user: &'a User,
    pub sign_in: &'a SignIn,
    pub nonce: Option<&'a str>,
    pub source: TokenSource,
}

impl UserPools {
    /// Prepares a sign-in with its tokens. Nothing is stored yet: a token whose row is missing is refused everywhere.
    pub async fn issue_for(&self, cx: &RequestContext, opening: &Opening<'_>) -> Result<Opened> {
        let sign_in = self.new_sign_in(cx, opening);
        let minting = Minting {
            pool: opening.pool,
            client: opening.client,
            user: opening.user,
            sign_in: &sign_in,
            nonce: opening.oauth.as_ref().and_then(|oauth| oauth.nonce),
            source: opening.source,
        };
        let mut tokens = self.mint(cx, minting).await?;
        let refreshable = opening.oauth.as_ref().is_none_or(|oauth| oauth.refreshable);
        let refresh = refreshable.then(|| {
            let (text, row) = self.new_refresh_token(cx.now, &sign_in, None, refresh_end(cx.now, opening.client));
            tokens.refresh = Some(text);
            row
        });
        Ok(Opened { sign_in, refresh, tokens })
    }

    fn new_sign_in(&self, cx: &RequestContext, opening: &Opening<'_>) -> SignIn {
        let oauth = opening.oauth.as_ref();
        let chosen = oauth.and_then(|oauth| oauth.origin_jti);
        SignIn {
            origin_jti: chosen.map_or_else(|| random::uuid(&*self.random), str::to_owned),
            pool: opening.pool.id.clone(),
            sub: opening.user.sub.clone(),
            client: opening.client.id.clone(),
            auth_time: opening.auth_time,
            methods: opening.methods.to_vec(),
            device: cx.user_agent.clone(),
            device_key: opening.device_key.clone(),
            scopes: oauth.map_or_else(|| vec![ADMIN_SCOPE.to_owned()], |oauth| oauth.scopes.to_vec()),
            oauth: oauth.is_some(),
            event_id: random::uuid(&*self.random),
            expires_at: family_end(cx.now, opening.client),
            opened: Some(cx.now),
            login: oauth.and_then(|oauth| oauth.login).map(str::to_owned),
            active: Some(Activity::of(cx)),
            revoked_at: None,
        }
    }

    /// A refresh token for a sign-in, and its row.
    pub(super) fn new_refresh_token(
        &self,
        now: Millis,
        sign_in: &SignIn,
        parent: Option<[u8; 32]>,
        expires_at: Millis,
    ) -> (String, RefreshToken) {
        let text = refresh_token::new(&self.keys, &*self.random, &sign_in.client, &sign_in.pool, expires_at);
        let row = RefreshToken {
            hash: refresh_token::hash(&text),
            origin_jti: sign_in.origin_jti.clone(),
            parent,
            pool: sign_in.pool.clone(),
            client: sign_in.client.clone(),
            sub: sign_in.sub.clone(),
            issued_at: now,
            expires_at,
            replaced_at: None,
        };
        (text, row)
    }

    /// Signs ID and access token of a sign-in from what user and groups are now, and from what the pool's function makes of them.
    pub(super) async fn mint(&self, cx: &RequestContext, minting: Minting<'_>) -> Result<Tokens> {
        let Minting { pool, client, user, sign_in, nonce, source } = minting;
        let now = cx.now;
        let keys = self.pool_keys(now, pool).await?;
        let groups = self.store.groups_of(pool.id.clone(), user.sub.clone()).await?;
        let jti = [random::uuid(&*self.random), random::uuid(&*self.random)];
        let issuer = self.issuer(pool);
        let facts = Facts { issuer: &issuer, client, user, groups: &groups, sign_in, now, nonce, jti };
        let wants_id = !sign_in.oauth || sign_in.scopes.iter().any(|scope| scope == "openid");
        let mut claims = Claims { id: wants_id.then(|| facts.id()), access: facts.access() };
        let (scopes, groups) = (&*sign_in.scopes, facts.group_configuration());
        let issue = Issue { pool, client: &client.id, user: Some(user), groups, scopes, source };
        claims.change(self.pre_token(cx, issue).await?);
        let access = keys.access().sign_jwt(&claims.access).map_err(unsigned)?;
        // Binds the ID token to the access token beside it; only the OAuth endpoints send it.
        if let Some(id) = claims.id.as_mut().filter(|_| sign_in.oauth) {
            id.insert("at_hash".to_owned(), json!(at_hash(&access)));
        }
        let id = claims.id.map(|id| keys.id().sign_jwt(&id).map_err(unsigned)).transpose()?;
        let expires_in = client.settings.access_token_seconds();
        Ok(Tokens { id, access, refresh: None, expires_in, new_device: None })
    }

    /// The access token of a machine (`client_credentials`): no user, no sign-in, nothing to refresh.
    pub async fn issue_machine_token(
        &self,
        cx: &RequestContext,
        pool: &UserPool,
        client: &AppClient,
        scopes: &[String],
    ) -> Result<Tokens> {
        let now = cx.now;
        let keys = self.pool_keys(now, pool).await?;
        let iat = now.div_euclid(1000);
        let expires_in = client.settings.access_token_seconds();
        let claims = json!({
            "sub": client.id,
            "token_use": "access",
            "scope": scopes.join(" "),
            "auth_time": iat,
            "iss": self.issuer(pool),
            "exp": iat.saturating_add_unsigned(expires_in),
            "iat": iat,
            "version": 2,
            "jti": random::uuid(&*self.random),
            "client_id": client.id,
        });
        let access: Map<String, Value> = claims.as_object().cloned().unwrap_or_default();
        let mut claims = Claims { id: None, access };
        let groups = GroupConfiguration::default();
        let source = TokenSource::ClientCredentials;
        let issue = Issue { pool, client: &client.id, user: None, groups, scopes, source };
        claims.change(self.pre_token(cx, issue).await?);
        Ok(Tokens {
            id: None,
            access: keys.access().sign_jwt(&claims.access).map_err(unsigned)?,
            refresh: None,
            expires_in,
            new_device: None,
        })
    }
}

fn after(now: Millis, seconds: u64) -> Millis {
    now.saturating_add_unsigned(seconds.saturating_mul(1000))
}

fn refresh_end(now: Millis, client: &AppClient) -> Millis {
    after(now, client.settings.refresh_token_seconds())
}

/// A sign-in must be found as long as any token of it may live, or a live access token would read as revoked.
fn family_end(now: Millis, client: &AppClient) -> Millis {
    let settings = &client.settings;
    let lives = [settings.refresh_token_seconds(), settings.access_token_seconds(), settings.id_token_seconds()];
    after(now, lives.into_iter().max().unwrap_or_default())
}

/// The left half of the access token's SHA-256 (OpenID Connect Core 3.1.3.6).
fn at_hash(access: &str) -> String {
    jose::base64url_encode(&digest::digest(&digest::SHA256, access.as_bytes()).as_ref()[..16])
}

fn unsigned(error: jose::JoseError) -> Error {
    Error::new(ErrorKind::InternalError, "Internal error").because(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_hash_is_the_left_half_of_the_digest() {
        // OpenID Connect Core, appendix A.3: this access token has this hash.
        assert_eq!(at_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"), "77QmUPtjPfzWtF2AnpK9RQ");
    }

    #[test]
    fn tokens_stay_out_of_logs() {
        let tokens =
            Tokens { id: Some("i".into()), access: "secret".into(), refresh: None, expires_in: 3600, new_device: None };
        assert_eq!(format!("{tokens:?}"), "Tokens { expires_in: 3600, .. }");
    }
}
