//! Codes as first factor: where they go is who gets in.
use crate::actor::{App, challenge, tokens};
use testing::Bench;
use user_pools::access::Access;
use user_pools::pool::{Contact, PoolSettings};
use user_pools::sign_in::ChallengeName::{EmailOtp, SmsOtp};
use user_pools::sign_in::{ChallengeName, Door, Flow};
use user_pools::user::User;
use user_pools::users::admin::AdminCreateUser;
use user_pools::users::{Asking, ConfirmSignUp, SignUp};

const OWN: &str = "ann@example.com";
const PHONE: &str = "+12065550100";
const THIEF: &str = "thief@example.com";

/// A pool of names, not addresses, that lets in by codes.
async fn app(bench: &Bench) -> App<'_> {
    let change = |pool: &mut PoolSettings| {
        pool.first_factors = ["PASSWORD", "EMAIL_OTP", "SMS_OTP"].map(str::to_owned).to_vec();
        pool.alias_attributes = vec![user_pools::pool::AliasKind::Email];
        pool.auto_verified = vec![Contact::Email];
    };
    let pool = bench.pool_with(change).await;
    let flows = |client: &mut user_pools::client::ClientSettings| {
        client.auth_flows.as_mut().unwrap().push("ALLOW_USER_AUTH".to_owned());
    };
    let client = bench.client_with(&pool, flows).await;
    App { bench, pool, client, door: Door::Api }
}

async fn passwordless(app: &App<'_>, name: &str, attributes: &[(&str, &str)]) -> User {
    let request = AdminCreateUser {
        username: name.to_owned(),
        attributes: attributes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        temporary_password: None,
        action: None,
        mediums: vec![],
        force_alias: false,
    };
    app.bench.pools.admin_create_user(&app.bench.cx(), &app.pool, request).await.unwrap()
}

/// A sign-in by a code that went there.
async fn signed_in(app: &App<'_>, name: &str, factor: ChallengeName, address: &str) -> Access {
    let begun = app.start(Flow::UserAuth, &[("USERNAME", name), ("PREFERRED_CHALLENGE", factor.as_str())]).await;
    let asked = challenge(begun);
    let (code, member) = (app.bench.mail.code_to(address), format!("{}_CODE", factor.as_str()));
    let answered = app.answer(factor, Some(&asked.session), &[("USERNAME", name), (&member, &code)]).await;
    app.bench.pools.access(app.bench.now(), &tokens(answered).access).await.unwrap()
}

/// What somebody may begin with.
async fn offered(app: &App<'_>, name: &str) -> Vec<&'static str> {
    match app.start(Flow::UserAuth, &[("USERNAME", name)]).await {
        Ok(asked) => challenge(Ok(asked)).available,
        Err(error) => {
            assert_eq!(error.message, "Incorrect username or password.");
            vec![]
        }
    }
}

/// Whoever holds a token of a user without a password, or only sits at their desk, does not move the way in to a mailbox of their own.
#[tokio::test]
async fn a_changed_address_lets_nobody_in_before_it_is_proven() {
    let bench = Bench::new();
    let app = app(&bench).await;
    let given = [("email", OWN), ("phone_number", PHONE)];
    let user = passwordless(&app, "ann", &given).await;
    assert_eq!(offered(&app, "ann").await, ["EMAIL_OTP", "SMS_OTP"]);
    let access = signed_in(&app, "ann", SmsOtp, PHONE).await;
    let change = vec![("email".to_owned(), THIEF.to_owned())];
    bench.pools.update_user_attributes(&bench.cx(), &access, &change).await.unwrap();
    assert_eq!(bench.stored(&user).await.attributes["email"], THIEF);
    assert_eq!(offered(&app, "ann").await, ["SMS_OTP"]);
    // Nor where no other address is left.
    let bob = passwordless(&app, "bob", &given[..1]).await;
    let access = signed_in(&app, "bob", EmailOtp, OWN).await;
    assert_eq!(bench.stored(&bob).await.attributes["email_verified"], "true");
    bench.pools.update_user_attributes(&bench.cx(), &access, &change).await.unwrap();
    assert_eq!(offered(&app, "bob").await, [] as [&str; 0]);
    // An operator's word is enough.
    bench.pools.admin_update_user_attributes(&bench.cx(), &app.pool, "bob", &change).await.unwrap();
    assert_eq!(offered(&app, "bob").await, [] as [&str; 0], "the same address is no news");
    let other = vec![("email".to_owned(), "bob@example.org".to_owned())];
    bench.pools.admin_update_user_attributes(&bench.cx(), &app.pool, "bob", &other).await.unwrap();
    assert_eq!(offered(&app, "bob").await, ["EMAIL_OTP"]);
}

/// ForceAliasCreation moves the address to whoever has proven it: it is no way in to its former holder any more.
#[tokio::test]
async fn an_address_that_somebody_else_has_taken_over_no_longer_lets_in_to_its_former_holder() {
    let bench = Bench::new();
    let app = app(&bench).await;
    let user = passwordless(&app, "ann", &[("email", OWN), ("email_verified", "true")]).await;
    assert_eq!(offered(&app, "ann").await, ["EMAIL_OTP"]);
    let asking = || Asking { client: app.client.id.clone(), secret_hash: None, username: "eve".to_owned() };
    let attributes = vec![("email".to_owned(), OWN.to_owned())];
    let request = SignUp { asking: asking(), password: Some(testing::PASSWORD.to_owned()), attributes };
    bench.pools.sign_up(&bench.cx(), request).await.unwrap();
    let confirm = ConfirmSignUp { asking: asking(), code: bench.mail.code_to(OWN), force_alias: true };
    bench.pools.confirm_sign_up(&bench.cx(), confirm).await.unwrap();
    assert_eq!(bench.stored(&user).await.attributes["email_verified"], "false");
    assert_eq!(offered(&app, "ann").await, [] as [&str; 0]);
}
