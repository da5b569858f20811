//! Identities that lead to a user who exists, by an administrator's word alone.
use super::{both, named, scene, user_of, walk};
use crate::browser::{Browser, ask_with, claims};
use crate::provider::Corp;
use serde_json::json;
use testing::{Bench, PASSWORD};

#[tokio::test]
async fn an_identity_that_is_shut_out_takes_its_tokens_along() {
    let bench = Bench::new();
    let (pool, client, corp) = scene(&bench).await;
    let mut browser = Browser::new(&bench);
    let home = walk(&mut browser, &corp, &client, &json!({"sub": "17"})).await;
    let tokens = browser.redeem(&client, &home.sent("code").unwrap()).await.json();
    let refresh = tokens["refresh_token"].as_str().unwrap().to_owned();
    bench.pools.disable_provider(&bench.cx(), &pool, &named("Corp", "Cognito_Subject", "17")).await.unwrap();
    bench.pools.admin_enable_user(&bench.cx(), &pool, "Corp_17").await.unwrap();
    let refreshing =
        [("grant_type", "refresh_token"), ("client_id", client.id.0.as_str()), ("refresh_token", &refresh)];
    assert_eq!(browser.token(&refreshing).await.error(), "invalid_grant", "as after AdminDisableUser");
}

#[tokio::test]
async fn an_address_alone_never_leads_to_somebody_elses_account() {
    let bench = Bench::new();
    let pool =
        bench.pool_with(|settings| settings.username_attributes = vec![user_pools::pool::AliasKind::Email]).await;
    let corp = Corp::new(&bench, &pool, &[]).await;
    let client = bench.client_with(&pool, |settings| settings.identity_providers = Some(both())).await;
    let ann = bench.user(&pool, "ann@corp.example").await;
    let mut browser = Browser::new(&bench);
    let told = json!({"sub": "evil", "email": "ann@corp.example", "email_verified": true});
    let home = walk(&mut browser, &corp, &client, &told).await;
    let tokens = browser.redeem(&client, &home.sent("code").unwrap()).await.json();
    assert_ne!(claims(tokens["id_token"].as_str().unwrap())["sub"], json!(ann.sub));
    let stored = bench.stored(&ann).await;
    assert_eq!((stored.identities.len(), stored.version), (0, ann.version));
    let found = bench.pools.find_user(&pool, "ann@corp.example").await.unwrap().unwrap();
    assert_eq!(found.sub, ann.sub, "and the address goes on naming her");
}

#[tokio::test]
async fn a_linked_identity_signs_the_linked_user_in() {
    let bench = Bench::new();
    let (pool, client, corp) = scene(&bench).await;
    let ann = bench.user(&pool, "ann").await;
    let (to, source) = (named("Cognito", "", "ann"), named("Corp", "Cognito_Subject", "17"));
    bench.pools.link_provider(&bench.cx(), &pool, &to, &source).await.unwrap();
    let mut browser = Browser::new(&bench);
    let home =
        walk(&mut browser, &corp, &client, &json!({"sub": "17", "email": "ann@example.com", "email_verified": true}))
            .await;
    let tokens = browser.redeem(&client, &home.sent("code").unwrap()).await.json();
    let id = claims(tokens["id_token"].as_str().unwrap());
    assert_eq!((&id["sub"], &id["cognito:username"]), (&json!(ann.sub), &json!("ann")));
    assert_eq!((&id["identities"][0]["userId"], &id["identities"][0]["primary"]), (&json!("17"), &json!("false")));
    assert!(id.get("cognito:groups").is_none(), "a linked user keeps to their own groups");
    let again = browser.sign_in(&ask_with(&client, "&prompt=login"), "ann", PASSWORD).await;
    assert!(again.sent("code").is_some(), "and their password works as before");

    bench.pools.disable_provider(&bench.cx(), &pool, &source).await.unwrap();
    let mut later = Browser::new(&bench);
    walk(&mut later, &corp, &client, &json!({"sub": "17", "email": "ann@example.com"})).await;
    assert_ne!(user_of(&bench, &pool, "17").await.sub, ann.sub, "let go, the identity makes a user of its own");
}

#[tokio::test]
async fn letting_go_of_one_identity_leaves_another_of_the_same_value() {
    let bench = Bench::new();
    let (pool, client, corp) = scene(&bench).await;
    walk(&mut Browser::new(&bench), &corp, &client, &json!({"sub": "17", "email": "ann@corp.example"})).await;
    let own = user_of(&bench, &pool, "17").await;
    let (to, twin) = (named("Corp", "Cognito_Subject", "17"), named("Corp", "email", "17"));
    bench.pools.link_provider(&bench.cx(), &pool, &to, &twin).await.unwrap();
    bench.pools.disable_provider(&bench.cx(), &pool, &twin).await.unwrap();
    let left = bench.stored(&own).await;
    assert!(left.enabled, "the identity it came by was not the one let go");
    assert_eq!(left.identities.iter().map(|one| one.attribute.as_str()).collect::<Vec<_>>(), ["Cognito_Subject"]);
}

#[tokio::test]
async fn a_link_by_an_attribute_becomes_one_by_the_subject() {
    let bench = Bench::new();
    let (pool, client, corp) = scene(&bench).await;
    let ann = bench.user(&pool, "ann").await;
    let (to, source) = (named("Cognito", "", "ann"), named("Corp", "email", "ann@corp.example"));
    bench.pools.link_provider(&bench.cx(), &pool, &to, &source).await.unwrap();
    walk(&mut Browser::new(&bench), &corp, &client, &json!({"sub": "17", "email": "ann@corp.example"})).await;
    let linked = bench.stored(&ann).await;
    assert_eq!(
        (linked.identities[0].attribute.as_str(), linked.identities[0].value.as_str()),
        ("Cognito_Subject", "17")
    );
    walk(&mut Browser::new(&bench), &corp, &client, &json!({"sub": "18", "email": "ann@corp.example"})).await;
    assert_ne!(
        user_of(&bench, &pool, "18").await.sub,
        ann.sub,
        "the address works once, for the subject that came first"
    );
}

#[tokio::test]
async fn a_linked_address_that_the_provider_calls_unverified_links_nobody() {
    let bench = Bench::new();
    let (pool, client, corp) = scene(&bench).await;
    let ann = bench.user(&pool, "ann").await;
    let (to, source) = (named("Cognito", "", "ann"), named("Corp", "email", "ann@corp.example"));
    bench.pools.link_provider(&bench.cx(), &pool, &to, &source).await.unwrap();
    let told = json!({"sub": "evil", "email": "ann@corp.example", "email_verified": false});
    walk(&mut Browser::new(&bench), &corp, &client, &told).await;
    assert_ne!(user_of(&bench, &pool, "evil").await.sub, ann.sub);
    walk(&mut Browser::new(&bench), &corp, &client, &json!({"sub": "17", "email": "ann@corp.example"})).await;
    assert_eq!(bench.stored(&ann).await.identities[0].value, "17", "the link still waits for its owner");
}
