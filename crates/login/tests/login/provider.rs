//! A provider called Corp, as an OpenID Connect provider would answer.
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jose::SigningKey;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use testing::Bench;
use user_pools::federation::NewProvider;
use user_pools::identity_provider::ProviderKind;
use user_pools::pool::UserPool;
use zeroize::Zeroizing;

pub const CALLBACK_PATH: &str = "/oauth2/idpresponse";
const ISSUER: &str = "https://corp.example";

pub struct Corp {
    pub key: SigningKey,
}

pub fn query(location: &str) -> BTreeMap<String, String> {
    let (_, query) = location.split_once('?').unwrap();
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

pub fn form_param<'a>(form: &'a [(&'static str, Zeroizing<String>)], name: &str) -> &'a str {
    &form.iter().find(|(given, _)| *given == name).unwrap().1
}

pub fn texts(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

impl Corp {
    /// Set up in the pool, with a mapping of the usual claims.
    pub async fn new(bench: &Bench, pool: &UserPool, identifiers: &[&str]) -> Self {
        let given = NewProvider {
            details: Some(texts(&[
                ("client_id", "at-corp"),
                ("client_secret", "corp-secret"),
                ("authorize_scopes", "openid email"),
                ("attributes_request_method", "GET"),
                ("oidc_issuer", ISSUER),
            ])),
            mapping: Some(texts(&[("email", "email"), ("email_verified", "email_verified"), ("name", "name")])),
            identifiers: Some(identifiers.iter().map(|text| (*text).to_owned()).collect()),
            acr: None,
        };
        bench
            .pools
            .create_identity_provider(bench.now(), pool, "Corp".into(), ProviderKind::Oidc, given)
            .await
            .unwrap();
        let discovery = json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://corp.example/authorize",
            "token_endpoint": "https://corp.example/token",
            "userinfo_endpoint": "https://corp.example/me",
            "jwks_uri": "https://corp.example/keys",
            "code_challenge_methods_supported": ["plain", "S256"],
        });
        bench.providers.answer("https://corp.example/.well-known/openid-configuration", 200, &discovery);
        let mut corp = Self { key: SigningKey::generate().unwrap() };
        corp.publish(bench);
        corp
    }

    fn publish(&mut self, bench: &Bench) {
        bench.providers.answer("https://corp.example/keys", 200, &json!({"keys": [self.key.public_jwk()]}));
    }

    pub fn rotate(&mut self, bench: &Bench) {
        self.key = SigningKey::generate().unwrap();
        self.publish(bench);
    }

    /// Somebody signs in at Corp: what it will answer, and where the browser goes back to.
    pub fn sign_in(&self, bench: &Bench, location: &str, told: &Value) -> String {
        self.sign_in_with(bench, location, told, &json!({}), None)
    }

    /// As `sign_in`, with changed claims in the ID token, or another key under it.
    pub fn sign_in_with(
        &self,
        bench: &Bench,
        location: &str,
        told: &Value,
        change: &Value,
        key: Option<&SigningKey>,
    ) -> String {
        let sent = query(location);
        let now = bench.now() / 1000;
        let mut claims: Map<String, Value> = json!({
            "iss": ISSUER, "aud": "at-corp", "exp": now + 300, "iat": now, "nonce": sent["nonce"], "sub": told["sub"],
        })
        .as_object()
        .unwrap()
        .clone();
        claims.extend(change.as_object().unwrap().clone());
        let id_token = match key {
            None => self.key.sign_jwt(&claims).unwrap(),
            Some(key) => renamed(&key.sign_jwt(&claims).unwrap(), self.key.kid()),
        };
        bench.providers.answer(
            "https://corp.example/token",
            200,
            &json!({"id_token": id_token, "access_token": "at", "token_type": "Bearer"}),
        );
        bench.providers.answer("https://corp.example/me", 200, told);
        format!("{CALLBACK_PATH}?code={}&state={}", told["sub"].as_str().unwrap().replace(' ', "+"), sent["state"])
    }

    /// The ID token that waits at the token endpoint gets another header; its claims and signature stay.
    pub fn forge(bench: &Bench, header: &Value) {
        let claims = json!({"iss": ISSUER, "aud": "at-corp", "exp": bench.now() / 1000 + 300, "sub": "17"});
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let token = format!("{}.{}.{}", part(header), part(&claims), URL_SAFE_NO_PAD.encode([7; 256]));
        bench.providers.answer("https://corp.example/token", 200, &json!({"id_token": token, "access_token": "at"}));
    }
}

/// A token under another key that claims the kid of the right one. The signature no longer fits, and would not if it did.
fn renamed(token: &str, kid: &str) -> String {
    let (_, rest) = token.split_once('.').unwrap();
    let header = json!({"kid": kid, "alg": "RS256"}).to_string();
    format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header))
}
