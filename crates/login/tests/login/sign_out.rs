//! /logout: whose session ends, and where the browser may go.
use crate::browser::{Browser, CALLBACK, ask, encode};
use testing::Bench;

#[tokio::test]
async fn signing_out_ends_the_session_and_goes_to_a_registered_url() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.client(&pool).await;
    bench.user(&pool, "ann").await;
    let mut browser = Browser::new(&bench);
    browser.code(&client, "ann").await;
    let name = format!("cognito-{}", pool.id);
    let value = browser.cookies[&name].clone();
    let out =
        browser.get(&format!("/logout?client_id={}&logout_uri={}", client.id, encode("https://app.example/"))).await;
    assert_eq!(out.location(), "https://app.example/");
    assert!(!browser.cookies.contains_key(&name));
    browser.cookies.insert(name, value);
    let after = browser.get(&format!("/oauth2/authorize?{}", ask(&client))).await;
    assert!(after.location().starts_with("/login?"), "the row is gone too");
}

#[tokio::test]
async fn an_unregistered_url_ends_nothing_and_leads_nowhere() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.client(&pool).await;
    bench.user(&pool, "ann").await;
    let mut browser = Browser::new(&bench);
    browser.code(&client, "ann").await;
    for uri in [
        "https://evil.example/",
        "https://app.example",
        "https://app.example/x",
        "//evil.example",
        "javascript:alert(1)",
        CALLBACK,
    ] {
        for name in ["logout_uri", "post_logout_redirect_uri"] {
            let reply = browser.get(&format!("/logout?client_id={}&{name}={}", client.id, encode(uri))).await;
            assert!(reply.location().starts_with("/error?error=redirect_mismatch&"), "{uri}");
            assert_eq!(reply.headers.get("set-cookie"), None);
        }
    }
    let twice = format!("/logout?client_id={}&logout_uri={}&logout_uri=x", client.id, encode("https://app.example/"));
    assert!(browser.get(&twice).await.location().starts_with("/error?"));
    for missing in ["/logout", "/logout?client_id=nobody&logout_uri=x"] {
        assert!(browser.get(missing).await.location().starts_with("/error?error=invalid_request"));
    }
    let still = browser.get(&format!("/oauth2/authorize?{}", ask(&client))).await;
    assert!(still.sent("code").is_some());
}

#[tokio::test]
async fn signing_out_may_lead_to_the_next_sign_in_or_to_a_page() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.client(&pool).await;
    bench.user(&pool, "ann").await;
    let mut browser = Browser::new(&bench);
    browser.code(&client, "ann").await;
    let next = browser.get(&format!("/logout?{}", ask(&client))).await;
    let location = next.location().to_owned();
    assert!(location.starts_with("/login?client_id="), "{location}");
    let page = browser.get(&location).await;
    assert_eq!(page.status, 200, "the session is over");
    let evil = browser.get(&format!("/logout?{}", ask(&client).replace("app%2Eexample", "evil%2Eexample"))).await;
    assert!(evil.location().starts_with("/error?"), "{}", evil.location());
    let plain = browser.get(&format!("/logout?client_id={}", client.id)).await;
    assert_eq!(plain.status, 200);
    assert!(plain.text().contains("You are signed out."));
}
