//! SignUp, ConfirmSignUp, ResendConfirmationCode.
use crate::app::{App, HOUR, by_email, other, refusal, with_alias};
use testing::PASSWORD;
use user_pools::pool::Contact;
use user_pools::user::UserStatus;
use user_pools::users::SignUp;

const ANN: &str = "ann@example.com";

#[tokio::test]
async fn who_signs_up_by_mail_confirms_with_the_code_and_signs_in() {
    let app = App::new(by_email).await;
    let done = app.sign_up("Ann@Example.com", &[]).await.unwrap();
    assert!(!done.confirmed);
    assert_eq!(done.username, done.sub, "the username of such a pool is the sub");
    assert_eq!(done.delivery.unwrap().destination, "a***@e***");
    assert_eq!(app.bench.mail.last_to("Ann@Example.com").kind, "SignUp");
    app.confirm(ANN, &app.code("Ann@Example.com")).await.unwrap();
    let user = app.user(ANN).await;
    assert_eq!((user.status, user.attributes["email_verified"].as_str()), (UserStatus::Confirmed, "true"));
    assert_eq!(user.attributes["email"], "Ann@Example.com", "echoed as entered");
    app.sign_in("ANN@example.com", PASSWORD).await.unwrap();
    app.sign_in(&done.sub, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn a_wrong_code_stays_wrong_and_an_old_one_is_expired() {
    let app = App::new(by_email).await;
    app.sign_up(ANN, &[]).await.unwrap();
    let code = app.code(ANN);
    let says = refusal(app.confirm(ANN, &other(&code)).await);
    assert_eq!(says, "CodeMismatch: Invalid verification code provided, please try again.");
    app.bench.clock.advance(24 * HOUR);
    let says = refusal(app.confirm(ANN, &code).await);
    assert_eq!(says, "ExpiredCode: Invalid code provided, please request a code again.");
}

#[tokio::test]
async fn a_new_code_replaces_the_earlier_one() {
    let app = App::new(by_email).await;
    app.sign_up(ANN, &[]).await.unwrap();
    let first = app.code(ANN);
    app.resend(ANN).await.unwrap();
    assert_eq!(app.bench.mail.last_to(ANN).kind, "ResendCode");
    assert!(app.confirm(ANN, &first).await.is_err());
    app.confirm(ANN, &app.code(ANN)).await.unwrap();
    assert_eq!(
        refusal(app.confirm(ANN, &first).await),
        "NotAuthorized: User cannot be confirmed. Current status is CONFIRMED"
    );
    assert_eq!(refusal(app.resend(ANN).await), "InvalidParameter: User is already confirmed.");
}

#[tokio::test]
async fn a_code_says_nothing_about_an_address_that_came_later() {
    let app = App::new(by_email).await;
    app.sign_up(ANN, &[]).await.unwrap();
    let code = app.code(ANN);
    let moved = vec![("email".to_owned(), "victim@example.com".to_owned())];
    app.bench.pools.admin_update_user_attributes(&app.bench.cx(), &app.pool, ANN, &moved).await.unwrap();
    let says = refusal(app.confirm("victim@example.com", &code).await);
    assert!(says.starts_with("CodeMismatch"), "{says}");
}

#[tokio::test]
async fn names_that_are_taken_are_told_in_the_words_of_the_pool() {
    let app = App::new(by_email).await;
    app.sign_up(ANN, &[]).await.unwrap();
    assert_eq!(
        refusal(app.sign_up("ANN@example.com", &[]).await),
        "UsernameExists: An account with the given email already exists."
    );
    let app = App::new(|_| {}).await;
    app.sign_up("ann", &[]).await.unwrap();
    assert_eq!(refusal(app.sign_up("ann", &[]).await), "UsernameExists: User already exists");
    app.sign_up("Ann", &[]).await.expect("case sensitive unless told otherwise");
    let sub = app.user("ann").await.sub;
    assert!(app.sign_up(&sub, &[]).await.is_err(), "nobody may be called by another's sub");
}

#[tokio::test]
async fn sign_up_refuses_in_the_order_of_the_spec() {
    let app = App::new(|pool| {
        by_email(pool);
        pool.admin_create_only = true;
    })
    .await;
    assert_eq!(refusal(app.sign_up(ANN, &[]).await), "NotAuthorized: SignUp is not permitted for this user pool");
    let app = App::new(by_email).await;
    assert_eq!(refusal(app.sign_up("ann", &[]).await), "InvalidParameter: Username should be an email.");
    let attempt = |password: Option<&str>| SignUp {
        asking: app.asking(ANN),
        password: password.map(str::to_owned),
        attributes: vec![("custom:x".to_owned(), "1".to_owned())],
    };
    let weak = app.bench.pools.sign_up(&app.bench.cx(), attempt(Some("short"))).await;
    assert_eq!(refusal(weak), "InvalidPassword: Password did not conform with policy: Password not long enough");
    let unknown = app.bench.pools.sign_up(&app.bench.cx(), attempt(Some(PASSWORD))).await;
    assert!(refusal(unknown).starts_with("InvalidParameter: Attributes did not conform to the schema"));
    assert!(app.bench.pools.sign_up(&app.bench.cx(), attempt(None)).await.is_err());
    assert_eq!(
        refusal(app.sign_up(ANN, &[("email", "other@example.com")]).await).split(':').next(),
        Some("InvalidParameter")
    );
    assert_eq!(app.bench.mail.count(), 0);
}

#[tokio::test]
async fn without_automatic_verification_no_code_is_sent() {
    let app = App::new(|_| {}).await;
    let done = app.sign_up("ann", &[("email", ANN)]).await.unwrap();
    assert!(done.delivery.is_none());
    assert_eq!(app.bench.mail.count(), 0);
    assert!(refusal(app.resend("ann").await).starts_with("InvalidParameter"));
}

#[tokio::test]
async fn where_both_contacts_are_verified_the_code_goes_to_the_phone() {
    let app = App::new(|pool| pool.auto_verified = vec![Contact::Email, Contact::Phone]).await;
    let done = app.sign_up("ann", &[("email", ANN), ("phone_number", "+12065559934")]).await.unwrap();
    let delivery = done.delivery.unwrap();
    assert_eq!((delivery.destination.as_str(), delivery.contact), ("+*******9934", Contact::Phone));
    app.confirm("ann", &app.code("+12065559934")).await.unwrap();
    let user = app.user("ann").await;
    assert_eq!(user.attributes["phone_number_verified"], "true");
    assert_eq!(user.attributes["email_verified"], "false");
}

#[tokio::test]
async fn an_alias_belongs_to_one_user_and_moves_only_by_force() {
    let app = App::new(with_alias).await;
    for name in ["ann", "bob"] {
        app.sign_up(name, &[("email", "shared@example.com")]).await.unwrap();
        let code = app.code("shared@example.com");
        if name == "ann" {
            app.confirm(name, &code).await.unwrap();
            continue;
        }
        let says = refusal(app.confirm(name, &code).await);
        assert_eq!(says, "AliasExists: An account with the email already exists.");
        assert_eq!(app.user("shared@example.com").await.username, "ann");
        app.confirm_forcing(name, &code, true).await.expect("the refused try did not use the code up");
    }
    assert_eq!(app.user("shared@example.com").await.username, "bob");
    assert_eq!(app.user("ann").await.attributes["email_verified"], "false");
}

#[tokio::test]
async fn force_moves_no_username() {
    let app = App::new(with_alias).await;
    app.bench.user(&app.pool, "ann").await;
    app.sign_up("bob", &[("email", "bob@example.com"), ("preferred_username", "ann")]).await.unwrap();
    let says = refusal(app.confirm_forcing("bob", &app.code("bob@example.com"), true).await);
    assert_eq!(says, "AliasExists: An account with the preferred_username already exists.");
    assert_eq!(app.user("ann").await.username, "ann");
}

#[tokio::test]
async fn tries_and_resends_are_limited() {
    let app = App::new(by_email).await;
    app.sign_up(ANN, &[]).await.unwrap();
    let wrong = other(&app.code(ANN));
    for _ in 0..15 {
        assert!(refusal(app.confirm(ANN, &wrong).await).starts_with("CodeMismatch"));
    }
    let over = "LimitExceeded: Attempt limit exceeded, please try after some time.";
    assert_eq!(refusal(app.confirm(ANN, &app.code(ANN)).await), over, "even with the right code");
    for _ in 0..5 {
        app.resend(ANN).await.unwrap();
    }
    assert_eq!(refusal(app.resend(ANN).await), over);
    app.bench.clock.advance(HOUR);
    app.confirm(ANN, &app.code(ANN)).await.unwrap();
}

#[tokio::test]
async fn a_mail_that_cannot_be_sent_leaves_a_user_who_can_ask_again() {
    let app = App::new(by_email).await;
    app.bench.mail.break_delivery(true);
    assert!(refusal(app.sign_up(ANN, &[]).await).starts_with("CodeDeliveryFailure"));
    app.bench.mail.break_delivery(false);
    app.resend(ANN).await.unwrap();
    app.confirm(ANN, &app.code(ANN)).await.unwrap();
}

#[tokio::test]
async fn a_confirmation_by_link_names_client_user_and_code() {
    let app = App::new(|pool| {
        by_email(pool);
        pool.messages.verification.insert("DefaultEmailOption".into(), "CONFIRM_WITH_LINK".into());
        pool.messages.verification.insert("EmailMessageByLink".into(), "{##Come in##}".into());
    })
    .await;
    let done = app.sign_up(ANN, &[]).await.unwrap();
    let body = app.bench.mail.last_to(ANN).body;
    let link = format!(
        "<a href=\"http://localhost:4566/confirmUser?client_id={}&amp;user_name={}&amp;confirmation_code={}\">Come in</a>",
        app.client.id,
        done.username,
        app.code(ANN)
    );
    assert_eq!(body, link);
    // Where the pool has a login domain, the link leads there.
    app.bench.pools.store.insert_domain(app.bench.now(), testing::rows::domain(&app.pool.id, "lab")).await.unwrap();
    app.resend(ANN).await.unwrap();
    let body = app.bench.mail.last_to(ANN).body;
    assert!(body.contains("\"http://lab.auth.localhost:4566/confirmUser?client_id="), "{body}");
}

#[tokio::test]
async fn a_client_with_a_secret_needs_its_hash() {
    let app = App::new(by_email).await;
    let client = app.bench.confidential_client(&app.pool).await;
    let mut asking = app.asking(ANN);
    asking.client = client.id.clone();
    let attempt = |asking: &user_pools::users::Asking| SignUp {
        asking: asking.clone(),
        password: Some(PASSWORD.to_owned()),
        attributes: vec![],
    };
    let says = refusal(app.bench.pools.sign_up(&app.bench.cx(), attempt(&asking)).await);
    assert!(says.contains("is configured with secret but SECRET_HASH was not received"), "{says}");
    asking.secret_hash = Some("AAAA".into());
    assert!(app.bench.pools.sign_up(&app.bench.cx(), attempt(&asking)).await.is_err());
    asking.secret_hash = Some(user_pools::secret_hash::compute(testing::CLIENT_SECRET.as_bytes(), ANN, &client.id.0));
    app.bench.pools.sign_up(&app.bench.cx(), attempt(&asking)).await.unwrap();
}

#[tokio::test]
async fn every_outcome_is_noted_without_secrets() {
    let app = App::new(by_email).await;
    let done = app.sign_up(ANN, &[]).await.unwrap();
    let decision = app.bench.decisions.last();
    assert_eq!((decision.action.as_str(), decision.allowed), ("SignUp", true));
    let code = app.code(ANN);
    let _ = app.confirm(ANN, &other(&code)).await;
    let decision = app.bench.decisions.last();
    assert_eq!((decision.rule.as_str(), decision.user.as_deref()), ("CodeMismatch", Some(done.sub.as_str())));
    let all = serde_json::to_string(&app.bench.decisions.all()).unwrap();
    for secret in [PASSWORD, &code, &other(&code)] {
        assert!(!all.contains(secret), "{all}");
    }
}
