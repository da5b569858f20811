//! What must not work: answers, states, codes and tokens of others, names and attributes of others.
use super::{at_corp, both, error_of, scene, walk};
use crate::browser::Browser;
use crate::provider::{CALLBACK_PATH, Corp, query};
use serde_json::json;
use testing::{Bench, PASSWORD};
use user_pools::client::AppClient;
use user_pools::ports::{Page, Users as _};

#[tokio::test]
async fn a_state_works_once_in_its_own_browser_and_for_five_minutes() {
    let bench = Bench::new();
    let (_, client, corp) = scene(&bench).await;
    let told = || json!({"sub": "17"});
    let mut browser = Browser::new(&bench);
    let away = browser.get(&at_corp(&client)).await;
    let back = corp.sign_in(&bench, away.location(), &told());
    let exchanges = || bench.providers.asked("https://corp.example/token").len();

    let mut victim = Browser::new(&bench);
    for target in
        [back.clone(), back.replace("state=", "state=x"), format!("{CALLBACK_PATH}?code=c"), CALLBACK_PATH.to_owned()]
    {
        let page = victim.get(&target).await;
        assert_eq!((page.status, page.header("location")), (400, ""), "{target}");
        assert!(page.text().contains("another browser"));
    }
    // A browser with a secret of its own is refused as one without: the attacker's answer in the victim's browser.
    victim.get(&at_corp(&client)).await;
    assert_eq!(victim.get(&back).await.status, 400);
    assert!(victim.cookies.keys().all(|name| !name.contains("us-east-1")), "nobody is signed in");
    assert_eq!((exchanges(), bench.decisions.last().rule), (0, "federation.browser".to_owned()));

    assert!(browser.get(&back).await.sent("code").is_some());
    let (error, _) = error_of(&browser.get(&back).await);
    assert_eq!((error.as_str(), exchanges()), ("invalid_request", 1), "a replay does not even ask the provider");

    let mut slow = Browser::new(&bench);
    let away = slow.get(&at_corp(&client)).await;
    let back = corp.sign_in(&bench, away.location(), &told());
    bench.clock.advance(5 * 60_000);
    let page = slow.get(&back).await;
    assert_eq!((page.status, exchanges()), (400, 1));
}

#[tokio::test]
async fn a_code_of_another_sign_in_is_refused() {
    let bench = Bench::new();
    let (pool, client, corp) = scene(&bench).await;
    // The attacker's own sign-in gives a code; it is put to the victim's state, or the other way round.
    let mut attacker = Browser::new(&bench);
    let theirs = attacker.get(&at_corp(&client)).await;
    corp.sign_in(&bench, theirs.location(), &json!({"sub": "evil"}));
    let mut victim = Browser::new(&bench);
    let ours = victim.get(&at_corp(&client)).await;
    let injected = format!("{CALLBACK_PATH}?code=evil&state={}", query(ours.location())["state"]);
    let (error, description) = error_of(&victim.get(&injected).await);
    assert_eq!((error.as_str(), description.as_str()), ("invalid_request", "Bad id_token nonce"));
    let all = bench.store.list_users(pool.id, None, Page { after: None, limit: 9 }).await.unwrap();
    assert!(all.is_empty());
}

#[tokio::test]
async fn id_tokens_that_are_not_for_us_now_are_refused() {
    let bench = Bench::new();
    let (pool, client, corp) = scene(&bench).await;
    let seconds = bench.now() / 1000;
    let stranger = jose::SigningKey::generate().unwrap();
    for (rule, change, key) in [
        ("id_token.issuer", json!({"iss": "https://evil.example"}), None),
        ("id_token.audience", json!({"aud": "somebody"}), None),
        ("id_token.time", json!({"exp": seconds - 61}), None),
        ("id_token.nonce", json!({"nonce": "other"}), None),
        ("id_token.sub", json!({"sub": null}), None),
        ("id_token.signature", json!({}), Some(&stranger)),
    ] {
        let mut browser = Browser::new(&bench);
        let away = browser.get(&at_corp(&client)).await;
        let back = corp.sign_in_with(&bench, away.location(), &json!({"sub": "17"}), &change, key);
        let (error, description) = error_of(&browser.get(&back).await);
        assert_eq!(error, "invalid_request", "{rule}");
        assert!(description.starts_with("Bad id_token"), "{description}");
        assert_eq!(bench.decisions.last().rule, rule);
    }
    for header in
        [json!({"alg": "none"}), json!({"alg": "HS256", "kid": corp.key.kid()}), json!({"alg": "PS256", "kid": "k"})]
    {
        let mut browser = Browser::new(&bench);
        let away = browser.get(&at_corp(&client)).await;
        let back = corp.sign_in(&bench, away.location(), &json!({"sub": "17"}));
        Corp::forge(&bench, &header);
        error_of(&browser.get(&back).await);
        assert_eq!(bench.decisions.last().rule, "id_token.form", "{header}");
    }
    let all = bench.store.list_users(pool.id, None, Page { after: None, limit: 9 }).await.unwrap();
    assert!(all.is_empty());
}

#[tokio::test]
async fn an_answer_of_another_issuer_is_refused() {
    let bench = Bench::new();
    let (_, client, corp) = scene(&bench).await;
    let mut browser = Browser::new(&bench);
    let away = browser.get(&at_corp(&client)).await;
    let back = corp.sign_in(&bench, away.location(), &json!({"sub": "17"}));
    let (error, _) = error_of(&browser.get(&format!("{back}&iss=https%3A%2F%2Fevil.example")).await);
    assert_eq!((error.as_str(), bench.decisions.last().rule), ("invalid_request", "federation.issuer".to_owned()));
    assert!(bench.providers.asked("https://corp.example/token").is_empty(), "the code goes nowhere");
}

#[tokio::test]
async fn a_local_user_of_the_same_name_is_not_taken_over() {
    let bench = Bench::new();
    let (pool, client, corp) = scene(&bench).await;
    let squatter = bench.user(&pool, "Corp_17").await;
    let (_, description) = error_of(&walk(&mut Browser::new(&bench), &corp, &client, &json!({"sub": "17"})).await);
    assert_eq!(description, "Already found an entry for username Corp_17");
    assert!(bench.stored(&squatter).await.identities.is_empty());
}

/// The names that users of a provider get are nobody's to choose: not as username, not as `preferred_username`.
#[tokio::test]
async fn nobody_sits_on_the_name_that_a_provider_gives() {
    use user_pools::users::{Asking, SignUp};
    let bench = Bench::new();
    let (plain, _, _) = scene(&bench).await;
    let open = bench.client(&plain).await;
    let pool =
        bench.pool_with(|pool| pool.alias_attributes = vec![user_pools::pool::AliasKind::PreferredUsername]).await;
    let corp = Corp::new(&bench, &pool, &[]).await;
    let client = bench.client_with(&pool, |settings| settings.identity_providers = Some(both())).await;
    let sign_up = async |client: &AppClient, username: &str, preferred: &str| {
        let asking = Asking { client: client.id.clone(), secret_hash: None, username: username.to_owned() };
        let attributes = vec![("preferred_username".to_owned(), preferred.to_owned())];
        let request = SignUp { asking, password: Some(PASSWORD.to_owned()), attributes };
        bench.pools.sign_up(&bench.cx(), request).await.map(drop).map_err(|error| error.message.into_owned())
    };
    let refused =
        Err("Username cannot begin with the name of an identity provider of the user pool and an underscore."
            .to_owned());
    assert_eq!(sign_up(&client, "Corp_17", "x").await, refused);
    assert_eq!(sign_up(&client, "someone", "Corp_17").await, refused);
    assert_eq!(sign_up(&client, "Corporate_17", "Corp17").await, Ok(()));
    assert_eq!(sign_up(&open, "Corp_17", "x").await, refused);
    assert_eq!(
        sign_up(&open, "someone", "Corp_17").await,
        Ok(()),
        "where it names nobody it is an attribute like others"
    );
    bench.user(&pool, "ann").await;
    let start = user_pools::sign_in::Start {
        door: user_pools::sign_in::Door::Api,
        client: client.id.clone(),
        flow: user_pools::sign_in::Flow::UserPassword,
        parameters: [("USERNAME", "ann"), ("PASSWORD", PASSWORD)].into_iter().collect(),
        session: None,
    };
    let Ok(user_pools::sign_in::SignedIn::Tokens(tokens)) = bench.pools.initiate_auth(&bench.cx(), &start).await else {
        panic!("no tokens")
    };
    let access = bench.pools.access(bench.now(), &tokens.access).await.unwrap();
    let change = vec![("preferred_username".to_owned(), "Corp_17".to_owned())];
    let changed = bench.pools.update_user_attributes(&bench.cx(), &access, &change).await;
    assert_eq!(changed.map(drop).map_err(|error| error.message.into_owned()), refused);
    let page = walk(&mut Browser::new(&bench), &corp, &client, &json!({"sub": "17"})).await;
    assert!(page.sent("code").is_some(), "{}", page.text());
}

#[tokio::test]
async fn attributes_of_another_user_are_refused() {
    let bench = Bench::new();
    let (_, client, corp) = scene(&bench).await;
    let mut browser = Browser::new(&bench);
    let away = browser.get(&at_corp(&client)).await;
    let back = corp.sign_in(&bench, away.location(), &json!({"sub": "17"}));
    bench.providers.answer("https://corp.example/me", 200, &json!({"sub": "18", "email": "victim@corp.example"}));
    let (error, _) = error_of(&browser.get(&back).await);
    assert_eq!((error.as_str(), bench.decisions.last().rule), ("invalid_request", "provider.user_info".to_owned()));
}
