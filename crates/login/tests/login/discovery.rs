//! Discovery and keys, and which host names what.
use crate::browser::{Browser, claims, login};
use bytes::Bytes;
use http::Response;
use jose::{JwkSet, Jwt, KeySet};
use serde_json::Value;
use testing::{Bench, rows};
use user_pools::ports::Domains as _;

fn json(reply: &Response<Bytes>) -> Value {
    serde_json::from_slice(reply.body()).unwrap()
}

#[tokio::test]
async fn browsers_are_sent_to_the_login_domain_and_programs_to_the_base() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    bench.store.insert_domain(bench.now(), rows::domain(&pool.id, "dash")).await.unwrap();
    let reply = login(&bench).discovery(&bench.cx(), &pool).await;
    assert_eq!(reply.headers()["access-control-allow-origin"], "*");
    assert!(reply.headers()["cache-control"].to_str().unwrap().starts_with("public"));
    let document = json(&reply);
    assert_eq!(document["issuer"], format!("http://localhost:4566/{}", pool.id));
    assert_eq!(document["authorization_endpoint"], "http://dash.auth.localhost:4566/oauth2/authorize");
    assert_eq!(document["end_session_endpoint"], "http://dash.auth.localhost:4566/logout");
    assert_eq!(document["token_endpoint"], "http://localhost:4566/oauth2/token");
    assert_eq!(document["userinfo_endpoint"], "http://localhost:4566/oauth2/userInfo");
    assert_eq!(document["revocation_endpoint"], "http://localhost:4566/oauth2/revoke");
    assert_eq!(document["jwks_uri"], format!("http://localhost:4566/{}/.well-known/jwks.json", pool.id));
    assert_eq!(document["code_challenge_methods_supported"], serde_json::json!(["S256"]));

    let mut browser = Browser::new(&bench);
    browser.domain = Some("dash".to_owned());
    assert_eq!(browser.get("/.well-known/openid-configuration").await.json(), document);
    browser.domain = Some("nobody".to_owned());
    assert_eq!(browser.get("/.well-known/openid-configuration").await.status, 404);
}

#[tokio::test]
async fn without_a_domain_everything_is_on_the_base() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let document = json(&login(&bench).discovery(&bench.cx(), &pool).await);
    assert_eq!(document["authorization_endpoint"], "http://localhost:4566/oauth2/authorize");
}

#[tokio::test]
async fn the_published_keys_verify_the_tokens() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.client(&pool).await;
    bench.user(&pool, "ann").await;
    let mut browser = Browser::new(&bench);
    let code = browser.code(&client, "ann").await;
    let tokens = browser.redeem(&client, &code).await.json();
    let jwks: JwkSet = serde_json::from_value(json(&login(&bench).jwks(&bench.cx(), &pool).await)).unwrap();
    assert_eq!(jwks.keys.len(), 2);
    let keys = KeySet::from_jwks(&jwks);
    for name in ["id_token", "access_token"] {
        let token = tokens[name].as_str().unwrap();
        jose::verify(&Jwt::parse(token).unwrap(), &keys).unwrap();
        assert_eq!(claims(token)["iss"], format!("http://localhost:4566/{}", pool.id));
    }
}

#[tokio::test]
async fn a_login_domain_serves_its_own_pool_only() {
    let bench = Bench::new();
    let (pool, other) = (bench.pool().await, bench.pool().await);
    let (client, foreign) = (bench.client(&pool).await, bench.client(&other).await);
    bench.user(&pool, "ann").await;
    bench.store.insert_domain(bench.now(), rows::domain(&pool.id, "dash")).await.unwrap();
    let mut browser = Browser::new(&bench);
    browser.domain = Some("dash".to_owned());
    browser.origin = "http://dash.auth.localhost:4566".to_owned();
    let reply = browser.get(&format!("/oauth2/authorize?{}", crate::browser::ask(&foreign))).await;
    assert!(reply.location().starts_with("/error?error=invalid_request"));
    assert_eq!(bench.decisions.last().rule, "client.domain");
    let code = browser.code(&client, "ann").await;
    let pairs = crate::browser::redemption(&foreign.id.0, &code);
    assert_eq!(browser.token(&pairs).await.error(), "invalid_client");
    assert_eq!(browser.redeem(&client, &code).await.status, 200);
    let out = browser.get(&format!("/logout?client_id={}", client.id)).await;
    assert_eq!(out.header("clear-site-data"), "\"storage\"");
}
