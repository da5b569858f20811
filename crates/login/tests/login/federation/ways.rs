//! Which provider a request leads to.
use super::{at_corp, both, error_of, scene, walk};
use crate::browser::{Browser, ask, ask_with};
use crate::provider::{Corp, query};
use serde_json::json;
use testing::{Bench, PASSWORD};
use user_pools::ports::IdentityProviders as _;

#[tokio::test]
async fn a_session_will_do_for_a_provider_only_if_it_is_of_one_there() {
    let bench = Bench::new();
    let (pool, client, corp) = scene(&bench).await;
    bench.user(&pool, "ann").await;
    let mut browser = Browser::new(&bench);
    browser.sign_in(&ask(&client), "ann", PASSWORD).await;
    let away = browser.get(&at_corp(&client)).await;
    assert!(away.location().starts_with("https://corp.example/"), "{}", away.location());
    walk(&mut browser, &corp, &client, &json!({"sub": "17"})).await;
    assert!(browser.get(&at_corp(&client)).await.sent("code").is_some());
    assert!(browser.get(&format!("/oauth2/authorize?{}", ask(&client))).await.sent("code").is_some());
}

#[tokio::test]
async fn a_client_leads_to_its_own_providers_only() {
    let bench = Bench::new();
    let (pool, client, _) = scene(&bench).await;
    let own = bench.client(&pool).await;
    let refused = Browser::new(&bench).get(&at_corp(&own)).await;
    assert_eq!(error_of(&refused), ("invalid_request".into(), "This identity provider is not available".into()));
    let unknown = format!("/oauth2/authorize?{}", ask_with(&client, "&identity_provider=Nobody"));
    assert_eq!(error_of(&Browser::new(&bench).get(&unknown).await).0, "invalid_request");
    let page = Browser::new(&bench).sign_in_page(&ask(&client)).await;
    assert!(page.body.contains("&#38;identity_provider=Corp\""), "{}", page.body);
    assert!(page.text().contains("Continue with Corp"));

    let alone = bench.client_with(&pool, |settings| settings.identity_providers = Some(vec!["Corp".into()])).await;
    let mut browser = Browser::new(&bench);
    let to = browser.get(&format!("/oauth2/authorize?{}", ask(&alone))).await;
    assert!(to.location().ends_with("&identity_provider=Corp"), "the only way in needs no page: {}", to.location());
    let chooser = browser.get(&format!("/login?{}", ask(&alone))).await;
    assert!(chooser.forms().is_empty() && chooser.text().contains("Continue with Corp"));
    let closed = browser.get(&format!("/signup?{}", ask(&alone))).await;
    assert!(closed.location().starts_with("/login?"));
    let cognito = format!("/oauth2/authorize?{}", ask_with(&alone, "&identity_provider=COGNITO"));
    assert_eq!(error_of(&browser.get(&cognito).await).0, "unauthorized_client");
    bench.store.delete_identity_provider(bench.now(), pool.id, "Corp".into()).await.unwrap();
    let gone = browser.get(&format!("/oauth2/authorize?{}", ask(&alone))).await;
    assert_eq!(error_of(&gone).0, "unauthorized_client");
}

#[tokio::test]
async fn an_identifier_leads_to_its_provider() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    Corp::new(&bench, &pool, &["corp.example"]).await;
    let client = bench.client_with(&pool, |settings| settings.identity_providers = Some(both())).await;
    let by =
        |identifier: &str| format!("/oauth2/authorize?{}", ask_with(&client, &format!("&idp_identifier={identifier}")));
    let away = Browser::new(&bench).get(&by("corp.example")).await;
    assert!(away.location().starts_with("https://corp.example/authorize?"));
    assert_eq!(error_of(&Browser::new(&bench).get(&by("other.example")).await).0, "invalid_request");
}

#[tokio::test]
async fn hints_travel_to_the_provider_and_prompt_none_does_not() {
    let bench = Bench::new();
    let (_, client, _) = scene(&bench).await;
    let with =
        |more: &str| format!("/oauth2/authorize?{}", ask_with(&client, &format!("&identity_provider=Corp{more}")));
    let away = Browser::new(&bench).get(&with("&login_hint=ann&prompt=login%20evil")).await;
    let sent = query(away.location());
    assert_eq!((sent["login_hint"].as_str(), sent["prompt"].as_str()), ("ann", "login"));
    let quiet = Browser::new(&bench).get(&with("&prompt=none")).await;
    assert_eq!(error_of(&quiet).0, "login_required");
}
