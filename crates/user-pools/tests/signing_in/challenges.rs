use crate::actor::{App, challenge, refusal, says, tokens};
use serde_json::Value;
use testing::{Bench, PASSWORD};
use user_pools::error::ErrorKind;
use user_pools::sign_in::ChallengeName::{MfaSetup, NewPasswordRequired, SoftwareTokenMfa};
use user_pools::user::UserStatus;

const NEW: &str = "Changed1!";

async fn guest(app: &App<'_>) -> user_pools::user::User {
    app.bench.user_with(&app.pool, "guest", |user| user.status = UserStatus::ForceChangePassword).await
}

#[tokio::test]
async fn a_temporary_password_leads_to_a_new_one_and_then_to_tokens() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    let user = guest(&app).await;
    let asked = challenge(app.sign_in("guest", PASSWORD).await);
    assert_eq!(asked.name, NewPasswordRequired);
    let shown: Value = serde_json::from_str(&asked.parameters["userAttributes"]).unwrap();
    assert_eq!((&shown["email"], shown.get("sub")), (&"guest@example.com".into(), None));
    assert_eq!(asked.parameters["requiredAttributes"], "[]");
    let answer = [("USERNAME", "guest"), ("NEW_PASSWORD", NEW)];
    tokens(app.answer(NewPasswordRequired, Some(&asked.session), &answer).await);
    assert_eq!(bench.stored(&user).await.status, UserStatus::Confirmed);
    app.tokens("guest", NEW).await;
    assert_eq!(says(app.sign_in("guest", PASSWORD).await), "Incorrect username or password.");
}

#[tokio::test]
async fn a_weak_new_password_costs_nothing_and_a_right_one_spends_the_session() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    guest(&app).await;
    let asked = challenge(app.sign_in("guest", PASSWORD).await);
    let weak = [("USERNAME", "guest"), ("NEW_PASSWORD", "weak")];
    assert_eq!(
        says(app.answer(NewPasswordRequired, Some(&asked.session), &weak).await),
        "Password did not conform with policy: Password not long enough"
    );
    let good = [("USERNAME", "guest"), ("NEW_PASSWORD", NEW)];
    tokens(app.answer(NewPasswordRequired, Some(&asked.session), &good).await);
    let again = refusal(app.answer(NewPasswordRequired, Some(&asked.session), &good).await);
    assert_eq!(again.kind, ErrorKind::NotAuthorized, "{again}");
    assert_eq!(again.message, "Invalid session for the user, session can only be used once.");
}

#[tokio::test]
async fn required_attributes_must_come_with_the_new_password() {
    let bench = Bench::new();
    let app = App::with(&bench, |pool| {
        pool.schema.iter_mut().filter(|a| a.name == "nickname").for_each(|a| a.required = true);
    })
    .await;
    let user = guest(&app).await;
    let asked = challenge(app.sign_in("guest", PASSWORD).await);
    assert_eq!(asked.parameters["requiredAttributes"], r#"["userAttributes.nickname"]"#);
    let without = [("USERNAME", "guest"), ("NEW_PASSWORD", NEW)];
    assert_eq!(
        says(app.answer(NewPasswordRequired, Some(&asked.session), &without).await),
        "Invalid attributes given, nickname is missing"
    );
    let with = [("USERNAME", "guest"), ("NEW_PASSWORD", NEW), ("userAttributes.nickname", "G")];
    tokens(app.answer(NewPasswordRequired, Some(&asked.session), &with).await);
    assert_eq!(bench.stored(&user).await.attributes["nickname"], "G");
}

#[tokio::test]
async fn a_session_that_is_forged_foreign_expired_or_of_another_step_helps_nobody() {
    let bench = Bench::new();
    let (app, other) = (App::new(&bench).await, App::new(&bench).await);
    guest(&app).await;
    guest(&other).await;
    bench.user_with(&app.pool, "second", |user| user.status = UserStatus::ForceChangePassword).await;
    let asked = challenge(app.sign_in("guest", PASSWORD).await);
    let answer = [("USERNAME", "guest"), ("NEW_PASSWORD", NEW)];
    let with = async |session: Option<&str>| says(app.answer(NewPasswordRequired, session, &answer).await);

    assert_eq!(with(None).await, "Missing required parameter Session");
    let mut forged = asked.session.clone();
    let last = if forged.pop() == Some('A') { 'B' } else { 'A' };
    forged.push(last);
    assert_eq!(with(Some(&forged)).await, "Invalid session for the user.");
    for garbage in ["x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &"A".repeat(4097), "%%%"] {
        assert_eq!(with(Some(garbage)).await, "Invalid session for the user.");
    }
    let foreign = challenge(other.sign_in("guest", PASSWORD).await);
    assert_eq!(with(Some(&foreign.session)).await, "Invalid session provided for the user.");
    for step in [MfaSetup, SoftwareTokenMfa] {
        assert_eq!(
            says(app.answer(step, Some(&asked.session), &answer).await),
            "Invalid code or auth state for the user."
        );
    }
    let as_another = [("USERNAME", "second"), ("NEW_PASSWORD", NEW)];
    assert_eq!(
        says(app.answer(NewPasswordRequired, Some(&asked.session), &as_another).await),
        "Invalid session provided for the user."
    );
    bench.clock.advance(3 * 60_000);
    assert_eq!(with(Some(&asked.session)).await, "Invalid session for the user, session is expired.");
}

#[tokio::test]
async fn a_session_dies_with_the_password_it_began_with() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    let user = guest(&app).await;
    let asked = challenge(app.sign_in("guest", PASSWORD).await);
    let mut changed = bench.stored(&user).await;
    changed.credentials.password =
        Some(bench.pools.protect(&app.pool, &user.sub, &user.username, "Admins0wn!").await.unwrap());
    bench.pools.store.replace_user(bench.now(), changed).await.unwrap();
    let answer = [("USERNAME", "guest"), ("NEW_PASSWORD", NEW)];
    assert_eq!(
        says(app.answer(NewPasswordRequired, Some(&asked.session), &answer).await),
        "Invalid session for the user."
    );
}

#[tokio::test]
async fn a_disabled_user_gets_no_further() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    let user = guest(&app).await;
    let asked = challenge(app.sign_in("guest", PASSWORD).await);
    let mut changed = bench.stored(&user).await;
    changed.enabled = false;
    bench.pools.store.replace_user(bench.now(), changed).await.unwrap();
    let answer = [("USERNAME", "guest"), ("NEW_PASSWORD", NEW)];
    assert_eq!(says(app.answer(NewPasswordRequired, Some(&asked.session), &answer).await), "User is disabled.");
}
