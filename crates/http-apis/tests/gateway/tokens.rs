//! The token battery: a token right in all but one point, for each point; every cause also through the warm cache.

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    rsa::KeyPair,
    signature::{RSA_PKCS1_SHA256, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaEncoding},
};
use jose::{KeySet, SigningKey, VerifyingKey, base64url_encode};
use serde_json::{Value, json};

use super::bench::{Bench, ISSUER, NOW, bearer, claims, claims_with, key, token};

const SECONDS: i64 = NOW / 1000;

fn pair() -> KeyPair {
    KeyPair::from_pkcs8(&key().pkcs8_der().unwrap()).unwrap()
}

/// Signs any header and claims text.
fn signed(header: &Value, claims: &str, with: &'static dyn RsaEncoding) -> String {
    let text = format!("{}.{}", base64url_encode(header.to_string()), base64url_encode(claims));
    let pair = pair();
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(with, &SystemRandom::new(), text.as_bytes(), &mut signature).unwrap();
    format!("{text}.{}", base64url_encode(signature))
}

fn header(alg: &str) -> Value {
    json!({"alg": alg, "kid": key().kid()})
}

fn hs256() -> String {
    let text = format!("{}.{}", base64url_encode(header("HS256").to_string()), base64url_encode(claims().to_string()));
    let secret = hmac::Key::new(hmac::HMAC_SHA256, serde_json::to_string(&key().public_jwk()).unwrap().as_bytes());
    format!("{text}.{}", base64url_encode(hmac::sign(&secret, text.as_bytes())))
}

fn tampered(of: &str, part: usize) -> String {
    let mut parts: Vec<String> = of.split('.').map(str::to_owned).collect();
    let flipped = if parts[part].starts_with('A') { "B" } else { "A" };
    parts[part].replace_range(..1, flipped);
    parts.join(".")
}

/// Name, Authorization header, rule that refuses, description where the reference has a source.
type Cause = (&'static str, String, &'static str, Option<&'static str>);

const SEGMENTS: Option<&str> = Some("token contains an invalid number of segments");
const EXPIRED: Option<&str> = Some("the token has expired");
const AUDIENCE: Option<&str> = Some("the token does not have a valid audience");

fn battery() -> Vec<Cause> {
    [shapes(), algorithms(), keys(), forged_claims(), times(), issued_for()].concat()
}

/// RS256 over any claims text.
fn rs256(header: &Value, claims: &str) -> String {
    signed(header, claims, &RSA_PKCS1_SHA256)
}

fn with(changes: Value) -> String {
    token(&claims_with(changes))
}

fn shapes() -> Vec<Cause> {
    let good = token(&claims());
    let parts: Vec<&str> = good.split('.').collect();
    vec![
        ("garbage", "abc".into(), "jwt.form", SEGMENTS),
        ("two parts", format!("{}.{}", parts[0], parts[1]), "jwt.form", SEGMENTS),
        ("four parts", format!("{good}.x"), "jwt.form", SEGMENTS),
        ("basic", "Basic dXNlcjpwYXNz".into(), "jwt.form", SEGMENTS),
        ("bearer alone", "Bearer".into(), "jwt.form", SEGMENTS),
        ("doubled bearer", format!("Bearer Bearer {good}"), "jwt.form", None),
        ("two tokens", format!("{good},{good}"), "jwt.form", SEGMENTS),
        ("empty signature", format!("{}.{}.", parts[0], parts[1]), "jwt.signature", None),
        ("short signature", format!("{}.{}.abcd", parts[0], parts[1]), "jwt.signature", None),
        ("padded signature", format!("{good}=="), "jwt.signature", None),
    ]
}

fn algorithms() -> Vec<Cause> {
    let text = claims().to_string();
    let none = format!("{}.{}.", base64url_encode(header("none").to_string()), base64url_encode(&text));
    vec![
        ("alg none", none, "jwt.algorithm", None),
        ("alg none, signed", rs256(&header("none"), &text), "jwt.algorithm", None),
        ("HS256 keyed with the public key", hs256(), "jwt.algorithm", None),
        ("ES256", rs256(&header("ES256"), &text), "jwt.algorithm", None),
        ("PS256", signed(&header("PS256"), &text, &RSA_PSS_SHA256), "jwt.algorithm", None),
        ("alg in lower case", rs256(&header("rs256"), &text), "jwt.algorithm", None),
        ("alg missing", rs256(&json!({"kid": key().kid()}), &text), "jwt.algorithm", None),
        ("RS512 on a key kept for RS256", signed(&header("RS512"), &text, &RSA_PKCS1_SHA512), "jwt.signature", None),
        ("RS256, signed with SHA-512", signed(&header("RS256"), &text, &RSA_PKCS1_SHA512), "jwt.signature", None),
    ]
}

fn keys() -> Vec<Cause> {
    let text = claims().to_string();
    let foreign = SigningKey::generate().unwrap();
    let theirs = foreign.sign_jwt(&claims()).unwrap();
    let (good, rest) = (token(&claims()), theirs.split_once('.').unwrap().1);
    let under_our_kid = format!("{}.{rest}", good.split_once('.').unwrap().0);
    let jwk = serde_json::to_value(foreign.public_jwk()).unwrap();
    let brought = json!({"alg": "RS256", "kid": "mine", "jwk": jwk, "jku": "https://evil.example/jwks"});
    let critical = json!({"alg": "RS256", "kid": key().kid(), "crit": ["exp"]});
    vec![
        ("kid missing", rs256(&json!({"alg": "RS256"}), &text), "jwt.kid", None),
        ("kid unknown", rs256(&json!({"alg": "RS256", "kid": "other"}), &text), "jwt.kid", None),
        ("kid a number", rs256(&json!({"alg": "RS256", "kid": 1}), &text), "jwt.kid", None),
        ("another key under the same kid", under_our_kid, "jwt.signature", None),
        ("own jwk in the header", rs256(&brought, &text), "jwt.kid", None),
        ("crit", rs256(&critical, &text), "jwt.form", None),
    ]
}

fn forged_claims() -> Vec<Cause> {
    let good = token(&claims());
    let parts: Vec<&str> = good.split('.').collect();
    let other = base64url_encode(claims_with(json!({"sub": "admin"})).to_string());
    let duplicate = format!(r#"{{"aud":"client1",{}"#, &claims().to_string()[1..]);
    let bomb = format!("{}{}", "[".repeat(500), "]".repeat(500));
    vec![
        ("claims tampered", format!("{}.{other}.{}", parts[0], parts[2]), "jwt.signature", None),
        ("signature tampered", tampered(&good, 2), "jwt.signature", None),
        ("claims not JSON", rs256(&header("RS256"), "nonsense"), "jwt.form", None),
        ("claims a list", rs256(&header("RS256"), "[1]"), "jwt.form", None),
        ("claims nested like a bomb", rs256(&header("RS256"), &bomb), "jwt.form", None),
        ("aud twice", rs256(&header("RS256"), &duplicate), "jwt.form", None),
    ]
}

fn times() -> Vec<Cause> {
    vec![
        ("expired", with(json!({"exp": SECONDS - 1})), "jwt.exp", EXPIRED),
        ("expires this second", with(json!({"exp": SECONDS})), "jwt.exp", EXPIRED),
        ("exp missing", with(json!({"exp": null})), "jwt.exp", None),
        ("exp a string", with(json!({"exp": "9999999999"})), "jwt.form", None),
        ("exp huge", with(json!({"exp": 1e300})), "jwt.form", None),
        ("nbf in the future", with(json!({"nbf": SECONDS + 60})), "jwt.nbf", None),
        ("iat in the future", with(json!({"iat": SECONDS + 60})), "jwt.iat", None),
    ]
}

fn issued_for() -> Vec<Cause> {
    let no_audience = |client: &str| with(json!({"aud": null, "client_id": client}));
    vec![
        ("issuer of another", with(json!({"iss": "https://evil.example"})), "jwt.issuer", None),
        ("issuer with a slash", with(json!({"iss": format!("{ISSUER}/")})), "jwt.issuer", None),
        ("issuer missing", with(json!({"iss": null})), "jwt.issuer", None),
        ("issuer a list", with(json!({"iss": [ISSUER]})), "jwt.issuer", None),
        ("audience of another", with(json!({"aud": "other"})), "jwt.audience", AUDIENCE),
        ("audience empty, client_id right", with(json!({"aud": [], "client_id": "client1"})), "jwt.audience", AUDIENCE),
        ("audience in other case", with(json!({"aud": "CLIENT1"})), "jwt.audience", AUDIENCE),
        ("audience and client_id missing", with(json!({"aud": null})), "jwt.audience", AUDIENCE),
        ("client_id of another", no_audience("other"), "jwt.audience", AUDIENCE),
        ("azp is no audience", with(json!({"aud": null, "azp": "client1"})), "jwt.audience", AUDIENCE),
    ]
}

async fn assert_refused(bench: &Bench, (name, authorization, rule, description): &Cause) {
    let before = bench.calls();
    let reply = bench.get("/metadata", &[("authorization", authorization)]).await;
    assert_eq!((reply.status, reply.text()), (401, r#"{"message":"Unauthorized"}"#), "{name}");
    let challenge = reply.header("www-authenticate").unwrap();
    let start = "Bearer scope=\"\" error=\"invalid_token\" error_description=\"";
    assert!(challenge.starts_with(start) && challenge.ends_with('"'), "{name}: {challenge}");
    if let Some(description) = description {
        assert_eq!(challenge, format!("{start}{description}\""), "{name}");
    }
    assert_eq!((reply.header("content-type"), reply.header("content-length")), (None, Some("26")), "{name}");
    assert_eq!(bench.calls(), before, "{name}: the function was called");
    let refusal = bench.last_refusal();
    assert_eq!(refusal.rule, *rule, "{name}: {refusal:?}");
    let told = format!("{refusal:?}");
    assert!(
        authorization.len() < 40 || !told.contains(authorization.as_str()),
        "{name}: the token stands in the record"
    );
}

#[tokio::test]
async fn every_cause_is_refused_cold_and_warm() {
    let bench = Bench::lesson().await;
    let battery = battery();
    assert!(battery.len() >= 25);
    for cause in &battery {
        assert_refused(&bench, cause).await;
    }
    // Warm: the token that all of them were made from is verified and cached.
    let good = format!("Bearer {}", token(&claims()));
    assert_eq!(bench.status_with(&good).await, 200);
    for cause in &battery {
        assert_refused(&bench, cause).await;
        assert_refused(&bench, cause).await;
    }
    assert_eq!(bench.status_with(&good).await, 200);
}

#[tokio::test]
async fn two_authorization_headers_are_refused() {
    let bench = Bench::lesson().await;
    let good = bearer(json!({}));
    let reply = bench.get("/metadata", &[("authorization", &good), ("authorization", &good)]).await;
    assert_eq!((reply.status, bench.calls()), (401, 0));
}

#[tokio::test]
async fn an_id_token_and_an_access_token_pass_as_on_aws() {
    let bench = Bench::lesson().await;
    assert_eq!(bench.status_with(&bearer(json!({"token_use": "id"}))).await, 200);
    assert_eq!(
        bench.status_with(&bearer(json!({"token_use": "access", "aud": null, "client_id": "client1"}))).await,
        200
    );
    assert_eq!(bench.status_with(&bearer(json!({"exp": 1.788e9}))).await, 200);
    assert_eq!(bench.status_with(&bearer(json!({"nbf": SECONDS, "iat": SECONDS}))).await, 200);
}

#[tokio::test]
async fn a_cached_token_expires_and_a_clock_set_back_does_not_help() {
    let bench = Bench::lesson().await;
    let authorization = bearer(json!({"exp": SECONDS + 10, "nbf": SECONDS - 5}));
    assert_eq!(bench.status_with(&authorization).await, 200);
    bench.set_now(NOW + 9_999);
    assert_eq!(bench.status_with(&authorization).await, 200);
    bench.set_now(NOW + 10_000);
    assert_eq!(bench.status_with(&authorization).await, 401);
    assert_eq!(bench.last_refusal().rule, "jwt.exp");
    bench.set_now(NOW - 6_000);
    assert_eq!(bench.status_with(&authorization).await, 401);
    assert_eq!(bench.last_refusal().rule, "jwt.nbf");

    bench.set_now(NOW);
    let authorization = bearer(json!({"iat": SECONDS - 10}));
    assert_eq!(bench.status_with(&authorization).await, 200);
    bench.set_now(NOW - 11_000);
    assert_eq!(bench.status_with(&authorization).await, 401);
    assert_eq!(bench.last_refusal().rule, "jwt.iat");
}

#[tokio::test]
async fn a_key_taken_back_takes_its_cached_tokens_with_it() {
    let bench = Bench::lesson().await;
    let authorization = bearer(json!({}));
    assert_eq!(bench.status_with(&authorization).await, 200);
    let next = SigningKey::generate().unwrap();
    bench.set_keys(Some(KeySet::new([next.verifying_key().unwrap()])));
    assert_eq!(bench.status_with(&authorization).await, 401);
    assert_eq!(bench.last_refusal().rule, "jwt.kid");
    let renewed = format!("Bearer {}", next.sign_jwt(&claims()).unwrap());
    assert_eq!(bench.status_with(&renewed).await, 200);
}

#[tokio::test]
async fn one_cached_token_does_not_open_another_audiences_route() {
    let mut bench = Bench::lesson().await;
    let function = bench.function("2.0", 30_000).await;
    let other = bench.authorizer(ISSUER, &["client2"], "$request.header.Authorization").await;
    bench.guarded("GET /other", &function, &other, &[]).await;
    let authorization = bearer(json!({}));
    assert_eq!(bench.status_with(&authorization).await, 200);
    let reply = bench.get("/other", &[("authorization", &authorization)]).await;
    assert_eq!((reply.status, bench.last_refusal().rule), (401, "jwt.audience"));
}

#[tokio::test]
async fn rs384_and_rs512_pass_where_the_key_is_not_kept_for_rs256() {
    let bench = Bench::lesson().await;
    let mut jwk = key().public_jwk();
    jwk.alg = None;
    bench.set_keys(Some(KeySet::new([VerifyingKey::from_jwk(&jwk).unwrap()])));
    for (alg, with) in [("RS384", &aws_lc_rs::signature::RSA_PKCS1_SHA384), ("RS512", &RSA_PKCS1_SHA512)] {
        let token = signed(&header(alg), &claims().to_string(), with);
        assert_eq!(bench.status_with(&token).await, 200, "{alg}");
    }
}

#[tokio::test]
async fn leeway_is_a_setting() {
    let options = http_apis::GatewayOptions { leeway: 30, ..Default::default() };
    let mut bench = Bench::with(options).await;
    let function = bench.function("2.0", 30_000).await;
    let authorizer = bench.authorizer(ISSUER, &["client1"], "$request.header.Authorization").await;
    bench.guarded("GET /metadata", &function, &authorizer, &[]).await;
    for _ in ["cold", "warm"] {
        assert_eq!(bench.status_with(&bearer(json!({"exp": SECONDS - 29}))).await, 200);
        assert_eq!(bench.status_with(&bearer(json!({"nbf": SECONDS + 30}))).await, 200);
        assert_eq!(bench.status_with(&bearer(json!({"exp": SECONDS - 30}))).await, 401);
    }
}
