//! What signed-in users and operators do with attributes.
use crate::app::{App, by_email, given, other, refusal, with_alias};
use testing::PASSWORD;
use user_pools::pool::Contact;

const ANN: &str = "ann@example.com";
const NEW: &str = "new@example.com";

#[tokio::test]
async fn a_user_sees_only_what_the_client_may_read() {
    let app = App::with_client(by_email, |client| client.read_attributes = Some(vec!["email".into()])).await;
    app.bench.user_with(&app.pool, ANN, |user| drop(user.attributes.insert("name".into(), "Ann".into()))).await;
    let access = app.access(ANN, PASSWORD).await;
    let seen = app.bench.pools.own_attributes(&access).await.unwrap();
    let names: Vec<_> = seen.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["sub", "email"]);
}

#[tokio::test]
async fn a_changed_address_is_unverified_until_its_code_comes_back() {
    let app = App::new(with_alias).await;
    app.bench.user(&app.pool, "ann").await;
    let access = app.access(ANN, PASSWORD).await;
    let (pools, cx) = (&app.bench.pools, app.bench.cx());
    let sent = pools.update_user_attributes(&cx, &access, &given(&[("email", NEW)])).await.unwrap();
    assert_eq!(sent[0].destination, "n***@e***");
    assert!(pools.find_user(&app.pool, ANN).await.unwrap().is_none(), "the old address no longer signs in");
    assert!(pools.find_user(&app.pool, NEW).await.unwrap().is_none(), "the new one not yet");
    let code = app.code(NEW);
    let says = refusal(pools.verify_user_attribute(&cx, &access, "email", &other(&code)).await);
    assert!(says.starts_with("CodeMismatch"), "{says}");
    pools.verify_user_attribute(&cx, &access, "email", &code).await.unwrap();
    assert_eq!(app.user(NEW).await.username, "ann");
}

#[tokio::test]
async fn with_verification_before_update_the_old_address_signs_in_until_then() {
    let app = App::new(|pool| {
        by_email(pool);
        pool.verify_before_update = vec![Contact::Email];
    })
    .await;
    app.bench.user(&app.pool, ANN).await;
    let access = app.access(ANN, PASSWORD).await;
    let (pools, cx) = (&app.bench.pools, app.bench.cx());
    pools.update_user_attributes(&cx, &access, &given(&[("email", NEW)])).await.unwrap();
    app.sign_in(ANN, PASSWORD).await.unwrap();
    assert!(app.sign_in(NEW, PASSWORD).await.is_err());
    let first = app.code(NEW);
    let access = app.access(ANN, PASSWORD).await;
    let again = pools.user_attribute_verification_code(&cx, &access, "email").await.unwrap();
    assert_eq!(again.destination, "n***@e***", "the code goes to the address that waits");
    assert!(pools.verify_user_attribute(&cx, &access, "email", &first).await.is_err(), "it was replaced");
    pools.verify_user_attribute(&cx, &access, "email", &app.code(NEW)).await.unwrap();
    app.sign_in(NEW, PASSWORD).await.unwrap();
    assert!(app.sign_in(ANN, PASSWORD).await.is_err());
    assert!(app.user(NEW).await.pending_attributes.is_empty());
}

#[tokio::test]
async fn a_code_for_one_address_does_not_verify_another() {
    let app = App::new(|_| {}).await;
    app.bench
        .user_with(&app.pool, "ann", |user| drop(user.attributes.insert("email_verified".into(), "false".into())))
        .await;
    let access = app.access("ann", PASSWORD).await;
    let (pools, cx) = (&app.bench.pools, app.bench.cx());
    pools.user_attribute_verification_code(&cx, &access, "email").await.unwrap();
    let code = app.code(ANN);
    pools.update_user_attributes(&cx, &access, &given(&[("email", "victim@example.com")])).await.unwrap();
    assert!(pools.verify_user_attribute(&cx, &access, "email", &code).await.is_err());
    assert_eq!(app.user("ann").await.attributes["email_verified"], "false");
}

#[tokio::test]
async fn an_address_by_which_somebody_else_signs_in_cannot_be_taken() {
    let app = App::new(by_email).await;
    app.bench.user(&app.pool, ANN).await;
    app.bench.user(&app.pool, "bob@example.com").await;
    let access = app.access(ANN, PASSWORD).await;
    let change = given(&[("email", "BOB@example.com")]);
    let says = refusal(app.bench.pools.update_user_attributes(&app.bench.cx(), &access, &change).await);
    assert_eq!(says, "AliasExists: An account with the email already exists.");
    let operator = app.bench.pools.admin_update_user_attributes(&app.bench.cx(), &app.pool, ANN, &change).await;
    assert!(refusal(operator).starts_with("AliasExists"));
    assert_eq!(app.user(ANN).await.attributes["email"], ANN);
}

#[tokio::test]
async fn a_name_that_a_user_chooses_is_nobody_elses_username_or_sub() {
    let app = App::new(with_alias).await;
    app.bench.user(&app.pool, "ann").await;
    let bob = app.bench.user(&app.pool, "bob").await;
    let access = app.access("ann", PASSWORD).await;
    let (pools, cx) = (&app.bench.pools, app.bench.cx());
    let says = "AliasExists: An account with the preferred_username already exists.";
    for name in ["bob", bob.sub.as_str()] {
        let change = given(&[("preferred_username", name)]);
        assert_eq!(refusal(pools.update_user_attributes(&cx, &access, &change).await), says, "{name}");
        assert_eq!(refusal(pools.admin_update_user_attributes(&cx, &app.pool, "ann", &change).await), says, "{name}");
        let taken = refusal(app.sign_up(name, &[("email", "new@example.com")]).await);
        assert_eq!(taken, "UsernameExists: User already exists", "{name}");
    }
    // The own username may be chosen, and what is chosen is no longer free for others.
    for name in ["ann", "anna"] {
        let change = given(&[("preferred_username", name)]);
        pools.update_user_attributes(&cx, &access, &change).await.unwrap();
    }
    assert_eq!(app.user("anna").await.username, "ann");
    let taken = refusal(app.sign_up("anna", &[("email", "new@example.com")]).await);
    assert_eq!(taken, "UsernameExists: User already exists");
}

#[tokio::test]
async fn a_user_writes_and_deletes_only_what_the_client_may() {
    let app =
        App::with_client(by_email, |client| client.write_attributes = Some(vec!["name".into(), "email".into()])).await;
    app.bench.user(&app.pool, ANN).await;
    let access = app.access(ANN, PASSWORD).await;
    let (pools, cx) = (&app.bench.pools, app.bench.cx());
    let no = "NotAuthorized: A client attempted to write unauthorized attribute";
    for name in ["nickname", "email_verified", "sub"] {
        let says = refusal(pools.update_user_attributes(&cx, &access, &given(&[(name, "true")])).await);
        assert_eq!(says, no, "{name}");
    }
    assert_eq!(refusal(pools.delete_user_attributes(&cx, &access, &["nickname".to_owned()]).await), no);
    pools.update_user_attributes(&cx, &access, &given(&[("name", "Ann")])).await.unwrap();
    pools.delete_user_attributes(&cx, &access, &["name".to_owned()]).await.unwrap();
    assert!(!app.user(ANN).await.attributes.contains_key("name"));
    let last = pools.delete_user_attributes(&cx, &access, &["email".to_owned()]).await;
    assert!(refusal(last).starts_with("InvalidParameter"), "the only name to sign in by");
}

#[tokio::test]
async fn an_operator_vouches_for_an_address_and_no_code_is_sent() {
    let app = App::new(by_email).await;
    app.bench.user(&app.pool, ANN).await;
    let change = given(&[("email", NEW), ("email_verified", "true")]);
    app.bench.pools.admin_update_user_attributes(&app.bench.cx(), &app.pool, ANN, &change).await.unwrap();
    assert_eq!(app.user(NEW).await.attributes["email_verified"], "true");
    assert_eq!(app.bench.mail.count(), 0);
    let unknown = ["custom:foo".to_owned()];
    let says = refusal(app.bench.pools.admin_delete_user_attributes(&app.bench.cx(), &app.pool, NEW, &unknown).await);
    assert_eq!(
        says,
        "InvalidParameter: Invalid user attributes: user.custom:foo: Attribute does not exist in the schema.\n"
    );
}

#[tokio::test]
async fn only_contacts_are_verified() {
    let app = App::new(by_email).await;
    app.bench.user(&app.pool, ANN).await;
    let access = app.access(ANN, PASSWORD).await;
    let (pools, cx) = (&app.bench.pools, app.bench.cx());
    for name in ["name", "phone_number"] {
        let says = refusal(pools.user_attribute_verification_code(&cx, &access, name).await);
        assert!(says.starts_with("InvalidParameter"), "{name}: {says}");
    }
}
