//! The social providers by their own ways: Google, Facebook, Login with Amazon, Sign in with Apple.
use crate::browser::{Browser, Reply, ask_with};
use crate::provider::{CALLBACK_PATH, form_param, query, texts};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jose::SigningKey;
use serde_json::{Value, json};
use testing::Bench;
use user_pools::client::AppClient;
use user_pools::federation::NewProvider;
use user_pools::identity_provider::ProviderKind;
use user_pools::pool::UserPool;
use user_pools::ports::Users as _;
use user_pools::user::User;

async fn set_up(
    bench: &Bench,
    kind: ProviderKind,
    details: &[(&str, &str)],
    mapping: &[(&str, &str)],
) -> (UserPool, AppClient) {
    let pool = bench.pool().await;
    let given = NewProvider { details: Some(texts(details)), mapping: Some(texts(mapping)), ..NewProvider::default() };
    bench.pools.create_identity_provider(bench.now(), &pool, kind.as_str().into(), kind, given).await.unwrap();
    let client =
        bench.client_with(&pool, |settings| settings.identity_providers = Some(vec![kind.as_str().into()])).await;
    (pool, client)
}

async fn away(browser: &mut Browser<'_>, client: &AppClient, kind: ProviderKind) -> Reply {
    let more = format!("&identity_provider={}", kind.as_str());
    browser.get(&format!("/oauth2/authorize?{}", ask_with(client, &more))).await
}

async fn stored(bench: &Bench, pool: &UserPool, username: &str) -> User {
    bench.store.find_user(pool.id.clone(), username.to_owned()).await.unwrap()
}

fn id_token(bench: &Bench, key: &SigningKey, issuer: &str, nonce: &str, more: &Value) -> String {
    let now = bench.now() / 1000;
    let claims = json!({"iss": issuer, "aud": "c", "exp": now + 300, "iat": now, "nonce": nonce, "sub": "17"});
    let mut claims = claims.as_object().unwrap().clone();
    claims.extend(more.as_object().unwrap().clone());
    key.sign_jwt(&claims).unwrap()
}

#[tokio::test]
async fn google_proves_by_an_id_token_and_tells_more_through_the_people_api() {
    let bench = Bench::new();
    let details = [("client_id", "c"), ("client_secret", "s"), ("authorize_scopes", "email")];
    let mapping = [("email", "email"), ("name", "name"), ("gender", "genders"), ("birthdate", "birthdays")];
    let (pool, client) = set_up(&bench, ProviderKind::Google, &details, &mapping).await;
    let key = SigningKey::generate().unwrap();
    let discovery = json!({"issuer": "https://accounts.google.com", "jwks_uri": "https://www.googleapis.com/oauth2/v3/certs",
        "code_challenge_methods_supported": ["S256"]});
    bench.providers.answer("https://accounts.google.com/.well-known/openid-configuration", 200, &discovery);
    bench.providers.answer("https://www.googleapis.com/oauth2/v3/certs", 200, &json!({"keys": [key.public_jwk()]}));
    let mut browser = Browser::new(&bench);
    let away = away(&mut browser, &client, ProviderKind::Google).await;
    assert!(away.location().starts_with("https://accounts.google.com/o/oauth2/v2/auth?"));
    let sent = query(away.location());
    assert_eq!(sent["scope"], "openid email", "without openid nothing would prove who it is");
    let more = json!({"email": "a@gmail.example", "name": "Ann"});
    let token = id_token(&bench, &key, "accounts.google.com", &sent["nonce"], &more);
    bench.providers.answer(
        "https://www.googleapis.com/oauth2/v4/token",
        200,
        &json!({"id_token": token, "access_token": "at"}),
    );
    let primary =
        json!({"metadata": {"primary": true}, "value": "female", "date": {"year": 1990, "month": 4, "day": 1}});
    let people = json!({"resourceName": "people/17", "genders": [{"metadata": {"primary": true}, "value": "female"}], "birthdays": [primary]});
    bench.providers.answer("https://people.googleapis.com/v1/people/me", 200, &people);
    let home = browser.get(&format!("{CALLBACK_PATH}?code=c&state={}", sent["state"])).await;
    assert!(home.sent("code").is_some(), "{}", home.location());
    let user = stored(&bench, &pool, "Google_17").await;
    assert_eq!((user.attributes["gender"].as_str(), user.attributes["birthdate"].as_str()), ("female", "1990-04-01"));
    let asked = bench.providers.asked("https://people.googleapis.com/v1/people/me").pop().unwrap();
    assert!(asked.url.ends_with("?personFields=birthdays,genders"), "{}", asked.url);
    assert_eq!(asked.bearer.unwrap().as_str(), "at");
}

#[tokio::test]
async fn facebook_is_asked_by_query_and_known_by_its_id() {
    let bench = Bench::new();
    let details = [
        ("client_id", "c"),
        ("client_secret", "s&1"),
        ("authorize_scopes", "public_profile,email"),
        ("api_version", "v21.0"),
    ];
    let mapping = [("email", "email"), ("picture", "picture")];
    let (pool, client) = set_up(&bench, ProviderKind::Facebook, &details, &mapping).await;
    let mut browser = Browser::new(&bench);
    let away = away(&mut browser, &client, ProviderKind::Facebook).await;
    assert!(away.location().starts_with("https://www.facebook.com/v21.0/dialog/oauth?"));
    let sent = query(away.location());
    assert!(!sent.contains_key("nonce") && !sent.contains_key("code_challenge"));
    bench.providers.answer("https://graph.facebook.com/v21.0/oauth/access_token", 200, &json!({"access_token": "at"}));
    let me = json!({"id": "99", "email": "a@fb.example", "picture": {"data": {"url": "https://p.example/1"}}});
    bench.providers.answer("https://graph.facebook.com/v21.0/me", 200, &me);
    let home = browser.get(&format!("{CALLBACK_PATH}?code=c%2F1&state={}", sent["state"])).await;
    assert!(home.sent("code").is_some(), "{}", home.location());
    let asked = bench.providers.asked("https://graph.facebook.com/v21.0/oauth/access_token").pop().unwrap();
    assert!(asked.form.is_none() && asked.url.contains("&client_secret=s%261"), "a GET");
    assert!(query(&asked.url)["code"] == "c/1");
    let asked = bench.providers.asked("https://graph.facebook.com/v21.0/me").pop().unwrap();
    assert!(asked.url.ends_with("?fields=email,id,picture"), "{}", asked.url);
    let user = stored(&bench, &pool, "Facebook_99").await;
    assert_eq!(user.attributes["picture"], "https://p.example/1");
    assert_eq!(user.attributes["email_verified"], "false", "nobody has said so");
}

#[tokio::test]
async fn amazon_is_known_by_its_user_id() {
    let bench = Bench::new();
    let details = [("client_id", "c"), ("client_secret", "s"), ("authorize_scopes", "profile")];
    let (pool, client) = set_up(&bench, ProviderKind::LoginWithAmazon, &details, &[("name", "name")]).await;
    let mut browser = Browser::new(&bench);
    let away = away(&mut browser, &client, ProviderKind::LoginWithAmazon).await;
    assert!(away.location().starts_with("https://www.amazon.com/ap/oa?"));
    bench.providers.answer("https://api.amazon.com/auth/o2/token", 200, &json!({"access_token": "at"}));
    bench.providers.answer(
        "https://api.amazon.com/user/profile",
        200,
        &json!({"user_id": "amzn1.account.X", "name": "Ann"}),
    );
    let state = &query(away.location())["state"];
    let home = browser.get(&format!("{CALLBACK_PATH}?code=c&state={state}")).await;
    assert!(home.sent("code").is_some(), "{}", home.location());
    assert_eq!(stored(&bench, &pool, "LoginWithAmazon_amzn1.account.X").await.attributes["name"], "Ann");
}

/// A key as Apple's console gives it.
fn apple_key() -> String {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
    let random = aws_lc_rs::rand::SystemRandom::new();
    let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(der.as_ref()))
}

#[tokio::test]
async fn apple_posts_its_answer_and_gets_a_signed_secret() {
    let bench = Bench::new();
    let private = &apple_key();
    let details = [
        ("client_id", "c"),
        ("team_id", "T"),
        ("key_id", "K"),
        ("private_key", private),
        ("authorize_scopes", "email name"),
    ];
    let mapping = [("email", "email"), ("email_verified", "email_verified"), ("given_name", "firstName")];
    let (pool, client) = set_up(&bench, ProviderKind::SignInWithApple, &details, &mapping).await;
    let provider = bench.pools.identity_provider(&pool.id, "SignInWithApple").await.unwrap();
    assert!(!bench.pools.shown_details(&provider).unwrap().contains_key("private_key"), "never answered back");
    assert!(!serde_json::to_string(&provider).unwrap().contains("PRIVATE KEY"), "and sealed at rest");
    let key = SigningKey::generate().unwrap();
    let discovery = json!({"issuer": "https://appleid.apple.com", "jwks_uri": "https://appleid.apple.com/auth/keys"});
    bench.providers.answer("https://appleid.apple.com/.well-known/openid-configuration", 200, &discovery);
    bench.providers.answer("https://appleid.apple.com/auth/keys", 200, &json!({"keys": [key.public_jwk()]}));
    let mut browser = Browser::new(&bench);
    let away = away(&mut browser, &client, ProviderKind::SignInWithApple).await;
    let sent = query(away.location());
    assert_eq!(sent["response_mode"], "form_post");
    let more = json!({"email": "a@apple.example", "email_verified": "true"});
    let token = id_token(&bench, &key, "https://appleid.apple.com", &sent["nonce"], &more);
    bench.providers.answer(
        "https://appleid.apple.com/auth/token",
        200,
        &json!({"id_token": token, "access_token": "at"}),
    );
    // A cross-site post brings no cookies.
    let mut bare = Browser::new(&bench);
    let user = r#"{"name":{"firstName":"Ann"},"email":"victim@x.example"}"#;
    let body =
        crate::browser::form_body([("code", "c"), ("state", sent["state"].as_str()), ("user", user), ("evil", "x")]);
    let headers = [("origin", "https://appleid.apple.com"), ("sec-fetch-site", "cross-site")];
    let round = bare.post_with(CALLBACK_PATH, body, &headers).await;
    assert!(round.location().starts_with(&format!("{CALLBACK_PATH}?code=c&")) && !round.location().contains("evil"));
    let home = browser.get(round.location()).await;
    assert!(home.sent("code").is_some(), "{}", home.location());
    let user = stored(&bench, &pool, "SignInWithApple_17").await;
    assert_eq!((user.attributes["given_name"].as_str(), user.attributes["email"].as_str()), ("Ann", "a@apple.example"));
    let exchange = bench.providers.asked("https://appleid.apple.com/auth/token").pop().unwrap();
    assert_eq!(form_param(&exchange.form.unwrap(), "client_secret").split('.').count(), 3);
}
