//! Where a provider answers: by its details, else by its discovery document.
use super::details::is_usable_url;
use super::documents::unreachable;
use crate::identity_provider::{IdentityProvider, ProviderKind};
use crate::ids::Millis;
use crate::oauth::Refusal;
use crate::service::UserPools;
use serde_json::Value;

/// The endpoints of a provider.
#[derive(Clone, Debug)]
pub(super) struct Endpoints {
    /// The issuer of its ID tokens; none for providers without.
    pub issuer: Option<String>,
    pub authorize: String,
    pub token: String,
    /// Where attributes are read, if anywhere.
    pub user_info: Option<String>,
    /// Its key set; none for providers without ID tokens.
    pub keys: Option<String>,
    /// It takes `code_challenge`.
    pub pkce: bool,
    /// It promises `iss` in its answers (RFC 9207).
    pub names_itself: bool,
}

impl UserPools {
    /// The endpoints. The discovery document is only asked for what the details lack.
    pub(super) async fn endpoints(&self, now: Millis, provider: &IdentityProvider) -> Result<Endpoints, Refusal> {
        let issuer = provider.detail("oidc_issuer").filter(|_| provider.kind.has_id_token());
        let needed = ["authorize_url", "token_url", "jwks_uri"];
        let complete = needed.into_iter().all(|name| provider.detail(name).is_some());
        let found = match issuer {
            Some(issuer) if !complete => Some(self.discover(now, issuer).await?),
            _ => None,
        };
        let pick = |detail: &str, member: &str| {
            let discovered = || found.as_ref()?.text(member);
            provider.detail(detail).map(str::to_owned).or_else(discovered)
        };
        let lacks = |what: &str| unreachable(format!("the provider's {what} is not known"));
        Ok(Endpoints {
            issuer: issuer.map(str::to_owned),
            authorize: pick("authorize_url", "authorization_endpoint").ok_or_else(|| lacks("authorize_url"))?,
            token: pick("token_url", "token_endpoint").ok_or_else(|| lacks("token_url"))?,
            user_info: pick("attributes_url", "userinfo_endpoint")
                .filter(|_| provider.kind != ProviderKind::SignInWithApple),
            keys: match issuer {
                Some(_) => Some(pick("jwks_uri", "jwks_uri").ok_or_else(|| lacks("jwks_uri"))?),
                None => None,
            },
            pkce: found.as_ref().is_some_and(Discovered::takes_pkce),
            names_itself: found.as_ref().is_some_and(Discovered::names_itself),
        })
    }

    async fn discover(&self, now: Millis, issuer: &str) -> Result<Discovered, Refusal> {
        let url = format!("{issuer}/.well-known/openid-configuration");
        let document = self.document(now, &url).await?;
        match document.get("issuer").and_then(Value::as_str) {
            // OpenID Connect Discovery 4.3: byte for byte, or somebody else speaks for the issuer.
            Some(named) if named == issuer => {}
            other => return Err(unreachable(format!("{url} is of the issuer {}", other.unwrap_or("(none)")))),
        }
        Ok(Discovered { document, https: issuer.starts_with("https:") })
    }
}

struct Discovered {
    document: std::sync::Arc<Value>,
    https: bool,
}

impl Discovered {
    /// An endpoint. A provider on https does not lead us to plain http, not even on this machine.
    fn text(&self, member: &str) -> Option<String> {
        let url = self.document.get(member)?.as_str()?;
        (is_usable_url(url) && (!self.https || url.starts_with("https:"))).then(|| url.to_owned())
    }

    fn takes_pkce(&self) -> bool {
        let methods = self.document.get("code_challenge_methods_supported").and_then(Value::as_array);
        methods.is_some_and(|methods| methods.iter().any(|method| method == "S256"))
    }

    fn names_itself(&self) -> bool {
        self.document.get("authorization_response_iss_parameter_supported") == Some(&Value::Bool(true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_provider_on_https_does_not_lead_to_plain_http() {
        let of = |https| Discovered {
            document: json!({"token_endpoint": "http://localhost:1/t", "jwks_uri": "https://a.example/k"}).into(),
            https,
        };
        assert_eq!(of(true).text("token_endpoint"), None);
        assert!(of(false).text("token_endpoint").is_some() && of(true).text("jwks_uri").is_some());
    }
}
