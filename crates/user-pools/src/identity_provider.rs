//! An identity provider of a pool, and the identities of users that come from one (spec I).
use crate::ids::{Millis, PoolId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `ProviderAttributeName` of an identity that is known by the provider's own subject.
pub const SUBJECT: &str = "Cognito_Subject";

/// `IdentityProviderType`, one row guarded by `version`.
#[derive(Clone, Serialize, Deserialize)]
pub struct IdentityProvider {
    /// The pool it belongs to.
    pub pool: PoolId,
    /// `ProviderName`, the key within the pool.
    pub name: String,
    /// Raised by one at every replacement.
    pub version: u64,
    /// `ProviderType`; fixed at creation.
    pub kind: ProviderKind,
    /// `ProviderDetails` without secrets.
    pub details: BTreeMap<String, String>,
    /// The secret members of `ProviderDetails` as a JSON object, sealed by the key ring with (pool, name, "identity provider").
    #[serde(with = "crate::base64_bytes")]
    pub sealed: Vec<u8>,
    /// `AttributeMapping`: attribute of the pool to claim of the provider.
    pub mapping: BTreeMap<String, String>,
    /// `IdpIdentifiers`, unique in the pool by a database constraint.
    pub identifiers: Vec<String>,
    /// `AcrMapping`, kept losslessly.
    pub acr: BTreeMap<String, String>,
    /// Creation time.
    pub created: Millis,
    /// Time of the last change.
    pub modified: Millis,
}

impl std::fmt::Debug for IdentityProvider {
    /// Details may hold what an operator calls a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IdentityProvider")
            .field("pool", &self.pool)
            .field("name", &self.name)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl IdentityProvider {
    /// A member of `ProviderDetails`; an empty one counts as absent.
    pub fn detail(&self, name: &str) -> Option<&str> {
        self.details.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

/// `IdentityProviderTypeType`, as far as it is supported (SAML is not, see docs/saml.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ProviderKind {
    /// Any OpenID Connect provider.
    #[serde(rename = "OIDC")]
    Oidc,
    /// Google.
    Google,
    /// Facebook.
    Facebook,
    /// Login with Amazon.
    LoginWithAmazon,
    /// Sign in with Apple.
    SignInWithApple,
}

impl ProviderKind {
    /// AWS's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Oidc => "OIDC",
            Self::Google => "Google",
            Self::Facebook => "Facebook",
            Self::LoginWithAmazon => "LoginWithAmazon",
            Self::SignInWithApple => "SignInWithApple",
        }
    }
}

/// An identity of a user at a provider. (pool, provider, attribute, value) names one user at most, by a database constraint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// `providerName`.
    pub provider: String,
    /// `providerType`.
    pub kind: ProviderKind,
    /// [`SUBJECT`], or the pool attribute by which an operator has linked it; the first sign-in turns the latter into the former.
    pub attribute: String,
    /// The provider's subject, or the value of that attribute.
    pub value: String,
    /// The user was made by it; otherwise it was linked.
    pub primary: bool,
    /// When.
    pub created: Millis,
}
