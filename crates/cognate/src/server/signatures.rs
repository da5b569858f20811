//! Who may sign: any key on loopback in `dev`, the configured key pairs in `serve`.
use aws::ServiceError;
use control_plane::{Signatures, Signed};
use http::StatusCode;
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
        let scope = Self::scope(service, parts)?;
        Ok(Signed {
            scope: Scope { account: self.account.clone(), region: scope.region },
            access_key_id: scope.access_key_id,
        })
    }

    fn could_pass(&self, _now: i64, service: &str, parts: &Parts) -> Result<(), ServiceError> {
        Self::scope(service, parts).map(drop)
    }
}

impl AnyKey {
    fn scope(service: &str, parts: &Parts) -> Result<CredentialScope, ServiceError> {
        let scope = CredentialScope::peek(&RequestParts::from(parts))
            .ok_or_else(|| refused(&SigV4Error::MissingAuthenticationToken, service))?;
        if scope.service != service {
            let text = format!("Credential should be scoped to correct service: '{service}'. ");
            return Err(refused(&SigV4Error::InvalidSignature(text), service));
        }
        Ok(scope)
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
        let rules = Rules { style: Style::Standard, services: &[service], region: None };
        let verified = sigv4::verify(&RequestParts::from(parts), Payload::Bytes(body), &self.keys(), &rules, now)
            .map_err(|error| refused(&error, service))?;
        Ok(Signed {
            scope: Scope { account: verified.account, region: verified.region },
            access_key_id: verified.access_key_id,
        })
    }

    fn could_pass(&self, now: i64, service: &str, parts: &Parts) -> Result<(), ServiceError> {
        let rules = Rules { style: Style::Standard, services: &[service], region: None };
        sigv4::could_pass(&RequestParts::from(parts), &self.keys(), &rules, now)
            .map_err(|error| refused(&error, service))
    }
}

impl KnownKeys {
    fn keys(&self) -> impl Fn(&str) -> Option<SecretKey> {
        |id| self.keys.get(id).cloned()
    }
}

/// The services tell the same refusal in ways of their own: the JSON service with 400, the REST service with 403, STS with 403 and the query
/// protocol's older names.
fn refused(error: &SigV4Error, service: &str) -> ServiceError {
    let code = error.code();
    let told = |code: &'static str| ServiceError::new(code, error.to_string());
    match service {
        aws::sts::SIGNING_NAME => told(match code {
            "InvalidSignatureException" => "SignatureDoesNotMatch",
            "UnrecognizedClientException" => "InvalidClientTokenId",
            "MissingAuthenticationTokenException" => "MissingAuthenticationToken",
            _ => "IncompleteSignature",
        })
        .status(StatusCode::FORBIDDEN),
        "apigateway" | "lambda" => told(code).status(StatusCode::FORBIDDEN),
        _ => told(code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_service_refuses_in_its_own_way() {
        let told = |service| {
            let error = refused(&SigV4Error::UnrecognizedClient, service);
            (error.status.as_u16(), error.code.into_owned())
        };
        assert_eq!(told("cognito-idp"), (400, "UnrecognizedClientException".to_owned()));
        assert_eq!(told("apigateway"), (403, "UnrecognizedClientException".to_owned()));
        assert_eq!(told("sts"), (403, "InvalidClientTokenId".to_owned()));
    }
}
