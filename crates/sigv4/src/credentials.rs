//! Key pairs, and where a verifier finds them. Secrets are never printed.
use crate::canonical::hmac_sha256;
use std::fmt;

/// A key pair to sign with.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Public half, e.g. `AKIDEXAMPLE`.
    pub access_key_id: String,
    /// Secret half.
    pub secret: String,
    /// Goes along with temporary key pairs.
    pub session_token: Option<String>,
}

impl fmt::Debug for Credentials {
    /// Names the key, hides the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

/// What a verifier knows about a key id.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey {
    /// Secret half.
    pub secret: String,
    /// The account the key acts for.
    pub account: String,
    /// The token that must come along (temporary key pairs); `None` means that no token may come.
    pub session_token: Option<String>,
}

impl fmt::Debug for SecretKey {
    /// Names the account, hides the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretKey").field("account", &self.account).finish_non_exhaustive()
    }
}

/// Finds the secret of a key id. Any `Fn(&str) -> Option<SecretKey>` is one.
pub trait KeyStore {
    /// `None` when the key is unknown or switched off.
    fn find(&self, access_key_id: &str) -> Option<SecretKey>;
}

impl<F: Fn(&str) -> Option<SecretKey>> KeyStore for F {
    fn find(&self, access_key_id: &str) -> Option<SecretKey> {
        self(access_key_id)
    }
}

/// The key a day, region and service sign with, derived from the secret.
pub(crate) fn signing_key(secret: &str, date: &str, region: &str, service: &str) -> [u8; 32] {
    let mut first = Vec::with_capacity(4 + secret.len());
    first.extend_from_slice(b"AWS4");
    first.extend_from_slice(secret.as_bytes());
    let day = hmac_sha256(&first, date.as_bytes());
    let region = hmac_sha256(&day, region.as_bytes());
    let service = hmac_sha256(&region, service.as_bytes());
    hmac_sha256(&service, b"aws4_request")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_printed() {
        let credentials =
            Credentials { access_key_id: "AKID".into(), secret: "canary".into(), session_token: Some("canary".into()) };
        let key = SecretKey { secret: "canary".into(), account: "1".into(), session_token: Some("canary".into()) };
        assert!(!format!("{credentials:?}{key:?}").contains("canary"));
    }
}
