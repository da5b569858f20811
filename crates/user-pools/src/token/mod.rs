//! Sign-ins and the tokens that hang on them: rows here; claims, minting, refreshing and revoking beside.
mod claims;
mod mint;
mod overrides;
mod refresh;
mod refresh_token;
mod revoke;

pub use claims::ADMIN_SCOPE;
pub use mint::{OAuth, Opened, Opening, Tokens};
pub use refresh::ClientProof;
pub use refresh_token::{has_form as is_refresh_token, hash as token_hash};

use crate::ids::{ClientId, Millis, PoolId};
use serde::{Deserialize, Serialize};

/// One act of signing in. Refresh tokens, revocation and sign-out hang on it; its id is the `origin_jti` of every token born from it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SignIn {
    /// `origin_jti`, UUID text; the key.
    pub origin_jti: String,
    /// The pool.
    pub pool: PoolId,
    /// Who.
    pub sub: String,
    /// Through which client.
    pub client: ClientId,
    /// First authentication; kept by refreshes.
    pub auth_time: Millis,
    /// Proven methods in RFC 8176 words: `pwd`, `otp`, `mfa` ...
    pub methods: Vec<String>,
    /// Device line for people: the user agent.
    pub device: Option<String>,
    /// The tracked device: the one that has proven itself, else the one that was offered with the tokens.
    #[serde(default)]
    pub device_key: Option<String>,
    /// Granted scopes (`aws.cognito.signin.user.admin` alone for API sign-ins).
    pub scopes: Vec<String>,
    /// Opened by the OAuth endpoints: scopes narrow the ID token, and without `openid` there is none.
    #[serde(default)]
    pub oauth: bool,
    /// `event_id` of the tokens.
    pub event_id: String,
    /// The sign-in is no longer good after this (the refresh token's end).
    pub expires_at: Millis,
    /// When its first tokens were made: an SSO session may be older.
    #[serde(default)]
    pub opened: Option<Millis>,
    /// The SSO session that it came through.
    #[serde(default)]
    pub login: Option<String>,
    /// Its last use.
    #[serde(default)]
    pub active: Option<Activity>,
    /// Revoked at; nothing born from it is good for the user-pool API any more.
    pub revoked_at: Option<Millis>,
}

/// A use of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// When.
    pub at: Millis,
    /// From which address.
    pub ip: String,
    /// The user agent.
    pub device: Option<String>,
}

/// A refresh token at rest. Only the SHA-256 of the token is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RefreshToken {
    /// SHA-256 of the token; the key.
    #[serde(with = "crate::base64_bytes")]
    pub hash: [u8; 32],
    /// The sign-in (family) it belongs to.
    pub origin_jti: String,
    /// The token it replaced, when rotated.
    #[serde(with = "crate::base64_bytes")]
    pub parent: Option<[u8; 32]>,
    /// The pool.
    pub pool: PoolId,
    /// The only client that may use it.
    pub client: ClientId,
    /// Whose.
    pub sub: String,
    /// Issue time.
    pub issued_at: Millis,
    /// End of life; rotation keeps the first one's.
    pub expires_at: Millis,
    /// When rotation replaced it; it works on until the grace ends.
    pub replaced_at: Option<Millis>,
}

/// A signing key of a pool.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SigningKeyRow {
    /// The pool.
    pub pool: PoolId,
    /// `kid`, the key within the pool.
    pub kid: String,
    /// What it signs.
    pub purpose: KeyPurpose,
    /// Where it stands in its life.
    pub state: KeyState,
    /// PKCS#8 DER, sealed by the key ring with (pool, kid, "signing") as associated data.
    #[serde(with = "crate::base64_bytes")]
    pub sealed: Vec<u8>,
    /// The public half as it stands in the JWKS (JSON).
    pub public_jwk: serde_json::Value,
    /// Creation time.
    pub created: Millis,
    /// A retired key is published until here: as long as a token of its may live.
    pub published_until: Option<Millis>,
}

/// What a signing key signs: Cognito has one key for ID tokens and one for access tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyPurpose {
    /// ID tokens.
    Id,
    /// Access tokens.
    Access,
}

/// Life of a signing key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyState {
    /// Published, not signing yet.
    Next,
    /// Signs.
    Active,
    /// Published only, until its tokens have died.
    Retired,
}
