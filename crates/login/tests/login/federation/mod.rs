//! Sign-in at identity providers, with a scripted provider: the way there, the way back, the user, and everything that must not work.
mod forgeries;
mod functions;
mod links;
mod trouble;
mod users;
mod ways;

use crate::browser::{Browser, CALLBACK, Reply, ask_with};
use crate::provider::Corp;
use serde_json::Value;
use testing::Bench;
use user_pools::client::AppClient;
use user_pools::federation::Named;
use user_pools::pool::UserPool;
use user_pools::ports::Users as _;
use user_pools::user::User;

/// A pool, a client that offers Corp beside the pool's own users, and a provider.
async fn scene(bench: &Bench) -> (UserPool, AppClient, Corp) {
    let pool = bench.pool().await;
    let corp = Corp::new(bench, &pool, &[]).await;
    let client = bench.client_with(&pool, |settings| settings.identity_providers = Some(both())).await;
    (pool, client, corp)
}

fn both() -> Vec<String> {
    vec!["COGNITO".to_owned(), "Corp".to_owned()]
}

fn at_corp(client: &AppClient) -> String {
    format!("/oauth2/authorize?{}", ask_with(client, "&identity_provider=Corp"))
}

async fn user_of(bench: &Bench, pool: &UserPool, subject: &str) -> User {
    let name = format!("Corp_{subject}");
    bench.store.find_user(pool.id.clone(), name).await.unwrap()
}

fn named(provider: &str, attribute: &str, value: &str) -> Named {
    let owned = |text: &str| Some(text.to_owned());
    Named { provider: owned(provider), attribute: owned(attribute), value: owned(value) }
}

/// The whole way for a subject; the app's answer.
async fn walk(browser: &mut Browser<'_>, corp: &Corp, client: &AppClient, told: &Value) -> Reply {
    let away = browser.get(&at_corp(client)).await;
    let back = corp.sign_in(browser.bench, away.location(), told);
    browser.get(&back).await
}

fn error_of(reply: &Reply) -> (String, String) {
    assert!(reply.location().starts_with(CALLBACK), "{}", reply.location());
    assert_eq!(reply.sent("state").as_deref(), Some("st ate"));
    assert_eq!(reply.sent("code"), None);
    (reply.sent("error").unwrap(), reply.sent("error_description").unwrap_or_default())
}
