//! PreventUserExistenceErrors: absent users answer like present ones (spec C.16).
use crate::app::{App, HOUR, NEW_PASSWORD, by_email, other, refusal, with_alias};
use user_pools::user::UserStatus;

#[tokio::test]
async fn a_forgotten_password_looks_the_same_for_absent_users() {
    let app = App::hiding(by_email).await;
    app.bench.user(&app.pool, "ann@example.com").await;
    let real = app.forgot("ann@example.com").await.unwrap();
    let mails = app.bench.mail.count();
    let simulated = app.forgot("abe@elsewhere.example").await.unwrap();
    assert_eq!(simulated, real, "the mask of the address that was typed");
    assert_eq!(app.bench.mail.count(), mails, "nothing is sent");
}

#[tokio::test]
async fn a_simulated_destination_is_stable_and_looks_like_one() {
    let app = App::hiding(with_alias).await;
    let first = app.forgot("nobody").await.unwrap();
    assert_eq!(app.forgot("nobody").await.unwrap(), first);
    assert_eq!(first.destination.len(), "f***@e***".len());
    let others: std::collections::BTreeSet<_> =
        futures(&app, &["n1", "n2", "n3", "n4", "n5"]).await.into_iter().collect();
    assert!(others.len() > 1, "one destination for everybody would give it away");
}

async fn futures(app: &App, names: &[&str]) -> Vec<String> {
    let mut destinations = Vec::new();
    for name in names {
        destinations.push(app.forgot(name).await.unwrap().destination);
    }
    destinations
}

#[tokio::test]
async fn a_code_for_an_absent_user_is_wrong_once_asked_for_and_expired_before() {
    let app = App::hiding(with_alias).await;
    app.bench.user(&app.pool, "ann").await;
    for name in ["ann", "nobody"] {
        let says = refusal(app.confirm_forgot(name, "123456", NEW_PASSWORD).await);
        assert_eq!(says, "ExpiredCode: Invalid code provided, please request a code again.", "{name}");
        app.forgot(name).await.unwrap();
        let wrong = if name == "ann" { other(&app.code("ann@example.com")) } else { "123456".to_owned() };
        let says = refusal(app.confirm_forgot(name, &wrong, NEW_PASSWORD).await);
        assert_eq!(says, "CodeMismatch: Invalid verification code provided, please try again.", "{name}");
    }
    app.bench.clock.advance(HOUR);
    for name in ["ann", "nobody"] {
        let says = refusal(app.confirm_forgot(name, "123456", NEW_PASSWORD).await);
        assert!(says.starts_with("ExpiredCode"), "{name}: {says}");
    }
}

#[tokio::test]
async fn users_who_cannot_recover_answer_like_absent_ones() {
    let app = App::hiding(with_alias).await;
    app.bench.user_with(&app.pool, "off", |user| user.enabled = false).await;
    app.bench.user_with(&app.pool, "fresh", |user| user.status = UserStatus::ForceChangePassword).await;
    app.bench.user_with(&app.pool, "bare", |user| user.attributes.clear()).await;
    for name in ["off", "fresh", "bare", "nobody"] {
        app.forgot(name).await.expect(name);
        let says = refusal(app.confirm_forgot(name, "123456", NEW_PASSWORD).await);
        assert!(says.starts_with("CodeMismatch"), "{name}: {says}");
    }
    assert_eq!(app.bench.mail.count(), 0);
}

#[tokio::test]
async fn confirming_and_resending_look_the_same_for_absent_users() {
    let app = App::hiding(by_email).await;
    app.sign_up("ann@example.com", &[]).await.unwrap();
    let real = app.resend("ann@example.com").await.unwrap();
    assert_eq!(app.resend("abe@elsewhere.example").await.unwrap(), real);
    let wrong = other(&app.code("ann@example.com"));
    let present = refusal(app.confirm("ann@example.com", &wrong).await);
    assert_eq!(refusal(app.confirm("abe@elsewhere.example", &wrong).await), present);
}

#[tokio::test]
async fn absent_users_reach_the_same_limits() {
    let app = App::hiding(by_email).await;
    app.bench.user(&app.pool, "ann@example.com").await;
    for name in ["ann@example.com", "abe@elsewhere.example"] {
        for _ in 0..20 {
            app.forgot(name).await.unwrap();
        }
        assert!(refusal(app.forgot(name).await).starts_with("LimitExceeded"), "{name}");
    }
}

#[tokio::test]
async fn without_prevention_absent_users_are_told() {
    let app = App::new(by_email).await;
    let says = "UserNotFound: Username/client id combination not found.";
    assert_eq!(refusal(app.resend("abe@elsewhere.example").await), says);
    assert_eq!(refusal(app.confirm("abe@elsewhere.example", "123456").await), says);
}
