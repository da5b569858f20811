//! ForgotPassword, ConfirmForgotPassword, ChangePassword.
use crate::app::{App, HOUR, NEW_PASSWORD, by_email, other, refusal, with_alias};
use testing::PASSWORD;
use user_pools::pool::RecoveryMechanism;
use user_pools::user::UserStatus;
use user_pools::users::ChangePassword;

const ANN: &str = "ann@example.com";

async fn change(app: &App, previous: Option<&str>, proposed: &str) -> user_pools::Result<()> {
    let access = app.access(ANN, PASSWORD).await;
    let request = ChangePassword { previous: previous.map(str::to_owned), proposed: proposed.to_owned() };
    app.bench.pools.change_password(&app.bench.cx(), &access, request).await
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_a_code() {
    let app = App::new(by_email).await;
    app.bench.user(&app.pool, ANN).await;
    assert_eq!(app.forgot(ANN).await.unwrap().destination, "a***@e***");
    let code = app.code(ANN);
    assert!(refusal(app.confirm_forgot(ANN, &other(&code), NEW_PASSWORD).await).starts_with("CodeMismatch"));
    assert!(refusal(app.confirm_forgot(ANN, &code, "weak").await).starts_with("InvalidPassword"));
    app.confirm_forgot(ANN, &code, NEW_PASSWORD).await.expect("neither refusal used the code up");
    assert!(app.sign_in(ANN, PASSWORD).await.is_err());
    app.sign_in(ANN, NEW_PASSWORD).await.unwrap();
    assert!(refusal(app.confirm_forgot(ANN, &code, PASSWORD).await).starts_with("ExpiredCode"), "a code works once");
}

#[tokio::test]
async fn a_recovery_code_lives_an_hour() {
    let app = App::new(by_email).await;
    app.bench.user(&app.pool, ANN).await;
    app.forgot(ANN).await.unwrap();
    app.bench.clock.advance(HOUR);
    assert!(refusal(app.confirm_forgot(ANN, &app.code(ANN), NEW_PASSWORD).await).starts_with("ExpiredCode"));
}

#[tokio::test]
async fn the_history_is_no_oracle_for_who_has_no_code() {
    let app = App::new(|pool| {
        by_email(pool);
        pool.password_policy.history_size = Some(3);
    })
    .await;
    app.bench.user(&app.pool, ANN).await;
    app.forgot(ANN).await.unwrap();
    let code = app.code(ANN);
    let says = refusal(app.confirm_forgot(ANN, &other(&code), PASSWORD).await);
    assert!(says.starts_with("CodeMismatch"), "{says}");
    let says = refusal(app.confirm_forgot(ANN, &code, PASSWORD).await);
    assert_eq!(says, "PasswordHistoryPolicyViolation: Password has previously been used.");
    app.confirm_forgot(ANN, &code, NEW_PASSWORD).await.unwrap();
}

#[tokio::test]
async fn who_cannot_recover_is_told_why() {
    let none =
        "InvalidParameter: Cannot reset password for the user as there is no registered/verified email or phone_number";
    let app = App::new(with_alias).await;
    app.bench.user_with(&app.pool, "unverified", |user| drop(user.attributes.remove("email_verified"))).await;
    assert_eq!(refusal(app.forgot("unverified").await), none);
    app.bench.user_with(&app.pool, "fresh", |user| user.status = UserStatus::ForceChangePassword).await;
    let says = refusal(app.forgot("fresh").await);
    assert_eq!(says, "NotAuthorized: User password cannot be reset in the current state.");
    assert_eq!(refusal(app.forgot("nobody").await), "UserNotFound: Username/client id combination not found.");
    let says = refusal(app.confirm_forgot("nobody", "123456", NEW_PASSWORD).await);
    assert_eq!(says, "UserNotFound: Username/client id combination not found.");
    let closed = App::new(|pool| {
        pool.recovery = Some(vec![RecoveryMechanism { name: "admin_only".into(), priority: 1 }]);
    })
    .await;
    closed.bench.user(&closed.pool, "ann").await;
    assert_eq!(refusal(closed.forgot("ann").await), "NotAuthorized: Contact administrator to reset password.");
}

#[tokio::test]
async fn a_recovery_confirms_and_ends_the_reset() {
    let app = App::new(by_email).await;
    app.bench.user_with(&app.pool, ANN, |user| user.status = UserStatus::ResetRequired).await;
    app.forgot(ANN).await.unwrap();
    app.confirm_forgot(ANN, &app.code(ANN), NEW_PASSWORD).await.unwrap();
    assert_eq!(app.user(ANN).await.status, UserStatus::Confirmed);
}

#[tokio::test]
async fn a_code_helps_nobody_once_the_user_is_disabled() {
    let app = App::new(by_email).await;
    app.bench.user(&app.pool, ANN).await;
    app.forgot(ANN).await.unwrap();
    app.bench.pools.admin_disable_user(&app.bench.cx(), &app.pool, ANN).await.unwrap();
    let says = refusal(app.confirm_forgot(ANN, &app.code(ANN), NEW_PASSWORD).await);
    assert_eq!(says, "NotAuthorized: User is disabled.");
}

#[tokio::test]
async fn a_password_is_changed_by_proving_the_old_one() {
    let app = App::new(by_email).await;
    app.bench.user(&app.pool, ANN).await;
    assert!(refusal(change(&app, None, NEW_PASSWORD).await).contains("previousPassword"));
    let says = refusal(change(&app, Some("Wr0ng-one!"), NEW_PASSWORD).await);
    assert_eq!(says, "NotAuthorized: Incorrect username or password.");
    assert!(refusal(change(&app, Some(PASSWORD), "weak").await).starts_with("InvalidPassword"));
    change(&app, Some(PASSWORD), NEW_PASSWORD).await.unwrap();
    app.sign_in(ANN, NEW_PASSWORD).await.unwrap();
    assert!(app.sign_in(ANN, PASSWORD).await.is_err());
}

#[tokio::test]
async fn a_stolen_token_guesses_the_password_five_times_an_hour() {
    let app = App::new(by_email).await;
    app.bench.user(&app.pool, ANN).await;
    for _ in 0..5 {
        assert!(refusal(change(&app, Some("Wr0ng-one!"), NEW_PASSWORD).await).starts_with("NotAuthorized"));
    }
    let says = refusal(change(&app, Some(PASSWORD), NEW_PASSWORD).await);
    assert_eq!(says, "LimitExceeded: Attempt limit exceeded, please try after some time.");
    app.bench.clock.advance(HOUR + 1);
    change(&app, Some(PASSWORD), NEW_PASSWORD).await.unwrap();
}

#[tokio::test]
async fn right_passwords_forget_the_wrong_ones() {
    let app = App::new(by_email).await;
    app.bench.user(&app.pool, ANN).await;
    for _ in 0..3 {
        for _ in 0..4 {
            assert!(change(&app, Some("Wr0ng-one!"), NEW_PASSWORD).await.is_err());
        }
        change(&app, Some(PASSWORD), PASSWORD).await.unwrap();
    }
}
