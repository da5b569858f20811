//! Public RSA keys as JSON (RFC 7517), written as Cognito writes them, read from anybody with tolerance for what is foreign.
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::JoseError;

/// API Gateway's limit for a key set.
pub const MAX_JWKS_BYTES: usize = 150_000;

/// One public RSA key. Members are written in Cognito's order; the private members of a careless issuer are never read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    /// The algorithm the key is reserved for; ours say `RS256`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// The public exponent, base64url of its big-endian bytes.
    pub e: String,
    /// The name by which tokens refer to the key.
    pub kid: String,
    /// The key type; only `RSA` can be used.
    pub kty: String,
    /// The modulus, base64url of its big-endian bytes.
    pub n: String,
    /// What the key is for: `sig`, or absent.
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    pub usage: Option<String>,
}

/// A set of keys: the document behind `jwks_uri`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JwkSet {
    /// The keys, newest use first or in any order.
    pub keys: Vec<Jwk>,
}

impl JwkSet {
    /// Reads a foreign key set of at most [`MAX_JWKS_BYTES`]. Keys of other types, without a `kid` or otherwise
    /// unreadable are left out: one strange key must not take the good ones away.
    pub fn read(bytes: &[u8]) -> Result<Self, JoseError> {
        #[derive(Deserialize)]
        struct Foreign {
            keys: Vec<Value>,
        }
        if bytes.len() > MAX_JWKS_BYTES {
            return Err(JoseError::KeySetTooLarge);
        }
        let foreign: Foreign = serde_json::from_slice(bytes).map_err(|_| JoseError::KeySetMalformed)?;
        Ok(Self { keys: foreign.keys.iter().filter_map(|key| Jwk::deserialize(key).ok()).collect() })
    }
}
