//! What a provider tells about a user: the ID token's claims, and over them what its attributes endpoint says.
use super::documents::unreachable;
use super::endpoints::Endpoints;
use super::exchange::ProviderTokens;
use super::state::Returning;
use crate::context::RequestContext;
use crate::identity_provider::{IdentityProvider, ProviderKind};
use crate::oauth::{ErrorCode, Refusal};
use crate::ports::ProviderRequest;
use crate::service::UserPools;
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

/// What the token alone says.
const TOKENS_OWN: [&str; 8] = ["sub", "iss", "aud", "exp", "iat", "nonce", "azp", "auth_time"];

type Claims = Map<String, Value>;

/// What Google's ID token and its own userInfo know; the rest is asked of the People API.
const GOOGLE_CLAIMS: [&str; 9] =
    ["sub", "email", "email_verified", "name", "given_name", "family_name", "picture", "locale", "hd"];

/// Who somebody is, by a provider's own word.
pub(super) struct Profile {
    /// The subject; never empty.
    pub subject: String,
    pub claims: Claims,
    /// The same by where it was said, as the pool's function is told: `idToken`, `userInfo`, `tokenResponse`.
    pub said: Value,
}

impl UserPools {
    pub(super) async fn profile(
        &self,
        cx: &RequestContext,
        provider: &IdentityProvider,
        endpoints: &Endpoints,
        returning: &Returning,
        tokens: &ProviderTokens,
    ) -> Result<Profile, Refusal> {
        let mut claims = Claims::new();
        if provider.kind.has_id_token() {
            let token = tokens.id_token.as_deref().ok_or_else(|| {
                refused("id_token.present", "The identity provider sent no id_token")
                    .expected("openid among authorize_scopes")
            })?;
            claims = self.verified_id_token(cx, provider, endpoints, token, &returning.nonce).await?;
        }
        let mut said = json!({
            "tokenResponse": {"access_token": tokens.access_token, "id_token": tokens.id_token},
            "idToken": claims,
            "userInfo": {},
        });
        if let Some(request) = attributes_request(provider, endpoints, tokens)? {
            let more = self.attributes(request).await?;
            said["userInfo"] = Value::Object(more.clone());
            merge(provider.kind, &mut claims, more)?;
        }
        let subject = claims.get(provider.kind.subject_claim()).and_then(text_of).unwrap_or_default();
        if subject.is_empty() {
            return Err(refused("provider.subject", "The identity provider does not say who the user is"));
        }
        Ok(Profile { subject, claims, said })
    }

    async fn attributes(&self, request: ProviderRequest) -> Result<Claims, Refusal> {
        let answer = self.providers.ask(request).await.map_err(unreachable)?;
        let read = serde_json::from_slice(&answer.body).ok().filter(|_| answer.status == 200);
        read.ok_or_else(|| {
            refused("provider.user_info", "The identity provider's attributes cannot be read")
                .got(format!("the attributes endpoint answered {}, or no JSON object", answer.status))
        })
    }
}

/// How attributes are asked for, where they are.
fn attributes_request(
    provider: &IdentityProvider,
    endpoints: &Endpoints,
    tokens: &ProviderTokens,
) -> Result<Option<ProviderRequest>, Refusal> {
    let Some(url) = &endpoints.user_info else { return Ok(None) };
    let wanted = wanted(provider);
    if provider.kind == ProviderKind::Google && wanted.is_empty() {
        return Ok(None);
    }
    let token = tokens.access_token.clone().map(Zeroizing::new);
    let token = token.ok_or_else(|| refused("provider.token", "The identity provider sent no access_token"))?;
    let named = provider.detail("attributes_url_add_attributes") == Some("true");
    let url = if named { format!("{url}{}", wanted.join(",")) } else { url.clone() };
    let posts = provider.detail("attributes_request_method") == Some("POST");
    let form = posts.then(|| vec![("access_token", Zeroizing::new(token.to_string()))]);
    let bearer = (!posts).then_some(token);
    Ok(Some(ProviderRequest { url, form, bearer }))
}

/// The claims that are mapped, as far as this endpoint has them. Names that are none are not put into a URL.
fn wanted(provider: &IdentityProvider) -> Vec<&str> {
    let mut names: Vec<&str> = provider.mapping.values().map(String::as_str).collect();
    names.retain(|name| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.'));
    if provider.kind == ProviderKind::Google {
        names.retain(|name| !GOOGLE_CLAIMS.contains(name));
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// Puts what the endpoint says over the token's claims. It must speak of the same user (OpenID Connect Core 5.3.2), and who that is stays the
/// token's word.
fn merge(kind: ProviderKind, claims: &mut Claims, more: Claims) -> Result<(), Refusal> {
    if !kind.has_id_token() {
        *claims = more;
        return Ok(());
    }
    let same = more.get("sub").is_none_or(|sub| claims.get("sub") == Some(sub));
    // Google's People API has no `sub`.
    if !same || kind == ProviderKind::Oidc && !more.contains_key("sub") {
        return Err(refused("provider.user_info", "The identity provider's attributes are of another user"));
    }
    claims.extend(more.into_iter().filter(|(name, _)| !TOKENS_OWN.contains(&name.as_str())));
    Ok(())
}

/// A claim as the text of an attribute.
pub(super) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Array(entries) => Some(first_value(entries).unwrap_or_else(|| value.to_string())),
        // Facebook's picture.
        Value::Object(object) => {
            let url = object.get("data").and_then(|data| data.get("url")).and_then(Value::as_str);
            Some(url.map_or_else(|| value.to_string(), str::to_owned))
        }
    }
}

/// The entry that counts in an answer of Google's People API: `[{"metadata": {"primary": true}, "value": "…"}]`.
fn first_value(entries: &[Value]) -> Option<String> {
    let primary = |entry: &&Value| entry.pointer("/metadata/primary") == Some(&Value::Bool(true));
    let entry = entries.iter().find(primary).filter(|entry| entry.is_object())?;
    if let Some(date) = entry.get("date") {
        let part = |name| date.get(name).and_then(Value::as_u64);
        return Some(format!("{:04}-{:02}-{:02}", part("year")?, part("month")?, part("day")?));
    }
    let names = ["value", "formattedValue", "displayName", "url"];
    names.into_iter().find_map(|name| entry.get(name)?.as_str().map(str::to_owned))
}

fn refused(rule: &'static str, said: &'static str) -> Refusal {
    Refusal::new(ErrorCode::InvalidRequest, rule).saying(said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::collections::BTreeMap;

    fn object(value: &Value) -> Claims {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn attributes_of_another_user_are_refused_and_never_replace_the_subject() {
        let mut claims = object(&json!({"sub": "1", "email": "old@a.example", "iss": "i"}));
        for bad in [json!({"sub": "2"}), json!({"email": "x"}), json!({"sub": null})] {
            assert!(merge(ProviderKind::Oidc, &mut claims, object(&bad)).is_err());
        }
        merge(ProviderKind::Oidc, &mut claims, object(&json!({"sub": "1", "email": "new@a.example", "iss": "x"})))
            .unwrap();
        assert_eq!(claims, object(&json!({"sub": "1", "email": "new@a.example", "iss": "i"})));
    }

    #[test]
    fn claims_become_text() {
        for (value, text) in [
            (json!("a"), Some("a")),
            (json!(true), Some("true")),
            (json!(17), Some("17")),
            (json!(null), None),
            (json!(["a", "b"]), Some(r#"["a","b"]"#)),
            (json!({"data": {"url": "https://p"}}), Some("https://p")),
            (json!([{"value": "x"}, {"metadata": {"primary": true}, "value": "male"}]), Some("male")),
            (
                json!([{"metadata": {"primary": true}, "date": {"year": 1980, "month": 2, "day": 3}}]),
                Some("1980-02-03"),
            ),
        ] {
            assert_eq!(text_of(&value).as_deref(), text, "{value}");
        }
    }

    #[test]
    fn only_names_go_into_an_attributes_url() {
        let mut provider = IdentityProvider {
            pool: crate::ids::PoolId("p".into()),
            name: "Facebook".into(),
            version: 1,
            kind: ProviderKind::Facebook,
            details: BTreeMap::default(),
            sealed: vec![],
            mapping: [("username", "id"), ("email", "email"), ("name", "a&access_token=x")]
                .map(|(a, b)| (a.to_owned(), b.to_owned()))
                .into(),
            identifiers: vec![],
            acr: BTreeMap::default(),
            created: 0,
            modified: 0,
        };
        assert_eq!(wanted(&provider), ["email", "id"]);
        provider.kind = ProviderKind::Google;
        assert_eq!(wanted(&provider), ["id"]);
    }
}
