//! The relying party of a pool, as the library wants it, and the library's refusals in our words.
use super::{WebAuthn, settings};
use crate::error::{Error, ErrorKind, Result};
use crate::messages;
use crate::pool::UserPool;
use crate::service::UserPools;
use std::time::Duration;
use url::Url;
use webauthn_rs_core::WebauthnCore;
use webauthn_rs_core::error::WebauthnError;
use webauthn_rs_core::proto::UserVerificationPolicy;

/// How long browsers wait for the user.
const PATIENCE: Duration = Duration::from_mins(3);

/// What a ceremony is about.
pub(crate) struct Ceremony {
    pub relying_party: String,
    pub settings: WebAuthn,
    pub core: WebauthnCore,
}

impl Ceremony {
    fn new(relying_party: String, name: &str, settings: WebAuthn) -> Result<Self> {
        let origins = origins(&relying_party).map_err(|error| {
            messages::WEBAUTHN_NOT_CONFIGURED.because(format!("the relying party is no host name: {error}"))
        })?;
        let core =
            WebauthnCore::new_unsafe_experts_only(name, &relying_party, origins, PATIENCE, Some(true), Some(true));
        Ok(Self { relying_party, settings, core })
    }

    pub const fn policy(&self) -> UserVerificationPolicy {
        if self.settings.verification_required {
            UserVerificationPolicy::Required
        } else {
            UserVerificationPolicy::Preferred
        }
    }
}

/// An origin belongs to the relying party when its host is the party's or below it, by https on any port. `localhost` and what lies below it
/// never leave the machine: there http will do.
fn origins(relying_party: &str) -> Result<Vec<Url>, url::ParseError> {
    let local = relying_party == "localhost" || relying_party.ends_with(".localhost");
    let schemes: &[&str] = if local { &["https", "http"] } else { &["https"] };
    schemes.iter().map(|scheme| Url::parse(&format!("{scheme}://{relying_party}"))).collect()
}

impl UserPools {
    /// The pool's ceremony: `RelyingPartyId`, else the custom domain, else the prefix domain. WebAuthnConfigurationMissing without any.
    pub(crate) async fn ceremony(&self, pool: &UserPool) -> Result<Ceremony> {
        let settings = settings(&pool.settings);
        let relying_party = match &settings.relying_party {
            Some(id) => id.clone(),
            None => self.domain_host(pool).await?.ok_or(messages::WEBAUTHN_NOT_CONFIGURED)?,
        };
        Ceremony::new(relying_party, &pool.settings.name, settings)
    }

    async fn domain_host(&self, pool: &UserPool) -> Result<Option<String>> {
        let domains = self.store.domains_of(pool.id.clone()).await?;
        if domains.is_empty() {
            return Ok(None);
        }
        let url = Url::parse(&self.config.login_at(&domains));
        Ok(url.ok().and_then(|url| url.host_str().map(str::to_owned)))
    }
}

/// A refusal of the library.
pub(crate) fn refused(error: &WebauthnError) -> Error {
    let sentence = match error {
        WebauthnError::InvalidRPOrigin | WebauthnError::CredentialCrossOrigin => messages::WEBAUTHN_ORIGIN,
        WebauthnError::InvalidRPIDHash => messages::WEBAUTHN_RELYING_PARTY,
        WebauthnError::MismatchedChallenge => messages::WEBAUTHN_CHALLENGE_NOT_FOUND,
        WebauthnError::ParseBase64Failure(_)
        | WebauthnError::ParseCBORFailure(_)
        | WebauthnError::ParseJSONFailure(_)
        | WebauthnError::ParseNOMFailure
        | WebauthnError::ParseInsufficientBytesAvailable
        | WebauthnError::InvalidClientDataType => messages::WEBAUTHN_DOCUMENT,
        _ => messages::WEBAUTHN_CREDENTIAL,
    };
    sentence.because(error.to_string())
}

/// The library failed before anybody had answered.
pub(super) fn failed(error: &WebauthnError) -> Error {
    Error::new(ErrorKind::InternalError, "Internal error").because(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(party: &str, origin: &str) -> bool {
        let ceremony = Ceremony::new(party.to_owned(), "pool", WebAuthn::default()).unwrap();
        let origin = Url::parse(origin).unwrap();
        let allowed = ceremony.core.get_allowed_origins();
        allowed.iter().any(|one| webauthn_rs_core::proto::origin::origins_match(true, true, &origin, one))
    }

    #[test]
    fn an_origin_must_lie_within_the_relying_party_and_be_secure() {
        assert!(allows("example.com", "https://example.com"));
        assert!(allows("example.com", "https://app.example.com:8443"));
        for foreign in [
            "http://example.com",
            "https://badexample.com",
            "https://example.com.evil.net",
            "https://com",
            "http://localhost",
        ] {
            assert!(!allows("example.com", foreign), "{foreign}");
        }
    }

    #[test]
    fn the_own_machine_may_speak_http() {
        assert!(allows("localhost", "http://localhost:3000"));
        assert!(allows("app.auth.localhost", "http://app.auth.localhost:4566"));
        assert!(!allows("app.auth.localhost", "http://other.auth.localhost:4566"));
    }
}
