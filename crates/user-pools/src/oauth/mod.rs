//! OAuth 2.0 on the login domain: authorization codes, login sessions, client authentication, grants, userInfo, and the decisions about them.
//! Pages, parameters and cookies belong to the `login` room; every refusal here is a [`Refusal`] that is noted before it is answered.
mod client_auth;
mod code;
mod implicit;
mod login_session;
mod machine;
mod pages;
mod refresh;
mod refusal;
mod revoke;
mod scopes;
mod site;
mod user_info;

pub use client_auth::ClientCredentials;
pub use code::{CodeRequest, Redemption, is_code_challenge};
pub use login_session::LoginOf;
pub use refusal::{ErrorCode, Refusal, Subject};
pub use scopes::Scopes;
pub(crate) use scopes::reveal;
pub use site::Site;

use crate::ids::{ClientId, Millis, PoolId};
use crate::token::Activity;
use serde::{Deserialize, Serialize};

/// An authorization code at rest: single use, five minutes, bound to client, redirect URI and verifier.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AuthCode {
    /// SHA-256 of the code; the key.
    #[serde(with = "crate::base64_bytes")]
    pub hash: [u8; 32],
    /// The pool.
    pub pool: PoolId,
    /// The only client that may redeem it.
    pub client: ClientId,
    /// The redirect URI of the authorize request, exactly.
    pub redirect_uri: String,
    /// Whose.
    pub sub: String,
    /// `code_challenge` (S256), if PKCE was used.
    pub code_challenge: Option<String>,
    /// `nonce`, for the ID token.
    pub nonce: Option<String>,
    /// Granted scopes.
    pub scopes: Vec<String>,
    /// When the user really authenticated (login cookie's time).
    pub auth_time: Millis,
    /// Proven methods.
    pub methods: Vec<String>,
    /// [`User::stamp`](crate::user::User::stamp) when it was proven: another password, or a global sign-out, ends it.
    #[serde(default)]
    pub stamp: String,
    /// The SSO session that it comes through.
    #[serde(default)]
    pub login: Option<String>,
    /// The family that redeeming opens; chosen when the code is made, so that a reuse can end it in the same act.
    pub origin_jti: String,
    /// End of life.
    pub expires_at: Millis,
    /// Set when redeemed; kept until `expires_at` so that a reuse is seen.
    pub redeemed_at: Option<Millis>,
}

/// A managed-login session: what the `cognito` cookie stands for. Only the SHA-256 of the random cookie value is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LoginSession {
    /// SHA-256 of the cookie's value; the key.
    #[serde(with = "crate::base64_bytes")]
    pub hash: [u8; 32],
    /// The pool.
    pub pool: PoolId,
    /// Who is signed in.
    pub sub: String,
    /// When they authenticated.
    pub auth_time: Millis,
    /// Proven methods.
    pub methods: Vec<String>,
    /// [`User::stamp`](crate::user::User::stamp) when it was proven: another password, or a global sign-out, ends it.
    #[serde(default)]
    pub stamp: String,
    /// The client through which they authenticated.
    #[serde(default)]
    pub client: Option<ClientId>,
    /// The sign-in as a use of the session.
    #[serde(default)]
    pub active: Option<Activity>,
    /// Fixed end, an hour after the sign-in unless clients take it for longer.
    pub expires_at: Millis,
}
