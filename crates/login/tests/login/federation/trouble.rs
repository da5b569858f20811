//! A provider that refuses, is away or talks nonsense; a pool that does not take what it says.
use super::{at_corp, both, error_of, scene, walk};
use crate::browser::Browser;
use crate::provider::{CALLBACK_PATH, Corp, query};
use futures_util::future::join_all;
use serde_json::{Value, json};
use testing::Bench;

#[tokio::test]
async fn a_refusal_of_the_provider_reaches_the_app_as_a_word() {
    let bench = Bench::new();
    let (_, client, _) = scene(&bench).await;
    for (sent, code) in
        [("access_denied", "access_denied"), ("server_error", "invalid_request"), ("%3Cscript%3E", "invalid_request")]
    {
        let mut browser = Browser::new(&bench);
        let away = browser.get(&at_corp(&client)).await;
        let state = &query(away.location())["state"];
        let reply = browser.get(&format!("{CALLBACK_PATH}?error={sent}&error_description=%3Cb%3E&state={state}")).await;
        let (error, description) = error_of(&reply);
        assert_eq!(error, code);
        assert!(description.starts_with("Corp Error - ") && !description.contains('<'), "{description}");
    }
}

#[tokio::test]
async fn what_the_pool_does_not_take_is_told_to_the_app() {
    let bench = Bench::new();
    let pool = bench
        .pool_with(|settings| {
            let of = |name: &str| settings.schema.iter().position(|attribute| attribute.name == name).unwrap();
            let (email, name) = (of("email"), of("name"));
            settings.schema[email].required = true;
            settings.schema[name].mutable = false;
        })
        .await;
    let corp = Corp::new(&bench, &pool, &[]).await;
    let client = bench.client_with(&pool, |settings| settings.identity_providers = Some(both())).await;
    let try_with = async |told: &Value| walk(&mut Browser::new(&bench), &corp, &client, told).await;
    let (error, description) = error_of(&try_with(&json!({"sub": "17"})).await);
    assert_eq!((error.as_str(), description.as_str()), ("invalid_request", "attributes required: [email]"));
    let told = || json!({"sub": "17", "email": "a@b.example", "name": "Ann"});
    assert!(try_with(&told()).await.sent("code").is_some());
    let (_, description) = error_of(&try_with(&told()).await);
    assert_eq!(description, "user.name: Attribute cannot be updated.");
    assert!(try_with(&json!({"sub": "17", "email": "a@b.example"})).await.sent("code").is_some());
    let (_, description) = error_of(&try_with(&json!({"sub": "18", "email": "nobody"})).await);
    assert_eq!(description, "Invalid email address format.");
    let (_, description) = error_of(&try_with(&json!({"sub": "two words", "email": "a@b.example"})).await);
    assert_eq!(description, "The identity provider's subject cannot be part of a username");
}

#[tokio::test]
async fn a_provider_that_is_away_or_talks_nonsense_is_a_server_error() {
    let bench = Bench::new();
    let (_, client, corp) = scene(&bench).await;
    let mut browser = Browser::new(&bench);
    let away = browser.get(&at_corp(&client)).await;
    let back = corp.sign_in(&bench, away.location(), &json!({"sub": "17"}));
    bench.providers.answer("https://corp.example/token", 503, &json!({}));
    let (error, description) = error_of(&browser.get(&back).await);
    assert_eq!((error.as_str(), description.as_str()), ("invalid_request", "Corp Error - 503 no usable answer"));
    bench.clock.advance(16 * 60_000);
    bench.providers.answer(
        "https://corp.example/.well-known/openid-configuration",
        200,
        &json!({"issuer": "https://evil.example"}),
    );
    let (error, _) = error_of(&Browser::new(&bench).get(&at_corp(&client)).await);
    assert_eq!((error.as_str(), bench.decisions.last().rule), ("server_error", "provider.unreachable".to_owned()));
}

#[tokio::test]
async fn a_provider_is_asked_once_for_all_who_come_and_left_alone_while_it_is_silent() {
    const DISCOVERY: &str = "https://corp.example/.well-known/openid-configuration";
    let bench = Bench::new();
    let (_, client, _) = scene(&bench).await;
    let crowd = async |led: bool| {
        let all = (0..16).map(|_| {
            let (bench, target) = (&bench, at_corp(&client));
            async move { Browser::new(bench).get(&target).await.location().starts_with("https://corp.example/") }
        });
        assert_eq!(join_all(all).await, [led; 16]);
        bench.providers.asked(DISCOVERY).len()
    };
    assert_eq!(crowd(true).await, 1);
    bench.clock.advance(16 * 60_000);
    bench.providers.answer(DISCOVERY, 503, &json!({}));
    assert_eq!(crowd(false).await, 2);
    bench.clock.advance(5_000);
    assert_eq!(crowd(false).await, 3, "it is asked again, and once");
}

#[tokio::test]
async fn keys_are_fetched_again_when_one_lacks() {
    let bench = Bench::new();
    let (_, client, mut corp) = scene(&bench).await;
    walk(&mut Browser::new(&bench), &corp, &client, &json!({"sub": "17"})).await;
    bench.clock.advance(11_000);
    corp.rotate(&bench);
    assert!(walk(&mut Browser::new(&bench), &corp, &client, &json!({"sub": "17"})).await.sent("code").is_some());
    assert_eq!(bench.providers.asked("https://corp.example/keys").len(), 2);
}
