//! What can go wrong, one type per act: keys and signing, reading a token, verifying it. Texts are for logs; the gateway
//! and the AWS doors choose their own sentences by variant.
use std::fmt;

use thiserror::Error;

/// A key or a key set could not be used, or a token could not be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum JoseError {
    /// Not an RSA key, or a modulus outside 2048..=8192 bits, or an exponent that is even, below 3 or above 33 bits.
    #[error("the RSA key is malformed or outside the accepted sizes")]
    KeyRejected,
    /// The key exists but must not verify signatures: no `kid`, another key type, `use` or `alg`.
    #[error("the key is not meant for RSA signatures")]
    KeyNotForSignatures,
    /// The cryptographic library failed to make a key or a signature.
    #[error("the cryptographic library refused the operation")]
    Crypto,
    /// The claims do not serialise to a JSON object.
    #[error("the claims are not a JSON object")]
    ClaimsNotAnObject,
    /// A key set above [`crate::MAX_JWKS_BYTES`].
    #[error("the key set is larger than 150,000 bytes")]
    KeySetTooLarge,
    /// A key set that is not `{"keys":[...]}`.
    #[error("the key set is not a JSON object with a list named keys")]
    KeySetMalformed,
}

/// One of the three parts of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The first: algorithm and key id.
    Header,
    /// The second: the claims.
    Claims,
    /// The third: the signature.
    Signature,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Header => "header",
            Self::Claims => "claims",
            Self::Signature => "signature",
        })
    }
}

/// The name of a refused algorithm, safe to print: up to 16 letters, digits, `-`, `_` and `+`; anything else that an
/// attacker wrote there reads as `unknown`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefusedAlgorithm {
    bytes: [u8; 16],
    len: usize,
}

impl RefusedAlgorithm {
    /// Keeps `name` if it is harmless.
    pub(crate) fn new(name: &str) -> Self {
        let harmless = |byte: u8| byte.is_ascii_alphanumeric() || b"-_+".contains(&byte);
        let name = if (1..=16).contains(&name.len()) && name.bytes().all(harmless) { name } else { "unknown" };
        let mut bytes = [0; 16];
        bytes[..name.len()].copy_from_slice(name.as_bytes());
        Self { bytes, len: name.len() }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.bytes[..self.len]).unwrap_or("unknown")
    }
}

impl fmt::Display for RefusedAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a text is not a token that could be verified at all. No key was used to find out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ParseError {
    /// Above [`crate::MAX_TOKEN_BYTES`], or a header above [`crate::MAX_HEADER_BYTES`].
    #[error("the token is too long")]
    TooLong,
    /// Not exactly three parts.
    #[error("the token does not have three parts")]
    Segments,
    /// No RSA key of the accepted sizes makes a signature of this length.
    #[error("the signature has an impossible length")]
    SignatureLength,
    /// Not canonical base64url without padding.
    #[error("the {0} is not base64url")]
    Base64(Part),
    /// Not a JSON object, or followed by something, or a number outside what a double holds.
    #[error("the {0} is not a JSON object")]
    Json(Part),
    /// A member occurs twice, at any depth.
    #[error("the {0} has a duplicate member")]
    Duplicate(Part),
    /// Objects and lists nested deeper than 16.
    #[error("the {0} is nested too deeply")]
    TooDeep(Part),
    /// `crit` is present: the issuer demands an extension, and none is known here (RFC 7515 section 4.1.11).
    #[error("the header demands an extension that is not supported")]
    Critical,
    /// `alg` is missing, not a string, or outside the allow-list.
    #[error("the signing method {0} is not accepted")]
    Algorithm(RefusedAlgorithm),
    /// `kid` is missing, empty or not a string.
    #[error("the header names no key")]
    KeyIdMissing,
    /// `exp`, `nbf` or `iat` is present but not a number of seconds between the years 1 and 9999.
    #[error("the claim {0} is not a point in time")]
    Time(&'static str),
}

/// Why a well-formed token is not to be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum VerifyError {
    /// The key set has no key of this `kid`. The caller may refresh the set (rarely) and try again.
    #[error("no key of the set has the token's kid")]
    UnknownKey,
    /// The key exists, but its JWK reserves it for another algorithm.
    #[error("the key is reserved for another signing method")]
    AlgorithmNotForKey,
    /// The signature was not made by this key over this text.
    #[error("the signature is invalid")]
    Signature,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_algorithm_name_never_carries_header_syntax_out() {
        assert_eq!(RefusedAlgorithm::new("HS256").as_str(), "HS256");
        for hostile in ["", "a\r\nset-cookie: x", "\"", "aaaaaaaaaaaaaaaaa", "é"] {
            assert_eq!(RefusedAlgorithm::new(hostile).as_str(), "unknown");
        }
    }
}
