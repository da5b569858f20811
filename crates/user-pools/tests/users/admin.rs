//! What operators do.
use crate::app::{App, HOUR, NEW_PASSWORD, by_email, given, refusal, with_alias};
use testing::PASSWORD;
use user_pools::Result;
use user_pools::oauth::LoginSession;
use user_pools::pool::Contact;
use user_pools::ports::LoginSessions as _;
use user_pools::sign_in::{ChallengeName, SignedIn};
use user_pools::user::{User, UserStatus};
use user_pools::users::admin::{AdminCreateUser, MessageAction};

const ANN: &str = "ann@example.com";

fn plain(username: &str) -> AdminCreateUser {
    AdminCreateUser {
        username: username.to_owned(),
        attributes: vec![],
        temporary_password: None,
        action: None,
        mediums: vec![],
        force_alias: false,
    }
}

async fn create(app: &App, request: AdminCreateUser) -> Result<User> {
    app.bench.pools.admin_create_user(&app.bench.cx(), &app.pool, request).await
}

/// The name of the challenge that a sign-in meets.
async fn challenge(app: &App, name: &str, password: &str) -> Option<ChallengeName> {
    match app.sign_in(name, password).await.unwrap() {
        SignedIn::Challenge(challenge) => Some(challenge.name),
        SignedIn::Tokens(_) => None,
    }
}

/// A managed-login session of the user, in the store.
async fn session(app: &App, user: &User) -> [u8; 32] {
    let hash = [7; 32];
    let row = LoginSession {
        hash,
        pool: app.pool.id.clone(),
        sub: user.sub.clone(),
        auth_time: app.bench.now(),
        methods: vec!["pwd".into()],
        stamp: user.stamp(),
        client: None,
        active: None,
        expires_at: app.bench.now() + HOUR,
    };
    app.bench.store.insert_login_session(app.bench.now(), row).await.unwrap();
    hash
}

async fn has_session(app: &App, hash: [u8; 32]) -> bool {
    app.bench.store.login_session(app.bench.now(), hash).await.is_ok()
}

#[tokio::test]
async fn an_invited_user_gets_a_temporary_password_that_must_be_changed() {
    let app = App::new(by_email).await;
    let user = create(&app, plain(ANN)).await.unwrap();
    assert_eq!((user.status, &user.username), (UserStatus::ForceChangePassword, &user.sub));
    let mail = app.bench.mail.last_to(ANN);
    assert_eq!((&*mail.kind, mail.subject.as_str()), ("AdminCreateUser", "Your temporary password"));
    assert!(mail.body.contains("Your username is ann@example.com"), "{}", mail.body);
    assert_eq!(challenge(&app, ANN, &app.code(ANN)).await, Some(ChallengeName::NewPasswordRequired));
    let says = refusal(create(&app, plain("ANN@example.com")).await);
    assert_eq!(says, "UsernameExists: An account with the given email already exists.");
}

#[tokio::test]
async fn an_old_invitation_ends_and_is_sent_again() {
    let app = App::new(by_email).await;
    create(&app, plain(ANN)).await.unwrap();
    let first = app.code(ANN);
    app.bench.clock.advance(7 * 24 * HOUR);
    let says = refusal(app.sign_in(ANN, &first).await);
    assert_eq!(says, "NotAuthorized: Temporary password has expired and must be reset by an administrator.");
    create(&app, AdminCreateUser { action: Some(MessageAction::Resend), ..plain(ANN) }).await.unwrap();
    assert_ne!(app.code(ANN), first);
    assert!(challenge(&app, ANN, &app.code(ANN)).await.is_some());
}

#[tokio::test]
async fn nobody_is_invited_again_who_needs_no_invitation() {
    let app = App::new(by_email).await;
    let resend = |name| AdminCreateUser { action: Some(MessageAction::Resend), ..plain(name) };
    assert_eq!(refusal(create(&app, resend(ANN)).await), "UserNotFound: User does not exist.");
    app.bench.user(&app.pool, ANN).await;
    assert!(refusal(create(&app, resend(ANN)).await).starts_with("UnsupportedUserState"));
}

#[tokio::test]
async fn a_suppressed_invitation_is_not_sent_and_the_given_password_counts() {
    let app = App::new(|_| {}).await;
    let request = |password: &str| AdminCreateUser {
        attributes: given(&[("email", ANN), ("email_verified", "true")]),
        temporary_password: Some(password.to_owned().into()),
        action: Some(MessageAction::Suppress),
        ..plain("ann")
    };
    assert!(refusal(create(&app, request("weak")).await).starts_with("InvalidPassword"));
    let user = create(&app, request(NEW_PASSWORD)).await.unwrap();
    assert_eq!(user.attributes["email_verified"], "true");
    assert_eq!(app.bench.mail.count(), 0);
    assert!(challenge(&app, "ann", NEW_PASSWORD).await.is_some());
    assert_eq!(refusal(create(&app, request(NEW_PASSWORD)).await), "UsernameExists: User account already exists");
}

#[tokio::test]
async fn invitations_go_by_the_mediums_wanted() {
    let app = App::new(|_| {}).await;
    let attributes = given(&[("email", ANN), ("phone_number", "+12065550100")]);
    let mediums = vec![Contact::Email, Contact::Phone];
    create(&app, AdminCreateUser { attributes, mediums, ..plain("ann") }).await.unwrap();
    assert_eq!(app.bench.mail.count(), 2);
    create(&app, plain("unreachable")).await.expect("the operator tells them");
    assert_eq!(app.bench.mail.count(), 2);
}

#[tokio::test]
async fn a_new_user_takes_an_alias_only_by_force() {
    let app = App::new(with_alias).await;
    app.bench.user(&app.pool, "ann").await;
    let request = |force_alias| AdminCreateUser {
        attributes: given(&[("email", ANN), ("email_verified", "true")]),
        force_alias,
        ..plain("anna")
    };
    let says = refusal(create(&app, request(false)).await);
    assert_eq!(says, "AliasExists: An account with the email already exists.");
    assert!(app.bench.pools.admin_get_user(&app.pool, "anna").await.is_err(), "nothing is left of it");
    create(&app, request(true)).await.unwrap();
    assert_eq!(app.user(ANN).await.username, "anna");
    assert_eq!(app.user("ann").await.attributes["email_verified"], "false");
    let named =
        AdminCreateUser { attributes: given(&[("preferred_username", "ann")]), force_alias: true, ..plain("eve") };
    let says = refusal(create(&app, named).await);
    assert_eq!(says, "AliasExists: An account with the preferred_username already exists.");
    assert!(app.bench.pools.admin_get_user(&app.pool, "eve").await.is_err(), "force moves no username");
}

#[tokio::test]
async fn a_password_is_set_for_good_or_until_the_next_sign_in() {
    let app = App::new(by_email).await;
    let user = app.bench.user(&app.pool, ANN).await;
    let cookie = session(&app, &user).await;
    let set = async |password, permanent| {
        app.bench.pools.admin_set_user_password(&app.bench.cx(), &app.pool, ANN, password, permanent).await
    };
    assert!(refusal(set("weak", true).await).starts_with("InvalidPassword"));
    assert!(has_session(&app, cookie).await);
    set(NEW_PASSWORD, false).await.unwrap();
    assert!(!has_session(&app, cookie).await, "managed login starts anew");
    assert_eq!(challenge(&app, ANN, NEW_PASSWORD).await, Some(ChallengeName::NewPasswordRequired));
    set(PASSWORD, true).await.unwrap();
    assert_eq!(challenge(&app, ANN, PASSWORD).await, None);
    assert_eq!(app.user(ANN).await.status, UserStatus::Confirmed);
    let gone = app.bench.pools.admin_set_user_password(&app.bench.cx(), &app.pool, "nobody", PASSWORD, true).await;
    assert_eq!(refusal(gone), "UserNotFound: User does not exist.");
}

#[tokio::test]
async fn a_reset_password_is_replaced_by_the_code() {
    let app = App::new(by_email).await;
    app.bench.user(&app.pool, ANN).await;
    app.bench.pools.admin_reset_user_password(&app.bench.cx(), &app.pool, ANN).await.unwrap();
    assert_eq!(app.user(ANN).await.status, UserStatus::ResetRequired);
    assert!(refusal(app.sign_in(ANN, PASSWORD).await).starts_with("PasswordResetRequired"));
    app.confirm_forgot(ANN, &app.code(ANN), NEW_PASSWORD).await.unwrap();
    assert_eq!(challenge(&app, ANN, NEW_PASSWORD).await, None);
}

#[tokio::test]
async fn a_reset_needs_somewhere_to_send_the_code() {
    let app = App::new(|_| {}).await;
    app.bench.user_with(&app.pool, "bare", |user| user.attributes.clear()).await;
    let says = refusal(app.bench.pools.admin_reset_user_password(&app.bench.cx(), &app.pool, "bare").await);
    assert!(says.starts_with("InvalidParameter: Cannot reset password"), "{says}");
    assert_eq!(app.user("bare").await.status, UserStatus::Confirmed);
}

#[tokio::test]
async fn an_operator_confirms_without_verifying() {
    let app = App::new(by_email).await;
    app.sign_up(ANN, &[]).await.unwrap();
    let confirm = async || app.bench.pools.admin_confirm_sign_up(&app.bench.cx(), &app.pool, ANN).await;
    confirm().await.unwrap();
    let user = app.user(ANN).await;
    assert_eq!((user.status, user.attributes["email_verified"].as_str()), (UserStatus::Confirmed, "false"));
    assert_eq!(refusal(confirm().await), "NotAuthorized: User cannot be confirmed. Current status is CONFIRMED");
}

#[tokio::test]
async fn a_disabled_user_is_out_and_comes_back() {
    let app = App::new(by_email).await;
    let user = app.bench.user(&app.pool, ANN).await;
    let cookie = session(&app, &user).await;
    let SignedIn::Tokens(tokens) = app.sign_in(ANN, PASSWORD).await.unwrap() else { panic!("a challenge came") };
    app.bench.clock.advance(1000);
    app.bench.pools.admin_disable_user(&app.bench.cx(), &app.pool, ANN).await.unwrap();
    assert_eq!(refusal(app.sign_in(ANN, PASSWORD).await), "NotAuthorized: User is disabled.");
    assert!(app.bench.pools.access(app.bench.now(), &tokens.access).await.is_err());
    assert!(!has_session(&app, cookie).await);
    app.bench.pools.admin_disable_user(&app.bench.cx(), &app.pool, ANN).await.expect("idempotent");
    app.bench.pools.admin_enable_user(&app.bench.cx(), &app.pool, ANN).await.unwrap();
    app.sign_in(ANN, PASSWORD).await.unwrap();
    assert!(app.bench.pools.access(app.bench.now(), &tokens.access).await.is_err(), "what ended stays ended");
}

#[tokio::test]
async fn a_deleted_user_is_gone_and_the_name_is_free() {
    let app = App::new(by_email).await;
    app.bench.user(&app.pool, ANN).await;
    app.bench.pools.admin_delete_user(&app.bench.cx(), &app.pool, ANN).await.unwrap();
    let again = app.bench.pools.admin_delete_user(&app.bench.cx(), &app.pool, ANN).await;
    assert_eq!(refusal(again), "UserNotFound: User does not exist.");
    app.sign_up(ANN, &[]).await.unwrap();
    app.confirm(ANN, &app.code(ANN)).await.unwrap();
    let access = app.access(ANN, PASSWORD).await;
    app.bench.pools.delete_user(&app.bench.cx(), &access).await.unwrap();
    assert!(app.bench.pools.find_user(&app.pool, ANN).await.unwrap().is_none());
}
