//! UserMigration.
use crate::actor::{refusal, says};
use crate::scene::{app, asking, hiding, with};
use serde_json::json;
use testing::{Bench, PASSWORD};
use user_pools::pool::AliasKind;
use user_pools::ports::TriggerFailed;
use user_pools::user::UserStatus;

fn found(bench: &Bench, status: Option<&'static str>) {
    bench.functions.answers("UserMigration", move |_, response| {
        response["userAttributes"] = json!({"email": "ann@example.com", "email_verified": "true", "name": "Ann"});
        response["finalUserStatus"] = json!(status);
        response["messageAction"] = json!("SUPPRESS");
    });
}

#[tokio::test]
async fn a_user_found_elsewhere_signs_in_and_lives_here_from_then_on() {
    let bench = Bench::new();
    let app = app(&bench, &["UserMigration", "PreAuthentication"]).await;
    found(&bench, Some("CONFIRMED"));
    app.tokens("ann", "old password").await;
    let log = bench.functions.log();
    assert_eq!(bench.functions.sources(), ["UserMigration_Authentication", "PreAuthentication_Authentication"]);
    assert_eq!(log[0].event["userName"], "ann");
    assert_eq!(log[0].event["request"], json!({"password": "old password", "validationData": null}));
    let user = bench.pools.admin_get_user(&app.pool, "ann").await.unwrap();
    assert_eq!((user.status, user.attributes["name"].as_str()), (UserStatus::Confirmed, "Ann"));
    bench.functions.clear();
    app.tokens("ann", "old password").await;
    assert_eq!(bench.functions.sources(), ["PreAuthentication_Authentication"], "nobody is looked for twice");
    assert_eq!(says(app.sign_in("ann", PASSWORD).await), "Incorrect username or password.");
}

#[tokio::test]
async fn without_a_final_status_the_password_must_be_reset() {
    let bench = Bench::new();
    let app = app(&bench, &["UserMigration"]).await;
    found(&bench, None);
    assert_eq!(says(app.sign_in("ann", "old password").await), "Password reset required for the user");
    let user = bench.pools.admin_get_user(&app.pool, "ann").await.unwrap();
    assert_eq!(user.status, UserStatus::ResetRequired);
    assert_eq!(bench.mail.count(), 0);
}

#[tokio::test]
async fn whom_the_function_does_not_know_is_unknown() {
    for failing in [true, false] {
        let bench = Bench::new();
        let open = app(&bench, &["UserMigration"]).await;
        if failing {
            bench.functions.fails("UserMigration", TriggerFailed::Function("bad password".into()));
        }
        let refused = refusal(open.sign_in("ann", "x").await);
        assert_eq!(format!("{:?}: {}", refused.kind, refused.message), "UserNotFound: Exception during user migration");
        assert!(bench.pools.admin_get_user(&open.pool, "ann").await.is_err());
        bench.functions.clear();
        let closed = hiding(&bench, &["PreAuthentication"]).await;
        assert_eq!(says(closed.sign_in("ann", "x").await), "Incorrect username or password.");
    }
}

#[tokio::test]
async fn guesses_at_passwords_elsewhere_are_counted() {
    let bench = Bench::new();
    let app = hiding(&bench, &["UserMigration"]).await;
    bench.functions.fails("UserMigration", TriggerFailed::Function("bad password".into()));
    let mut answers = Vec::new();
    for _ in 0..8 {
        answers.push(says(app.sign_in("ann", "x").await));
    }
    assert_eq!(answers[0], "Incorrect username or password.");
    assert_eq!(answers[7], "Password attempts exceeded");
    assert!(bench.functions.log().len() < 8);
}

#[tokio::test]
async fn who_forgot_a_password_elsewhere_is_sent_a_code_here() {
    let bench = Bench::new();
    let app = app(&bench, &["UserMigration"]).await;
    found(&bench, None);
    let delivery = bench.pools.forgot_password(&bench.cx(), asking(&app, "ann")).await.unwrap();
    assert_eq!(delivery.destination, "a***@e***");
    let event = bench.functions.last();
    assert_eq!(event["triggerSource"], "UserMigration_ForgotPassword");
    assert_eq!(event["request"].get("password"), None);
    let user = bench.pools.admin_get_user(&app.pool, "ann").await.unwrap();
    assert!(user.credentials.password.is_none());
}

#[tokio::test]
async fn where_users_are_hidden_nobody_hears_that_nobody_was_found() {
    let bench = Bench::new();
    let app = hiding(&bench, &["UserMigration"]).await;
    bench.functions.fails("UserMigration", TriggerFailed::Function("unknown".into()));
    bench.pools.forgot_password(&bench.cx(), asking(&app, "ann@example.com")).await.unwrap();
    assert_eq!(bench.mail.count(), 0);
}

#[tokio::test]
async fn looking_elsewhere_uses_up_nobodys_share_of_the_hour_faster() {
    let bench = Bench::new();
    let app = hiding(&bench, &["UserMigration"]).await;
    bench.user(&app.pool, "ann").await;
    bench.functions.fails("UserMigration", TriggerFailed::Function("unknown".into()));
    let mut shares = Vec::new();
    for name in ["ann", "nobody"] {
        let mut share = 0;
        while bench.pools.forgot_password(&bench.cx(), asking(&app, name)).await.is_ok() {
            share += 1;
        }
        shares.push(share);
    }
    assert_eq!(shares, [20, 20], "or the limit would tell them apart");
    assert_eq!(bench.functions.log().len(), 20, "beyond it no function is asked");
}

#[tokio::test]
async fn in_an_alias_pool_the_function_names_the_user() {
    let bench = Bench::new();
    let alias = |pool: &mut user_pools::pool::PoolSettings| pool.alias_attributes = vec![AliasKind::Email];
    let app = with(&bench, &["UserMigration"], alias, |_| {}).await;
    bench.functions.answers("UserMigration", |_, response| {
        response["userAttributes"] = json!({"username": "ann-1", "email": "ann@example.com", "email_verified": true});
        response["finalUserStatus"] = json!("CONFIRMED");
    });
    app.tokens("ann@example.com", "old password").await;
    let user = bench.pools.admin_get_user(&app.pool, "ann-1").await.unwrap();
    assert_eq!(user.attributes["email_verified"], "true");
}

#[tokio::test]
async fn srp_never_migrates() {
    let bench = Bench::new();
    let app = app(&bench, &["UserMigration"]).await;
    assert_eq!(says(app.srp_start("ann", &crate::actor::Srp::new(3)).await), "User does not exist.");
    assert_eq!(bench.functions.log().len(), 0);
}
