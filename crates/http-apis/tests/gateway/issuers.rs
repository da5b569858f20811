//! Foreign issuers: discovery, key sets, rotation, and every way they can fail. Nobody passes without keys.

use std::time::Duration;

use jose::SigningKey;
use serde_json::{Value, json};

use super::{
    backends::{Act, Scripted, answer},
    bench::{Bench, claims_with, key},
};

fn jwks(keys: &[&SigningKey]) -> Vec<u8> {
    let keys: Vec<_> = keys.iter().map(|key| key.public_jwk()).collect();
    answer(&json!({"keys": keys}).to_string())
}

fn discovery(issuer: &str) -> Vec<u8> {
    answer(&json!({"issuer": issuer, "jwks_uri": format!("{issuer}/jwks")}).to_string())
}

async fn trusting(backend: &Scripted) -> (Bench, String) {
    let issuer = backend.url("");
    let mut bench = Bench::new().await;
    let function = bench.function("2.0", 30_000).await;
    let authorizer = bench.authorizer(&issuer, &["client1"], "$request.header.Authorization").await;
    bench.guarded("GET /metadata", &function, &authorizer, &[]).await;
    (bench, issuer)
}

fn of(key: &SigningKey, issuer: &str, changes: Value) -> String {
    let mut claims = claims_with(changes);
    claims["iss"] = json!(issuer);
    format!("Bearer {}", key.sign_jwt(&claims).unwrap())
}

async fn description(bench: &Bench, authorization: &str) -> String {
    let reply = bench.get("/metadata", &[("authorization", authorization)]).await;
    assert_eq!((reply.status, bench.calls()), (401, 0));
    let challenge = reply.header("www-authenticate").unwrap();
    challenge.split("error_description=\"").nth(1).unwrap().trim_end_matches('"').to_owned()
}

#[tokio::test]
async fn keys_are_found_by_discovery_once() {
    let backend = Scripted::new([]).await;
    let issuer = backend.url("");
    backend.then([Act::WriteAndClose(discovery(&issuer)), Act::WriteAndClose(jwks(&[key()]))]);
    let (bench, issuer) = trusting(&backend).await;
    for _ in 0..3 {
        assert_eq!(bench.status_with(&of(key(), &issuer, json!({}))).await, 200);
    }
    assert_eq!(bench.status_with(&of(key(), &issuer, json!({"jti": "another"}))).await, 200);
    let requests = backend.requests.lock().unwrap().clone();
    assert_eq!(requests.len(), 2);
    assert!(requests[0].starts_with("GET /.well-known/openid-configuration HTTP/1.1\r\n"), "{}", requests[0]);
    assert!(requests[1].starts_with("GET /jwks HTTP/1.1\r\n"));
}

#[tokio::test]
async fn a_token_that_fails_otherwise_makes_nobody_fetch() {
    let backend = Scripted::new([Act::Hang]).await;
    let (bench, issuer) = trusting(&backend).await;
    for authorization in
        ["garbage".to_owned(), of(key(), &issuer, json!({"exp": 1})), of(key(), "https://other.example", json!({}))]
    {
        assert_eq!(bench.status_with(&authorization).await, 401);
    }
    assert_eq!(backend.seen(), 0);
}

#[tokio::test]
async fn an_unknown_kid_is_looked_for_once_in_thirty_seconds() {
    let backend = Scripted::new([]).await;
    let issuer = backend.url("");
    let next = SigningKey::generate().unwrap();
    let stranger = SigningKey::generate().unwrap();
    backend.then([
        Act::WriteAndClose(discovery(&issuer)),
        Act::WriteAndClose(jwks(&[key()])),
        Act::WriteAndClose(discovery(&issuer)),
        Act::WriteAndClose(jwks(&[key(), &next])),
    ]);
    let (bench, issuer) = trusting(&backend).await;
    assert_eq!(bench.status_with(&of(key(), &issuer, json!({}))).await, 200);
    assert_eq!(bench.status_with(&of(&next, &issuer, json!({}))).await, 200, "a rotated key is found");
    assert_eq!(backend.seen(), 4);
    for _ in 0..5 {
        assert_eq!(bench.status_with(&of(&stranger, &issuer, json!({}))).await, 401);
        assert_eq!(bench.last_refusal().rule, "jwt.kid");
    }
    assert_eq!(backend.seen(), 4, "an invented kid must not make us fetch again and again");
    assert_eq!(bench.status_with(&of(key(), &issuer, json!({}))).await, 200);
}

#[tokio::test]
async fn a_failed_refetch_keeps_the_keys_that_are_there() {
    let backend = Scripted::new([]).await;
    let issuer = backend.url("");
    backend.then([Act::WriteAndClose(discovery(&issuer)), Act::WriteAndClose(jwks(&[key()])), Act::Close]);
    let (bench, issuer) = trusting(&backend).await;
    assert_eq!(bench.status_with(&of(key(), &issuer, json!({}))).await, 200);
    let stranger = SigningKey::generate().unwrap();
    assert_eq!(bench.status_with(&of(&stranger, &issuer, json!({}))).await, 401);
    assert_eq!(backend.seen(), 3);
    assert_eq!(bench.status_with(&of(key(), &issuer, json!({"jti": "new"}))).await, 200);
}

#[tokio::test]
async fn many_first_requests_fetch_once() {
    let backend = Scripted::new([]).await;
    let issuer = backend.url("");
    let pause = Duration::from_millis(100);
    backend.then([Act::Late(pause, discovery(&issuer)), Act::Late(pause, jwks(&[key()]))]);
    let (bench, issuer) = trusting(&backend).await;
    let authorization = of(key(), &issuer, json!({}));
    let headers = [("authorization", authorization.as_str())];
    let (a, b, c, d) = tokio::join!(
        bench.get("/metadata", &headers),
        bench.get("/metadata", &headers),
        bench.get("/metadata", &headers),
        bench.get("/metadata", &headers)
    );
    assert_eq!([a.status, b.status, c.status, d.status], [200; 4]);
    assert_eq!(backend.seen(), 2);
}

#[tokio::test]
async fn without_keys_nobody_passes_and_the_reason_is_told() {
    let discovery_error = "OIDC discovery endpoint communication error";
    let redirect = |to: &str| format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n").into_bytes();
    let good = Scripted::new([]).await;
    good.then([Act::WriteAndClose(discovery(&good.url(""))), Act::WriteAndClose(jwks(&[key()]))]);
    let cases: Vec<(&str, Vec<Act>, &str)> = vec![
        ("closes", vec![Act::Close], discovery_error),
        ("silent", vec![Act::Hang], discovery_error),
        ("too late", vec![Act::Late(Duration::from_millis(1700), discovery("x"))], discovery_error),
        (
            "redirect",
            vec![Act::WriteAndClose(redirect(&good.url("/.well-known/openid-configuration")))],
            discovery_error,
        ),
        ("good document with status 500", vec![], discovery_error),
        ("not JSON", vec![Act::WriteAndClose(answer("nonsense"))], discovery_error),
        ("500", vec![Act::WriteAndClose(b"HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n".to_vec())], discovery_error),
        (
            "other issuer",
            vec![Act::WriteAndClose(discovery("https://other.example"))],
            "the issuer in the discovery document does not match the configured issuer",
        ),
    ];
    for (name, acts, expected) in cases {
        let backend = Scripted::new(acts).await;
        if name == "good document with status 500" {
            let document = String::from_utf8(discovery(&backend.url(""))).unwrap().replacen("200 OK", "500 X", 1);
            backend.then([Act::WriteAndClose(document.into_bytes()), Act::WriteAndClose(jwks(&[key()]))]);
        }
        let (bench, issuer) = trusting(&backend).await;
        assert_eq!(description(&bench, &of(key(), &issuer, json!({}))).await, expected, "{name}");
    }
    assert_eq!(good.seen(), 0, "redirects are not followed");
}

#[tokio::test]
async fn a_key_set_that_cannot_be_read_lets_nobody_in() {
    let large = answer(&format!("{{\"keys\":[],\"x\":\"{}\"}}", "y".repeat(150_001)));
    for (name, jwks) in [
        ("garbage", answer("nonsense")),
        ("too large", large),
        ("401", b"HTTP/1.1 401 X\r\nContent-Length: 0\r\n\r\n".to_vec()),
    ] {
        let backend = Scripted::new([]).await;
        backend.then([Act::WriteAndClose(discovery(&backend.url(""))), Act::WriteAndClose(jwks)]);
        let (bench, issuer) = trusting(&backend).await;
        assert_eq!(description(&bench, &of(key(), &issuer, json!({}))).await, "JWKS communication error", "{name}");
    }
}

#[tokio::test]
async fn keys_are_not_fetched_over_plain_http_from_elsewhere() {
    let backend = Scripted::new([]).await;
    let issuer = backend.url("");
    let elsewhere = json!({"issuer": issuer, "jwks_uri": "http://keys.example/jwks"}).to_string();
    backend.then([Act::WriteAndClose(answer(&elsewhere))]);
    let (bench, issuer) = trusting(&backend).await;
    assert_eq!(description(&bench, &of(key(), &issuer, json!({}))).await, "JWKS communication error");
    assert!(bench.last_refusal().got.contains("only https"), "{:?}", bench.last_refusal());
}

#[tokio::test]
async fn an_issuer_that_comes_back_is_trusted_again() {
    let backend = Scripted::new([Act::Close]).await;
    let (bench, issuer) = trusting(&backend).await;
    let authorization = of(key(), &issuer, json!({}));
    assert_eq!(bench.status_with(&authorization).await, 401);
    assert_eq!(bench.status_with(&authorization).await, 401);
    assert_eq!(backend.seen(), 1, "a dead issuer is not asked for every request");
    backend.then([Act::WriteAndClose(discovery(&issuer)), Act::WriteAndClose(jwks(&[key()]))]);
    tokio::time::sleep(Duration::from_millis(1_050)).await;
    assert_eq!(bench.status_with(&authorization).await, 200);
}

#[tokio::test]
async fn vector_16_an_issuer_without_discovery_is_refused_at_create() {
    let backend = Scripted::new([Act::Close]).await;
    let bench = Bench::new().await;
    let issuer = backend.url("");
    let error = bench.gateway.check_issuer(&issuer).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "Caught exception when connecting to {issuer}/.well-known/openid-configuration for issuer {issuer}. Please try again later. Error: Invalid issuer: {issuer}. Issuer must have a valid discovery endpoint ended with '/.well-known/openid-configuration'"
        )
    );
    backend.then([Act::WriteAndClose(discovery(&issuer))]);
    bench.gateway.check_issuer(&issuer).await.unwrap();
    bench.gateway.check_issuer(super::bench::ISSUER).await.unwrap();
}
