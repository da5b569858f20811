//! Forged tokens: each right in all but what it is forged in. None may pass the authorizer.
use aws_lc_rs::hmac;
use jose::{Jwk, SigningKey, base64url_encode};
use serde_json::{Map, Value, json};

/// A forgery and its name.
pub struct Forgery {
    /// What is wrong with it.
    pub name: &'static str,
    /// The token.
    pub token: String,
}

/// The forgeries made from a real token: its header and claims, signed by a key of ours where they are signed at all.
pub fn all(real: &str, public: &Jwk, now_seconds: i64) -> Result<Vec<Forgery>, String> {
    let claims = part(real, 1)?;
    let kid = part(real, 0)?.get("kid").and_then(Value::as_str).unwrap_or_default().to_owned();
    let key = SigningKey::generate().map_err(|error| error.to_string())?;
    let forged = |name, alg: &str, claims: &Map<String, Value>| {
        sign(&key, alg, &kid, claims).map(|token| Forgery { name, token })
    };
    let with = |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims.insert(name.to_owned(), value);
        claims
    };
    Ok(vec![
        Forgery { name: "alg none", token: format!("{}.", signing_input("none", &kid, &claims)) },
        Forgery { name: "HS256 keyed with the public key", token: hs256(&kid, &claims, public)? },
        forged("another key under the same kid", "RS256", &claims)?,
        forged("expired", "RS256", &with("exp", json!(now_seconds - 3600)))?,
        forged("wrong issuer", "RS256", &with("iss", json!("https://issuer.example")))?,
        forged("wrong audience", "RS256", &{
            let mut claims = with("aud", json!("another-client"));
            claims.insert("client_id".to_owned(), json!("another-client"));
            claims
        })?,
        Forgery {
            name: "claims changed under the real signature",
            token: transplanted(real, &with("cognito:groups", json!(["admins"])))?,
        },
    ])
}

/// Header or claims of a token, read without trust.
pub fn part(token: &str, index: usize) -> Result<Map<String, Value>, String> {
    let text = token.split('.').nth(index).ok_or("the token has too few parts")?;
    let bytes = jose::base64url_decode(text).ok_or("the token is not base64url")?;
    serde_json::from_slice(&bytes).map_err(|error| format!("the token is not JSON: {error}"))
}

fn signing_input(alg: &str, kid: &str, claims: &Map<String, Value>) -> String {
    let header = json!({"kid": kid, "alg": alg}).to_string();
    let claims = Value::Object(claims.clone()).to_string();
    format!("{}.{}", base64url_encode(header.as_bytes()), base64url_encode(claims.as_bytes()))
}

fn sign(key: &SigningKey, alg: &str, kid: &str, claims: &Map<String, Value>) -> Result<String, String> {
    // The key signs under its own kid; the header is then rewritten to the pool's, which is what an impostor would send.
    let token = key.sign_jwt(claims).map_err(|error| error.to_string())?;
    let signature = token.rsplit('.').next().unwrap_or_default();
    Ok(format!("{}.{signature}", signing_input(alg, kid, claims)))
}

fn hs256(kid: &str, claims: &Map<String, Value>, public: &Jwk) -> Result<String, String> {
    let input = signing_input("HS256", kid, claims);
    let secret = jose::base64url_decode(&public.n).ok_or("the JWKS has a bad modulus")?;
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), input.as_bytes());
    Ok(format!("{input}.{}", base64url_encode(tag.as_ref())))
}

fn transplanted(real: &str, claims: &Map<String, Value>) -> Result<String, String> {
    let (header, rest) = real.split_once('.').ok_or("the token has too few parts")?;
    let signature = rest.rsplit('.').next().unwrap_or_default();
    let claims = Value::Object(claims.clone()).to_string();
    Ok(format!("{header}.{}.{signature}", base64url_encode(claims.as_bytes())))
}
