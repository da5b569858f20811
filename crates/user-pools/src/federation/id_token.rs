//! A provider's ID token (OpenID Connect Core 3.1.3.7): signed by a key of the provider, for us, now, and in answer to this very request.
use super::endpoints::Endpoints;
use crate::context::RequestContext;
use crate::identity_provider::{IdentityProvider, ProviderKind};
use crate::ids::Millis;
use crate::oauth::{ErrorCode, Refusal};
use crate::service::UserPools;
use jose::{Claims, JwkSet, Jwt, KeySet, VerifyError};
use serde_json::{Map, Value};
use std::sync::Arc;

/// Clocks differ.
const LEEWAY: i64 = 60;
/// A token for an authentication that is older was made for another day.
const OLDEST: i64 = 10 * 60;

impl UserPools {
    /// The claims of the token. Nothing in it is believed before its signature.
    pub(super) async fn verified_id_token(
        &self,
        cx: &RequestContext,
        provider: &IdentityProvider,
        endpoints: &Endpoints,
        token: &str,
        nonce: &str,
    ) -> Result<Map<String, Value>, Refusal> {
        let (Some(issuer), Some(keys)) = (&endpoints.issuer, &endpoints.keys) else {
            return Err(refused("id_token.issuer", "Bad id_token", "the provider has no issuer"));
        };
        // RS256, RS384 and RS512 only: `none`, and HMAC under what everybody knows, end here.
        let jwt = Jwt::parse(token).map_err(|error| refused("id_token.form", "Bad id_token", error.to_string()))?;
        let claims = match jose::verify(&jwt, &key_set(&*self.document(cx.now, keys).await?)?) {
            Err(VerifyError::UnknownKey) => jose::verify(&jwt, &key_set(&*self.newer_document(cx.now, keys).await?)?),
            other => other,
        };
        let claims =
            claims.map_err(|error| refused("id_token.signature", "Bad id_token signature", error.to_string()))?;
        let issuers = [issuer.as_str(), issuer.trim_start_matches("https://")];
        // Google signs as accounts.google.com too.
        let issuers = if provider.kind == ProviderKind::Google { &issuers[..] } else { &issuers[..1] };
        let client = provider.detail("client_id").unwrap_or_default();
        check(&claims, &Expected { issuers, client, nonce, now: cx.now })?;
        Ok(Arc::unwrap_or_clone(claims).into_map())
    }
}

fn key_set(document: &Value) -> Result<KeySet, Refusal> {
    let read = JwkSet::read(document.to_string().as_bytes());
    let read = read.map_err(|error| super::documents::unreachable(format!("the key set does not read: {error}")))?;
    Ok(KeySet::from_jwks(&read))
}

struct Expected<'a> {
    issuers: &'a [&'a str],
    client: &'a str,
    nonce: &'a str,
    now: Millis,
}

fn check(claims: &Claims, expected: &Expected<'_>) -> Result<(), Refusal> {
    let issuer = claims.str("iss").unwrap_or_default();
    if !expected.issuers.contains(&issuer) {
        return Err(refused("id_token.issuer", "Bad id_token issuer", issuer.to_owned()));
    }
    let audience = claims.audience().unwrap_or_default();
    let party = claims.str("azp");
    let alone = audience == [expected.client] && party.is_none_or(|party| party == expected.client);
    let named = audience.contains(&expected.client) && party == Some(expected.client);
    if !alone && !named {
        return Err(refused("id_token.audience", "Bad id_token audience", audience.join(" ")));
    }
    let now = expected.now.div_euclid(1000);
    let late = |name: &str| claims.seconds(name).is_some_and(|at| at > now + LEEWAY);
    let stale = claims.seconds("exp").is_none_or(|end| end + LEEWAY <= now)
        || claims.seconds("iat").is_some_and(|at| at + OLDEST < now);
    if stale || late("nbf") || late("iat") {
        return Err(refused("id_token.time", "Bad id_token time", "exp, iat or nbf"));
    }
    if claims.str("nonce") != Some(expected.nonce) {
        return Err(refused("id_token.nonce", "Bad id_token nonce", "another nonce, or none"));
    }
    match claims.str("sub") {
        Some(sub) if !sub.is_empty() => Ok(()),
        _ => Err(refused("id_token.sub", "Bad id_token: sub is missing", "none")),
    }
}

fn refused(rule: &'static str, said: &'static str, got: impl Into<std::borrow::Cow<'static, str>>) -> Refusal {
    Refusal::new(ErrorCode::InvalidRequest, rule).saying(said).got(got)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rule(change: &Value) -> Option<&'static str> {
        let mut claims = json!({"iss": "https://i", "aud": "c", "exp": 2000, "iat": 1000, "nonce": "n", "sub": "s"});
        for (name, value) in change.as_object().unwrap() {
            claims[name] = value.clone();
        }
        let claims = Claims::new(claims.as_object().unwrap().clone());
        let expected = Expected { issuers: &["https://i"], client: "c", nonce: "n", now: 1_010_000 };
        check(&claims, &expected).err().map(|refusal| refusal.rule)
    }

    #[test]
    fn a_token_for_us_in_answer_to_this_request_is_taken() {
        assert_eq!(rule(&json!({})), None);
        assert_eq!(rule(&json!({"aud": ["c"], "azp": "c"})), None);
        assert_eq!(rule(&json!({"aud": ["x", "c"], "azp": "c"})), None);
        assert_eq!(rule(&json!({"exp": 951})), None, "clocks differ by a minute");
    }

    #[test]
    fn any_other_token_is_refused() {
        for (change, expected) in [
            (json!({"iss": "https://i/"}), "id_token.issuer"),
            (json!({"iss": null}), "id_token.issuer"),
            (json!({"aud": "x"}), "id_token.audience"),
            (json!({"aud": ["x", "c"]}), "id_token.audience"),
            (json!({"azp": "x"}), "id_token.audience"),
            (json!({"exp": 950}), "id_token.time"),
            (json!({"exp": null}), "id_token.time"),
            (json!({"nbf": 1100}), "id_token.time"),
            (json!({"iat": 1100}), "id_token.time"),
            (json!({"iat": 400}), "id_token.time"),
            (json!({"nonce": "x"}), "id_token.nonce"),
            (json!({"nonce": null}), "id_token.nonce"),
            (json!({"sub": ""}), "id_token.sub"),
            (json!({"sub": 7}), "id_token.sub"),
        ] {
            assert_eq!(rule(&change), Some(expected), "{change}");
        }
    }
}
