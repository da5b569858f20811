//! Client authentication by `SECRET_HASH` (spec C.3) or by the secret itself. Comparisons take constant time; either of two live secrets will do.
use crate::client::AppClient;
use crate::error::Result;
use crate::messages;
use crate::ports::StoreError;
use crate::service::UserPools;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// `Base64(HMAC-SHA256(secret, username || client id))`.
pub fn compute(secret: &[u8], username: &str, client: &str) -> String {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, secret));
    context.update(username.as_bytes());
    context.update(client.as_bytes());
    STANDARD.encode(context.sign().as_ref())
}

impl UserPools {
    /// Checks the hash as far as it can be done before the user is known: there where it must be, absent where it must be.
    pub(crate) fn check_secret_hash_presence(client: &AppClient, hash: Option<&str>) -> Result<()> {
        match (client.secrets.is_empty(), hash) {
            (true, Some(_)) => Err(messages::secret_hash_unexpected(&client.id)),
            (false, None) => Err(messages::secret_hash_missing(&client.id)),
            _ => Ok(()),
        }
    }

    /// Checks the hash against every name it may be computed over: the name sent, the internal username, the name the session began with.
    pub fn check_secret_hash(&self, client: &AppClient, hash: Option<&str>, names: &[&str]) -> Result<()> {
        Self::check_secret_hash_presence(client, hash)?;
        match hash {
            Some(hash) if !self.secret_hash_matches(client, hash, names)? => {
                Err(messages::secret_hash_wrong(&client.id))
            }
            _ => Ok(()),
        }
    }

    /// Whether the hash is right for one of the client's live secrets and one of the names.
    pub(crate) fn secret_hash_matches(&self, client: &AppClient, hash: &str, names: &[&str]) -> Result<bool> {
        let mut matched = subtle::Choice::from(0);
        for secret in self.client_secrets(client)? {
            for name in names {
                matched |= compute(secret.as_bytes(), name, &client.id.0).as_bytes().ct_eq(hash.as_bytes());
            }
        }
        Ok(matched.into())
    }

    /// The client's live secrets in plain text; none for a public client. Sealed for (pool, client id, "secret").
    pub fn client_secrets(&self, client: &AppClient) -> Result<Vec<Zeroizing<String>>> {
        let place = [client.pool.0.as_str(), client.id.0.as_str(), "secret"];
        let open = |sealed: &[u8]| {
            let plain = self.keys.open(&place, sealed).map_err(|_| broken())?;
            Ok(Zeroizing::new(std::str::from_utf8(&plain).map_err(|_| broken())?.to_owned()))
        };
        client.secrets.iter().map(|secret| open(&secret.sealed)).collect()
    }

    /// Whether this is one of the client's live secrets.
    pub fn is_client_secret(&self, client: &AppClient, given: &str) -> Result<bool> {
        let mut matched = subtle::Choice::from(0);
        for secret in self.client_secrets(client)? {
            matched |= secret.as_bytes().ct_eq(given.as_bytes());
        }
        Ok(matched.into())
    }
}

fn broken() -> StoreError {
    StoreError::Unavailable("a client secret does not open".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_one_boto3_users_compute() {
        // python3: base64.b64encode(hmac.new(b"s3cret", b"alice" + b"1example23456789", hashlib.sha256).digest())
        assert_eq!(compute(b"s3cret", "alice", "1example23456789"), "xrWiw2xkh6DruplUdQWp0q7+BC4jtkQfDhwIW07jV0M=");
    }
}
