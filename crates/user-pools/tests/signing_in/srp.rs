use crate::actor::{App, Srp, challenge, says, tokens};
use futures_util::future::join_all;
use std::sync::Arc;
use testing::{Bench, PASSWORD};
use user_pools::sign_in::{ChallengeName, Door};
use user_pools::user::UserStatus;

#[tokio::test]
async fn srp_signs_in_with_and_without_a_session() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    bench.user(&app.pool, "alice").await;
    let srp = Srp::new(9);
    let asked = challenge(app.srp_start("alice", &srp).await);
    tokens(app.srp_claim(&asked, &srp, PASSWORD).await);
    // The same A again, as moto's verified test does; this time with the session.
    let asked = challenge(app.srp_start("alice", &srp).await);
    let claim = srp.claim(&app.pool, &asked, PASSWORD, &app.timestamp());
    tokens(app.answer(ChallengeName::PasswordVerifier, Some(&asked.session), &claim.pairs()).await);
}

#[tokio::test]
async fn a_wrong_password_fails_at_the_verifier() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    bench.user(&app.pool, "alice").await;
    let srp = Srp::new(9);
    let asked = challenge(app.srp_start("alice", &srp).await);
    assert_eq!(says(app.srp_claim(&asked, &srp, "wrong").await), "Incorrect username or password.");
    // Redeemed, right or wrong.
    assert_eq!(
        says(app.srp_claim(&asked, &srp, PASSWORD).await),
        "Invalid session for the user, session can only be used once."
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_secret_block_is_redeemed_once_even_by_many_at_once() {
    let bench = Arc::new(Bench::new());
    let app = App::new(&bench).await;
    bench.user(&app.pool, "alice").await;
    let srp = Srp::new(9);
    let asked = challenge(app.srp_start("alice", &srp).await);
    let claim = srp.claim(&app.pool, &asked, PASSWORD, &app.timestamp());
    let (pairs, app) = (claim.pairs(), &app);
    // Five: more would meet the lockout first.
    let answers = join_all((0..5).map(|_| {
        let pairs = pairs.clone();
        async move { app.answer(ChallengeName::PasswordVerifier, None, &pairs).await.is_ok() }
    }))
    .await;
    assert_eq!(answers.into_iter().filter(|won| *won).count(), 1);
}

#[tokio::test]
async fn the_exchange_must_end_within_a_minute_and_with_a_right_clock() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    bench.user(&app.pool, "alice").await;
    let srp = Srp::new(9);
    let asked = challenge(app.srp_start("alice", &srp).await);
    let early = srp.claim(&app.pool, &asked, PASSWORD, "Thu Jan 1 00:00:00 UTC 1970");
    assert_eq!(
        says(app.answer(ChallengeName::PasswordVerifier, None, &early.pairs()).await),
        "Incorrect username or password."
    );
    assert_eq!(bench.decisions.last().rule, "srp.timestamp");
    let garbled = srp.claim(&app.pool, &asked, PASSWORD, "2026-01-01T00:00:00Z");
    assert!(
        says(app.answer(ChallengeName::PasswordVerifier, None, &garbled.pairs()).await).starts_with("TIMESTAMP format")
    );
    bench.clock.advance(60_000);
    assert_eq!(says(app.srp_claim(&asked, &srp, PASSWORD).await), "Invalid session for the user, session is expired.");
}

#[tokio::test]
async fn a_forged_or_foreign_block_helps_nobody() {
    let bench = Bench::new();
    let (app, other) = (App::new(&bench).await, App::new(&bench).await);
    bench.user(&app.pool, "alice").await;
    bench.user(&other.pool, "alice").await;
    let srp = Srp::new(9);
    let foreign = challenge(other.srp_start("alice", &srp).await);
    assert_eq!(says(app.srp_claim(&foreign, &srp, PASSWORD).await), "Incorrect username or password.");
    let mut forged = challenge(app.srp_start("alice", &srp).await);
    let block = forged.parameters["SECRET_BLOCK"].replacen('A', "B", 1);
    forged.parameters.insert("SECRET_BLOCK", block);
    assert_eq!(says(app.srp_claim(&forged, &srp, PASSWORD).await), "Incorrect username or password.");
    // The session of another exchange does not fit either.
    let (one, two) = (challenge(app.srp_start("alice", &srp).await), challenge(app.srp_start("alice", &srp).await));
    let claim = srp.claim(&app.pool, &one, PASSWORD, &app.timestamp());
    assert_eq!(
        says(app.answer(ChallengeName::PasswordVerifier, Some(&two.session), &claim.pairs()).await),
        "Invalid session provided for the user."
    );
    tokens(app.answer(ChallengeName::PasswordVerifier, Some(&one.session), &claim.pairs()).await);
}

#[tokio::test]
async fn numbers_that_would_give_the_key_away_are_refused() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    bench.user(&app.pool, "alice").await;
    for bad in ["0", "00", user_pools::srp::N_HEX, "xyz"] {
        let refused = app.start(user_pools::sign_in::Flow::UserSrp, &[("USERNAME", "alice"), ("SRP_A", bad)]).await;
        assert_eq!(refused.err().unwrap().kind, user_pools::error::ErrorKind::InvalidParameter, "{bad}");
    }
}

#[tokio::test]
async fn the_status_shows_at_the_verifier() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    bench.user_with(&app.pool, "new", |user| user.status = UserStatus::Unconfirmed).await;
    let srp = Srp::new(9);
    let asked = challenge(app.srp_start("new", &srp).await);
    assert_eq!(says(app.srp_claim(&asked, &srp, PASSWORD).await), "User is not confirmed.");
}

#[tokio::test]
async fn an_imported_user_hears_at_the_verifier_that_a_password_is_due() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    bench
        .user_with(&app.pool, "imported", |user| {
            user.status = UserStatus::ResetRequired;
            user.credentials.password = None;
        })
        .await;
    let srp = Srp::new(9);
    let asked = challenge(app.srp_start("imported", &srp).await);
    assert_eq!(says(app.srp_claim(&asked, &srp, PASSWORD).await), "Password reset required for the user");
}

#[tokio::test]
async fn a_user_without_a_verifier_gets_one_at_the_first_plain_sign_in() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    let strip = |user: &mut user_pools::user::User| user.credentials.password.as_mut().unwrap().srp = None;
    let alice = bench.user_with(&app.pool, "alice", strip).await;
    let srp = Srp::new(9);
    let asked = challenge(app.srp_start("alice", &srp).await);
    assert_eq!(says(app.srp_claim(&asked, &srp, PASSWORD).await), "Incorrect username or password.");
    app.tokens("alice", PASSWORD).await;
    assert!(bench.stored(&alice).await.credentials.password.unwrap().srp.is_some());
    let asked = challenge(app.srp_start("alice", &srp).await);
    tokens(app.srp_claim(&asked, &srp, PASSWORD).await);
}

#[tokio::test]
async fn pools_without_srp_keep_no_verifier() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let only_password = |settings: &mut user_pools::client::ClientSettings| {
        settings.auth_flows = Some(vec!["ALLOW_USER_PASSWORD_AUTH".into()]);
    };
    let client = bench.client_with(&pool, only_password).await;
    let alice = bench.user(&pool, "alice").await;
    let app = App { bench: &bench, pool, client, door: Door::Api };
    app.tokens("alice", PASSWORD).await;
    assert!(bench.stored(&alice).await.credentials.password.unwrap().srp.is_none());
    assert_eq!(says(app.srp_start("alice", &Srp::new(9)).await), "USER_SRP_AUTH is not enabled for the client.");
}
