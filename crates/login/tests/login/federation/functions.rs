//! Triggers around a federated sign-in.
use super::{both, error_of, named, user_of, walk};
use crate::browser::{Browser, claims};
use crate::provider::Corp;
use serde_json::{Value, json};
use testing::Bench;
use user_pools::ports::Users as _;

#[tokio::test]
async fn functions_frame_the_first_sign_in_and_every_later_one() {
    let bench = Bench::new();
    let triggers = ["PreSignUp", "PostConfirmation", "PreAuthentication", "PostAuthentication", "PreTokenGeneration"];
    let mut config: serde_json::Map<String, Value> =
        triggers.iter().map(|one| ((*one).to_owned(), json!(one))).collect();
    config.insert("InboundFederation".into(), json!({"LambdaVersion": "V1_0", "LambdaArn": "InboundFederation"}));
    triggers.iter().chain(&["InboundFederation"]).for_each(|one| bench.functions.echoes(one));
    let pool = bench
        .pool_with(|settings| {
            settings.documents.insert("LambdaConfig".into(), Value::Object(config));
        })
        .await;
    let corp = Corp::new(&bench, &pool, &[]).await;
    let client = bench.client_with(&pool, |settings| settings.identity_providers = Some(both())).await;
    let told = json!({"sub": "17", "email": "ann@corp.example", "email_verified": true});

    bench.functions.fails("PreSignUp", user_pools::ports::TriggerFailed::Function("not you".into()));
    let (error, why) = error_of(&walk(&mut Browser::new(&bench), &corp, &client, &told).await);
    assert_eq!((error.as_str(), why.as_str()), ("invalid_request", "PreSignUp failed with error not you."));
    let nobody = bench.store.find_user(pool.id.clone(), "Corp_17".into()).await;
    assert!(nobody.is_err(), "whom the function refuses is not stored");

    bench.functions.echoes("PreSignUp");
    bench.functions.clear();
    let mut browser = Browser::new(&bench);
    let home = walk(&mut browser, &corp, &client, &told).await;
    browser.redeem(&client, &home.sent("code").unwrap()).await;
    assert_eq!(
        bench.functions.sources(),
        [
            "InboundFederation_ExternalProvider",
            "PreSignUp_ExternalProvider",
            "PostConfirmation_ConfirmSignUp",
            "TokenGeneration_HostedAuth",
        ]
    );
    let inbound = &bench.functions.log()[0].event;
    assert_eq!((&inbound["userName"], &inbound["request"]["providerType"]), (&json!("Corp_17"), &json!("OIDC")));
    assert_eq!(inbound["request"]["attributes"]["idToken"]["sub"], "17");
    assert!(inbound["request"]["attributes"]["tokenResponse"]["access_token"].is_string());

    bench.functions.clear();
    bench.functions.answers("InboundFederation", |_, response| {
        response["userAttributesToMap"] = json!({"email": "mapped@corp.example", "sub": "1"});
    });
    let mut browser = Browser::new(&bench);
    let home = walk(&mut browser, &corp, &client, &told).await;
    browser.redeem(&client, &home.sent("code").unwrap()).await;
    assert_eq!(
        bench.functions.sources(),
        [
            "InboundFederation_ExternalProvider",
            "PreAuthentication_Authentication",
            "PostAuthentication_Authentication",
            "TokenGeneration_HostedAuth",
        ]
    );
    assert_eq!(user_of(&bench, &pool, "17").await.attributes["email"], "mapped@corp.example", "who it is stays");
}

/// What many apps do in PreSignUp: whoever comes from a provider is joined to the user who has been here before.
#[tokio::test]
async fn a_function_may_link_a_newcomer_to_a_user_who_exists() {
    let bench = Bench::new();
    bench.functions.echoes("PreSignUp");
    let pool = bench
        .pool_with(|settings| {
            settings.documents.insert("LambdaConfig".into(), json!({"PreSignUp": "PreSignUp"}));
        })
        .await;
    let corp = Corp::new(&bench, &pool, &[]).await;
    let client = bench.client_with(&pool, |settings| settings.identity_providers = Some(both())).await;
    let ann = bench.user(&pool, "ann").await;
    let (pools, cx, here) = (bench.pools.clone(), bench.cx(), pool.clone());
    bench.functions.script("PreSignUp", move |event| {
        let (pools, cx, pool) = (pools.clone(), cx.clone(), here.clone());
        let subject = event["userName"].as_str().unwrap().trim_start_matches("Corp_").to_owned();
        let link = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let to = named("Cognito", "", "ann");
            let from = named("Corp", "Cognito_Subject", &subject);
            runtime.block_on(pools.link_provider(&cx, &pool, &to, &from)).unwrap();
        };
        std::thread::spawn(link).join().unwrap();
        Ok(event.to_string().into_bytes())
    });
    let mut browser = Browser::new(&bench);
    let told = json!({"sub": "17", "email": "ann@example.com", "email_verified": true});
    let home = walk(&mut browser, &corp, &client, &told).await;
    let tokens = browser.redeem(&client, &home.sent("code").unwrap()).await.json();
    let id = claims(tokens["id_token"].as_str().unwrap());
    assert_eq!((&id["sub"], &id["cognito:username"]), (&json!(ann.sub), &json!("ann")));
    assert!(bench.store.find_user(pool.id.clone(), "Corp_17".into()).await.is_err(), "nobody else came to be");
}

#[tokio::test]
async fn a_function_that_forgets_the_flag_lifts_no_doubt_about_an_address() {
    let bench = Bench::new();
    let map = |flag: Option<&'static str>| {
        move |_: &Value, response: &mut Value| {
            let flag = flag.map(|flag| json!({"email": "ann@corp.example", "email_verified": flag}));
            response["userAttributesToMap"] = flag.unwrap_or(json!({"email": "ann@corp.example"}));
        }
    };
    bench.functions.answers("Inbound", map(None));
    let pool = bench
        .pool_with(|settings| {
            let inbound = json!({"InboundFederation": {"LambdaVersion": "V1_0", "LambdaArn": "Inbound"}});
            settings.documents.insert("LambdaConfig".into(), inbound);
        })
        .await;
    let corp = Corp::new(&bench, &pool, &[]).await;
    let client = bench.client_with(&pool, |settings| settings.identity_providers = Some(both())).await;
    let ann = bench.user(&pool, "ann").await;
    let (to, source) = (named("Cognito", "", "ann"), named("Corp", "email", "ann@corp.example"));
    bench.pools.link_provider(&bench.cx(), &pool, &to, &source).await.unwrap();
    let told = |subject: &str| json!({"sub": subject, "email": "ann@corp.example", "email_verified": false});
    walk(&mut Browser::new(&bench), &corp, &client, &told("evil")).await;
    assert_ne!(user_of(&bench, &pool, "evil").await.sub, ann.sub);
    bench.functions.answers("Inbound", map(Some("true")));
    walk(&mut Browser::new(&bench), &corp, &client, &told("17")).await;
    assert_eq!(bench.stored(&ann).await.identities[0].value, "17", "it may vouch for it");
}
