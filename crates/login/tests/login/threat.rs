//! Addresses that may not sign in do not by the pages either.
use crate::browser::{Browser, ask};
use serde_json::json;
use testing::{Bench, PASSWORD};
use user_pools::pool::AliasKind;
use user_pools::threat::{RiskConfiguration, RiskExceptions};

#[tokio::test]
async fn a_blocked_address_signs_in_neither_by_password_nor_by_confirming() {
    let bench = Bench::new();
    let pool = bench
        .pool_with(|pool| {
            pool.username_attributes = vec![AliasKind::Email];
            pool.auto_verified = vec![user_pools::pool::Contact::Email];
            pool.documents.insert("UserPoolAddOns".into(), json!({ "AdvancedSecurityMode": "ENFORCED" }));
        })
        .await;
    let client = bench.client(&pool).await;
    bench.user(&pool, "ann@example.com").await;
    let blocked = Some(vec!["0.0.0.0/0".to_owned(), "::/0".to_owned()]);
    let exceptions = Some(RiskExceptions { blocked, skipped: None });
    let everybody = RiskConfiguration { exceptions, ..RiskConfiguration::default() };
    bench.pools.set_risk_configuration(bench.now(), &pool.scope, &pool.id, None, everybody).await.unwrap();
    let mut browser = Browser::new(&bench);
    let reply = browser.sign_in(&ask(&client), "ann@example.com", PASSWORD).await;
    assert_eq!(reply.status, 400);
    let page = browser.get(&format!("/signup?{}", ask(&client))).await;
    let waiting = browser.submit(page.form().with("email", "eve@example.com").with("password", PASSWORD)).await;
    let code = bench.mail.code_to("eve@example.com");
    let confirmed = browser.submit(waiting.form_to("/confirmUser").with("code", &code)).await;
    assert!(confirmed.location().ends_with("&notice=confirmed"), "{}", confirmed.location());
    assert!(!browser.cookies.keys().any(|name| name.starts_with("cognito-us-")), "confirmed, and not signed in");
}
