//! Who may sign: any key on loopback in `dev`, the configured key pairs in `serve`.
use aws::ServiceError;
use control_plane::{Signatures, Signed};
use http::request::Parts;
use sigv4::{CredentialScope, Payload, RequestParts, Rules, SecretKey, SigV4Error, Style};
use std::collections::HashMap;
use user_pools::Scope;

/// `dev`: a signature must be there, but any key makes a good one. The listener is on loopback and foreign pages are kept out.
pub struct AnyKey {
    /// Account of everything made here.
    pub account: String,
}

impl Signatures for AnyKey {
    fn check(&self, _now: i64, service: &str, parts: &Parts, _body: &[u8]) -> Result<Signed, ServiceError> {
        let scope = CredentialScope::peek(&RequestParts::from(parts))
            .ok_or_else(|| refused(&SigV4Error::MissingAuthenticationToken))?;
        if scope.service != service {
            let text = format!("Credential should be scoped to correct service: '{service}'. ");
            return Err(refused(&SigV4Error::InvalidSignature(text)));
        }
        Ok(Signed {
            scope: Scope { account: self.account.clone(), region: scope.region },
            access_key_id: scope.access_key_id,
        })
    }
}

/// `serve`: only the configured key pairs.
pub struct KnownKeys {
    keys: HashMap<String, SecretKey>,
}

impl KnownKeys {
    /// Key pairs by id.
    pub fn new(credentials: &[crate::config::Credential], account: &str) -> Self {
        let key = |credential: &crate::config::Credential| SecretKey {
            secret: credential.secret_access_key.clone(),
            account: credential.account.clone().unwrap_or_else(|| account.to_owned()),
            session_token: None,
        };
        Self {
            keys: credentials.iter().map(|credential| (credential.access_key_id.clone(), key(credential))).collect(),
        }
    }
}

impl Signatures for KnownKeys {
    fn check(&self, now: i64, service: &str, parts: &Parts, body: &[u8]) -> Result<Signed, ServiceError> {
        let keys = |id: &str| self.keys.get(id).cloned();
        let rules = Rules { style: Style::Standard, services: &[service], region: None };
        let verified = sigv4::verify(&RequestParts::from(parts), Payload::Bytes(body), &keys, &rules, now)
            .map_err(|error| refused(&error))?;
        Ok(Signed {
            scope: Scope { account: verified.account, region: verified.region },
            access_key_id: verified.access_key_id,
        })
    }
}

fn refused(error: &SigV4Error) -> ServiceError {
    ServiceError::new(error.code(), error.to_string())
}
