//! JSON Web Tokens: sign, verify, key sets, rotation, and the cache of verified tokens. No I/O, no clock.
//!
//! RSA PKCS#1 v1.5 with SHA-2 only (RS256, RS384, RS512). Refused for good: `none`, shared secrets (HS*), elliptic curves,
//! PSS, encrypted tokens, and every key that a token brings along by itself (`jku`, `x5u`, `jwk`, `x5c` are never looked at).

mod algorithm;
mod base64url;
mod cache;
mod claims;
mod error;
mod json;
mod jwk;
mod jwt;
mod key_set;
mod signing;

pub use algorithm::Algorithm;
pub use base64url::{decode as base64url_decode, encode as base64url_encode};
pub use cache::{CachedToken, TokenCache};
pub use claims::Claims;
pub use error::{JoseError, ParseError, Part, RefusedAlgorithm, VerifyError};
pub use jwk::{Jwk, JwkSet, MAX_JWKS_BYTES};
pub use jwt::{Jwt, MAX_HEADER_BYTES, MAX_TOKEN_BYTES, verify};
pub use key_set::{KeySet, VerifyingKey};
pub use signing::SigningKey;
