//! Passkeys (spec H.11): registering, listing and deleting them; signing in with one is the sign-in's business. The ceremonies are those of
//! `webauthn-rs-core`; what is kept are ids and public keys. A credential is looked for among the user's own only.
mod ceremony;
mod manage;
mod register;

pub(crate) use ceremony::{Ceremony, refused};
pub use register::Registrant;
pub(crate) use register::credential;

use crate::ids::{Millis, PoolId};
use crate::pool::PoolSettings;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Passkeys per user (spec H.8).
pub(crate) const MOST: usize = 20;

/// A registered credential.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Passkey {
    /// The pool.
    pub pool: PoolId,
    /// Whose.
    pub sub: String,
    /// `CredentialId`, base64url; unique in the pool.
    pub id: String,
    /// `FriendlyCredentialName`.
    pub name: String,
    /// `RelyingPartyId` for which it was made.
    pub relying_party: String,
    /// `AuthenticatorAttachment`, if the browser told.
    pub attachment: Option<String>,
    /// `AuthenticatorTransports`.
    pub transports: Vec<String>,
    /// When it was registered.
    pub created: Millis,
    /// How often it has signed, as far as it counts.
    pub counter: u32,
    /// The library's own form: id, public key, flags.
    pub credential: Value,
}

/// `WebAuthnConfiguration` of a pool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WebAuthn {
    /// `RelyingPartyId`; none: the pool's domain.
    pub relying_party: Option<String>,
    /// `UserVerification` is `required`.
    pub verification_required: bool,
    /// `FactorConfiguration` is `MULTI_FACTOR_WITH_USER_VERIFICATION`: a verified user needs no second factor.
    pub counts_as_two: bool,
}

/// Reads a pool's settings for passkeys.
pub fn settings(pool: &PoolSettings) -> WebAuthn {
    let document = pool.documents.get("WebAuthnConfiguration");
    let text = |name: &str| document.and_then(|document| document.get(name)?.as_str());
    let counts_as_two = text("FactorConfiguration") == Some("MULTI_FACTOR_WITH_USER_VERIFICATION");
    WebAuthn {
        relying_party: text("RelyingPartyId").map(str::to_owned),
        verification_required: counts_as_two || text("UserVerification") == Some("required"),
        counts_as_two,
    }
}

/// Whether users of the pool may sign in with a passkey.
pub fn enabled(pool: &PoolSettings) -> bool {
    pool.first_factors.iter().any(|factor| factor == "WEB_AUTHN")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::users::fixtures;

    #[test]
    fn a_passkey_that_counts_as_two_factors_needs_a_verified_user() {
        let mut pool = fixtures::settings();
        assert_eq!(settings(&pool), WebAuthn::default());
        let document = serde_json::json!({"FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION"});
        pool.documents.insert("WebAuthnConfiguration".into(), document);
        assert!(settings(&pool).verification_required);
    }
}
