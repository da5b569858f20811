//! What is kept of what users do.
use crate::actor::{App, Srp, challenge, refusal, tokens};
use crate::mfa::enrol;
use serde_json::json;
use testing::{Bench, PASSWORD};
use user_pools::pool::{MfaRequirement, UserPool};
use user_pools::ports::Page;
use user_pools::sign_in::ChallengeName::SoftwareTokenMfa;
use user_pools::threat::{Asked, AuthEvent, EventKind, EventResponse};
use user_pools::user::User;
use user_pools::users::{Asking, ConfirmForgotPassword};

async fn protected<'a>(bench: &'a Bench, mode: &str) -> App<'a> {
    App::with(bench, |pool| {
        pool.documents.insert("UserPoolAddOns".into(), json!({ "AdvancedSecurityMode": mode }));
        pool.mfa = MfaRequirement::Optional;
        pool.software_token_mfa = Some(true);
    })
    .await
}

async fn events(bench: &Bench, pool: &UserPool, user: &User) -> Vec<AuthEvent> {
    bench.write_events().await;
    bench.pools.auth_events(pool, user, Page { after: None, limit: 60 }).await.unwrap()
}

#[tokio::test]
async fn a_sign_in_in_two_steps_is_one_event() {
    let bench = Bench::new();
    let app = protected(&bench, "AUDIT").await;
    let alice = bench.user(&app.pool, "alice").await;
    let authenticator = enrol(&app, "alice").await;
    events(&bench, &app.pool, &alice).await;
    let asked = challenge(app.sign_in("alice", PASSWORD).await);
    let seen = events(&bench, &app.pool, &alice).await;
    assert_eq!(
        (seen[0].response, seen[0].answers.as_slice()),
        (EventResponse::InProgress, &[(Asked::Password, true)][..])
    );
    let answer = |code| [("USERNAME", "alice"), ("SOFTWARE_TOKEN_MFA_CODE", code)];
    refusal(app.answer(SoftwareTokenMfa, Some(&asked.session), &answer("000000")).await);
    let code = authenticator.code(bench.now());
    tokens(app.answer(SoftwareTokenMfa, Some(&asked.session), &answer(&code)).await);
    let after = events(&bench, &app.pool, &alice).await;
    assert_eq!((after.len(), &after[0].id), (seen.len(), &seen[0].id));
    let answers = [(Asked::Password, true), (Asked::Mfa, false), (Asked::Mfa, true)];
    assert_eq!((after[0].response, after[0].answers.as_slice()), (EventResponse::Pass, &answers[..]));
    assert_eq!((after[0].ip.as_str(), after[0].device.as_str()), ("127.0.0.1", "bench"));
    // An old session that is sent again cannot make it look otherwise.
    refusal(app.answer(SoftwareTokenMfa, Some(&asked.session), &answer(&code)).await);
    assert_eq!(events(&bench, &app.pool, &alice).await[0].response, EventResponse::Pass);
}

#[tokio::test]
async fn wrong_passwords_are_failures_by_either_flow() {
    let bench = Bench::new();
    let app = protected(&bench, "ENFORCED").await;
    let alice = bench.user(&app.pool, "alice").await;
    refusal(app.sign_in("alice", "wrong").await);
    let srp = Srp::new(3);
    let asked = challenge(app.srp_start("alice", &srp).await);
    refusal(app.srp_claim(&asked, &srp, "wrong").await);
    let asked = challenge(app.srp_start("alice", &srp).await);
    tokens(app.srp_claim(&asked, &srp, PASSWORD).await);
    refusal(app.sign_in("nobody", "wrong").await);
    let seen = events(&bench, &app.pool, &alice).await;
    let short: Vec<_> = seen.iter().map(|event| (event.response, event.answers.clone())).collect();
    let failed = (EventResponse::Fail, vec![(Asked::Password, false)]);
    assert_eq!(short, [(EventResponse::Pass, vec![(Asked::Password, true)]), failed.clone(), failed]);
}

#[tokio::test]
async fn what_the_lock_refuses_is_no_event() {
    let bench = Bench::new();
    let app = protected(&bench, "AUDIT").await;
    let alice = bench.user(&app.pool, "alice").await;
    app.tokens("alice", PASSWORD).await;
    let mut guesses = 0;
    while refusal(app.sign_in("alice", "wrong").await).message == "Incorrect username or password." {
        guesses += 1;
        assert!(guesses < 50, "no lock");
    }
    for _ in 0..20 {
        assert_eq!(refusal(app.sign_in("alice", "wrong").await).message, "Password attempts exceeded");
    }
    let seen = events(&bench, &app.pool, &alice).await;
    let failed = seen.iter().filter(|event| event.response == EventResponse::Fail).count();
    assert_eq!((failed, seen.len()), (guesses, guesses + 1));
}

#[tokio::test]
async fn an_unprotected_pool_keeps_nothing() {
    let bench = Bench::new();
    let app = protected(&bench, "OFF").await;
    let alice = bench.user(&app.pool, "alice").await;
    app.tokens("alice", PASSWORD).await;
    assert!(bench.decisions.take_events().is_empty());
    let page = Page { after: None, limit: 60 };
    let refused = bench.pools.auth_events(&app.pool, &alice, page).await.unwrap_err();
    assert_eq!(refused.kind, user_pools::error::ErrorKind::UserPoolAddOnNotEnabled);
}

#[tokio::test]
async fn recovering_a_password_leaves_its_events() {
    let bench = Bench::new();
    let app = protected(&bench, "AUDIT").await;
    let alice = bench.user(&app.pool, "alice").await;
    let asking = Asking { client: app.client.id.clone(), secret_hash: None, username: "alice".to_owned() };
    bench.pools.forgot_password(&bench.cx(), asking.clone()).await.unwrap();
    let confirm =
        |code: String| ConfirmForgotPassword { asking: asking.clone(), code, password: "N3w-Passw0rd!".into() };
    refusal(bench.pools.confirm_forgot_password(&bench.cx(), confirm("000000".into())).await);
    let code = bench.mail.code_to("alice@example.com");
    bench.pools.confirm_forgot_password(&bench.cx(), confirm(code)).await.unwrap();
    let seen = events(&bench, &app.pool, &alice).await;
    let short: Vec<_> = seen.iter().map(|event| (event.kind, event.response)).collect();
    let expected = [
        (EventKind::PasswordChange, EventResponse::Pass),
        (EventKind::PasswordChange, EventResponse::Fail),
        (EventKind::ForgotPassword, EventResponse::Pass),
    ];
    assert_eq!(short, expected);
}
