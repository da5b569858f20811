use crate::actor::{App, Srp, challenge, refusal, says};
use testing::{Bench, PASSWORD};
use user_pools::client::ClientSettings;
use user_pools::error::ErrorKind;
use user_pools::pool::AliasKind;
use user_pools::sign_in::Door;

async fn hiding(bench: &Bench) -> App<'_> {
    let pool = bench.pool_with(|pool| pool.username_attributes = vec![AliasKind::Email]).await;
    let hide = |settings: &mut ClientSettings| settings.prevent_user_existence_errors = Some("ENABLED".into());
    let client = bench.client_with(&pool, hide).await;
    App { bench, pool, client, door: Door::Api }
}

#[tokio::test]
async fn an_unknown_user_answers_and_costs_like_a_wrong_password() {
    let bench = Bench::new();
    let app = hiding(&bench).await;
    bench.user(&app.pool, "alice@example.com").await;
    let measure = async |name: &str| {
        let before = bench.hasher.work();
        let refused = refusal(app.sign_in(name, "wrong").await);
        (refused.kind, refused.message.into_owned(), bench.hasher.work() - before)
    };
    // The first time also makes the hash that nobody's password is measured against.
    measure("warm@example.com").await;
    let known = measure("alice@example.com").await;
    assert_eq!(known, (ErrorKind::NotAuthorized, "Incorrect username or password.".to_owned(), 1));
    assert_eq!(measure("nobody@example.com").await, known);
}

#[tokio::test]
async fn srp_challenges_of_known_and_unknown_users_look_alike() {
    let bench = Bench::new();
    let app = hiding(&bench).await;
    bench.user(&app.pool, "alice@example.com").await;
    let srp = Srp::new(5);
    let known = challenge(app.srp_start("alice@example.com", &srp).await);
    let nobody = challenge(app.srp_start("nobody@example.com", &srp).await);
    assert!(known.parameters.keys().eq(nobody.parameters.keys()));
    for same_length in ["SECRET_BLOCK", "USERNAME", "USER_ID_FOR_SRP"] {
        assert_eq!(known.parameters[same_length].len(), nobody.parameters[same_length].len(), "{same_length}");
    }
    assert_eq!(known.session.len(), nobody.session.len());
    let again = challenge(app.srp_start("nobody@example.com", &srp).await);
    for stable in ["SALT", "USERNAME"] {
        assert_eq!(nobody.parameters[stable], again.parameters[stable], "{stable}");
    }
    assert_ne!(nobody.parameters["SRP_B"], again.parameters["SRP_B"]);
    assert_eq!(says(app.srp_claim(&nobody, &srp, PASSWORD).await), "Incorrect username or password.");
    assert_eq!(says(app.srp_claim(&known, &srp, "wrong").await), "Incorrect username or password.");
}

#[tokio::test]
async fn unknown_names_are_locked_like_known_ones() {
    let bench = Bench::new();
    let app = hiding(&bench).await;
    bench.user(&app.pool, "alice@example.com").await;
    let curve = async |name: &str| {
        let mut sentences = Vec::new();
        for _ in 0..8 {
            sentences.push(says(app.sign_in(name, "wrong").await));
        }
        sentences
    };
    let known = curve("alice@example.com").await;
    assert_eq!(known.last().unwrap(), "Password attempts exceeded");
    assert_eq!(curve("Nobody@example.com").await, known);
}

#[tokio::test]
async fn a_name_and_the_id_it_answers_with_are_one_user_known_or_not() {
    let bench = Bench::new();
    let app = hiding(&bench).await;
    bench.user(&app.pool, "alice@example.com").await;
    let srp = Srp::new(5);
    for name in ["alice@example.com", "nobody@example.com"] {
        let by_name = challenge(app.srp_start(name, &srp).await);
        let id = &by_name.parameters["USERNAME"];
        let by_id = challenge(app.srp_start(id, &srp).await);
        for same in ["SALT", "USERNAME"] {
            assert_eq!(by_name.parameters[same], by_id.parameters[same], "{name}: {same}");
        }
        for _ in 0..8 {
            says(app.sign_in(name, "wrong").await);
        }
        assert_eq!(says(app.sign_in(id, "wrong").await), "Password attempts exceeded", "{name}");
    }
}

#[tokio::test]
async fn operators_are_told() {
    let bench = Bench::new();
    let mut app = hiding(&bench).await;
    app.door = Door::Admin(app.pool.id.clone());
    assert_eq!(says(app.sign_in("nobody@example.com", PASSWORD).await), "User does not exist.");
}

#[tokio::test]
async fn a_user_who_must_reset_is_not_told_before_the_right_password() {
    let bench = Bench::new();
    let app = hiding(&bench).await;
    let reset = |user: &mut user_pools::user::User| user.status = user_pools::user::UserStatus::ResetRequired;
    bench.user_with(&app.pool, "old@example.com", reset).await;
    assert_eq!(says(app.sign_in("old@example.com", "wrong").await), "Incorrect username or password.");
    assert_eq!(says(app.sign_in("old@example.com", PASSWORD).await), "Password reset required for the user");
}
