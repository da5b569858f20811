//! A pool with functions attached, and what people do there, in one line each.
use crate::actor::App;
use serde_json::{Map, Value, json};
use testing::{Bench, PASSWORD};
use user_pools::client::ClientSettings;
use user_pools::pool::{Contact, PoolSettings};
use user_pools::sign_in::Door;
use user_pools::users::{Asking, ConfirmSignUp, SignUp, SignedUp};
use user_pools::{Carried, RequestContext, Result};

pub const ANN: &str = "ann@example.com";

/// Every trigger named has a function of its own name.
pub fn attach(pool: &mut PoolSettings, triggers: &[&str]) {
    let mut config: Map<String, Value> =
        triggers.iter().map(|trigger| ((*trigger).to_owned(), json!(trigger))).collect();
    for trigger in ["CustomEmailSender", "CustomSMSSender", "InboundFederation"] {
        if let Some(arn) = config.remove(trigger) {
            config.insert(trigger.to_owned(), json!({"LambdaVersion": "V1_0", "LambdaArn": arn}));
            config.insert("KMSKeyID".to_owned(), json!("arn:aws:kms:us-east-1:000000000000:key/sender"));
        }
    }
    pool.documents.insert("LambdaConfig".to_owned(), Value::Object(config));
    pool.auto_verified = vec![Contact::Email];
}

/// A pool whose token function wants a version of the event.
pub fn tokens_of(pool: &mut PoolSettings, version: &str) {
    let config = json!({"PreTokenGenerationConfig": {"LambdaVersion": version, "LambdaArn": "Tokens"}});
    pool.documents.insert("LambdaConfig".to_owned(), config);
}

/// An app whose pool has these functions; each gives its event back until told otherwise.
pub async fn app<'a>(bench: &'a Bench, triggers: &[&str]) -> App<'a> {
    with(bench, triggers, |_| {}, |_| {}).await
}

/// As [`app`], with a client that hides users.
pub async fn hiding<'a>(bench: &'a Bench, triggers: &[&str]) -> App<'a> {
    with(bench, triggers, |_| {}, |client| client.prevent_user_existence_errors = Some("ENABLED".into())).await
}

pub async fn with<'a>(
    bench: &'a Bench,
    triggers: &[&str],
    pool: impl FnOnce(&mut PoolSettings),
    client: impl FnOnce(&mut ClientSettings),
) -> App<'a> {
    for trigger in triggers {
        bench.functions.echoes(trigger);
    }
    let change = |settings: &mut PoolSettings| {
        attach(settings, triggers);
        pool(settings);
    };
    let pool = bench.pool_with(change).await;
    let client = bench
        .client_with(&pool, |settings| {
            settings.auth_flows.as_mut().unwrap().push("ALLOW_CUSTOM_AUTH".to_owned());
            client(settings);
        })
        .await;
    App { bench, pool, client, door: Door::Api }
}

/// A request that carries one entry of metadata and one of validation data.
pub fn carrying(bench: &Bench) -> RequestContext {
    let one = |name: &str| Some([(name.to_owned(), "1".to_owned())].into());
    bench.cx().carrying(Carried { metadata: one("meta"), validation: one("valid"), ..Carried::default() })
}

pub fn asking(app: &App<'_>, name: &str) -> Asking {
    Asking { client: app.client.id.clone(), secret_hash: None, username: name.to_owned() }
}

pub async fn sign_up(app: &App<'_>, name: &str) -> Result<SignedUp> {
    let attributes = vec![("email".to_owned(), ANN.to_owned())];
    let request = SignUp { asking: asking(app, name), password: Some(PASSWORD.to_owned()), attributes };
    app.bench.pools.sign_up(&carrying(app.bench), request).await
}

pub async fn confirm(app: &App<'_>, name: &str) -> Result<()> {
    let code = app.bench.mail.code_to(ANN);
    let request = ConfirmSignUp { asking: asking(app, name), code, force_alias: false };
    app.bench.pools.confirm_sign_up(&carrying(app.bench), request).await
}
