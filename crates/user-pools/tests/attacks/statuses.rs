//! Users who may not sign in, by every way there is.
use crate::actor::{App, Srp, challenge, says, tokens};
use crate::device_client::confirmed;
use crate::house::{from, house, prefer, with_passkey};
use crate::soft_key::SoftKey;
use testing::{Bench, PASSWORD};
use user_pools::Result;
use user_pools::ports::Page;
use user_pools::sign_in::ChallengeName::{CustomChallenge, EmailOtp, NewPasswordRequired, WebAuthn};
use user_pools::sign_in::{Challenge, Door, Flow, SignedIn};
use user_pools::token::ClientProof;
use user_pools::user::{User, UserStatus};

/// Sign-ins by every flow, each as far as it goes with the right secrets.
async fn every_way(app: &App<'_>, user: &User, key: &mut SoftKey) -> Vec<(&'static str, Result<SignedIn>)> {
    let (bench, name, srp) = (app.bench, user.username.as_str(), Srp::new(5));
    let given = [("USERNAME", name), ("PASSWORD", PASSWORD)];
    let mut all = vec![("USER_PASSWORD_AUTH", app.start(Flow::UserPassword, &given).await)];
    let claimed = match app.srp_start(name, &srp).await {
        Ok(asked) => app.srp_claim(&challenge(Ok(asked)), &srp, PASSWORD).await,
        refused => refused,
    };
    all.push(("USER_SRP_AUTH", claimed));
    let inline = [("USERNAME", name), ("PREFERRED_CHALLENGE", "PASSWORD"), ("PASSWORD", PASSWORD)];
    all.push(("USER_AUTH PASSWORD", app.start(Flow::UserAuth, &inline).await));
    let sent = bench.mail.count();
    let mut by_mail = prefer(app, name, "EMAIL_OTP").await;
    if let Ok(SignedIn::Challenge(Challenge { name: EmailOtp, session, .. })) = &by_mail
        && bench.mail.count() > sent
    {
        let code = bench.mail.code_to(&format!("{name}@example.com"));
        by_mail = app.answer(EmailOtp, Some(session), &[("USERNAME", name), ("EMAIL_OTP_CODE", &code)]).await;
    }
    all.push(("USER_AUTH EMAIL_OTP", by_mail));
    let mut by_passkey = prefer(app, name, "WEB_AUTHN").await;
    if let Ok(SignedIn::Challenge(asked)) = &by_passkey
        && asked.name == WebAuthn
    {
        let options = serde_json::from_str(&asked.parameters["CREDENTIAL_REQUEST_OPTIONS"]).unwrap();
        let credential = key.sign(&options, &user.sub);
        by_passkey =
            app.answer(WebAuthn, Some(&asked.session), &[("USERNAME", name), ("CREDENTIAL", &credential)]).await;
    }
    all.push(("USER_AUTH WEB_AUTHN", by_passkey));
    let mut custom = app.start(Flow::Custom, &[("USERNAME", name)]).await;
    if let Ok(SignedIn::Challenge(asked)) = &custom {
        custom = app.answer(CustomChallenge, Some(&asked.session), &[("USERNAME", name), ("ANSWER", "sesame")]).await;
    }
    all.push(("CUSTOM_AUTH", custom));
    for (what, door, flow) in [
        ("ADMIN_USER_PASSWORD_AUTH", Door::Admin(app.pool.id.clone()), Flow::AdminUserPassword),
        ("the login page", Door::ManagedLogin, Flow::UserPassword),
    ] {
        let there = App { door, bench, pool: app.pool.clone(), client: app.client.clone() };
        all.push((what, there.start(flow, &given).await));
    }
    all
}

/// Somebody who has everything, before something happens to them.
async fn somebody(app: &App<'_>, name: &str, id: u8) -> (User, SoftKey) {
    let user = app.bench.user(&app.pool, name).await;
    let key = with_passkey(app, name, id).await;
    (user, key)
}

async fn change(bench: &Bench, user: &User, change: impl FnOnce(&mut User)) {
    let mut stored = bench.stored(user).await;
    change(&mut stored);
    bench.pools.store.replace_user(bench.now(), stored).await.unwrap();
}

#[tokio::test]
async fn who_may_sign_in_does_by_every_way() {
    let bench = Bench::new();
    let app = house(&bench).await;
    let (user, mut key) = somebody(&app, "alice", 1).await;
    let all = every_way(&app, &user, &mut key).await;
    assert_eq!(all.len(), 8);
    for (what, result) in all {
        assert!(matches!(result, Ok(SignedIn::Tokens(_))), "{what}: the test itself must know the way");
    }
}

#[tokio::test]
async fn a_status_stands_in_the_way_of_every_flow() {
    let bench = Bench::new();
    let app = house(&bench).await;
    for (number, status) in
        (1..).zip([UserStatus::Unconfirmed, UserStatus::ResetRequired, UserStatus::ExternalProvider])
    {
        let (user, mut key) = somebody(&app, &format!("user{number}"), number).await;
        change(&bench, &user, |user| user.status = status).await;
        for (what, result) in every_way(&app, &user, &mut key).await {
            assert!(!matches!(result, Ok(SignedIn::Tokens(_))), "{}: tokens by {what}", status.as_str());
        }
    }
}

#[tokio::test]
async fn a_disabled_user_is_kept_out_of_every_flow() {
    let bench = Bench::new();
    let app = house(&bench).await;
    let (user, mut key) = somebody(&app, "alice", 1).await;
    bench.pools.admin_disable_user(&bench.cx(), &app.pool, "alice").await.unwrap();
    for (what, result) in every_way(&app, &user, &mut key).await {
        assert!(!matches!(result, Ok(SignedIn::Tokens(_))), "tokens by {what}");
    }
    let page = Page { after: None, limit: 9 };
    assert!(bench.pools.store.list_sign_ins(bench.now(), user.pool, user.sub, page).await.unwrap().is_empty());
}

/// A temporary password gives a new one and nothing else, by every flow that takes passwords; the others are closed meanwhile.
#[tokio::test]
async fn a_temporary_password_buys_no_tokens_before_it_is_changed() {
    let bench = Bench::new();
    let app = house(&bench).await;
    let (user, mut key) = somebody(&app, "alice", 1).await;
    change(&bench, &user, |user| user.status = UserStatus::ForceChangePassword).await;
    for (what, result) in every_way(&app, &user, &mut key).await {
        match result {
            // The pool's own functions decide what is enough there (spec C.11).
            Ok(SignedIn::Tokens(_)) => assert_eq!(what, "CUSTOM_AUTH"),
            Ok(SignedIn::Challenge(asked)) if what.ends_with("OTP") || what.ends_with("AUTHN") => {
                assert_eq!(asked.available, ["PASSWORD_SRP", "PASSWORD"], "{what}");
            }
            Ok(SignedIn::Challenge(asked)) => assert_eq!(asked.name, NewPasswordRequired, "{what}"),
            Err(error) => panic!("{what}: {}", error.message),
        }
    }
}

#[tokio::test]
async fn an_expired_temporary_password_opens_no_flow() {
    let bench = Bench::new();
    let app = house(&bench).await;
    let (user, mut key) = somebody(&app, "alice", 1).await;
    let now = bench.now();
    change(&bench, &user, |user| {
        user.status = UserStatus::ForceChangePassword;
        user.credentials.password.as_mut().unwrap().expires_at = Some(now);
    })
    .await;
    for (what, result) in every_way(&app, &user, &mut key).await {
        let by_password = !["USER_AUTH EMAIL_OTP", "USER_AUTH WEB_AUTHN", "CUSTOM_AUTH"].contains(&what);
        if by_password {
            assert!(says(result).starts_with("Temporary password has expired"), "{what}");
        }
    }
}

#[tokio::test]
async fn a_session_of_the_new_password_step_dies_when_the_operator_acts() {
    let bench = Bench::new();
    let app = house(&bench).await;
    let user = bench.user_with(&app.pool, "alice", |user| user.status = UserStatus::ForceChangePassword).await;
    let asked = challenge(app.sign_in("alice", PASSWORD).await);
    let given = [("USERNAME", "alice"), ("NEW_PASSWORD", "Th1efs-Passw0rd!")];
    bench.pools.admin_disable_user(&bench.cx(), &app.pool, "alice").await.unwrap();
    assert_eq!(says(app.answer(NewPasswordRequired, Some(&asked.session), &given).await), "User is disabled.");
    bench.pools.admin_enable_user(&bench.cx(), &app.pool, "alice").await.unwrap();
    assert!(
        app.answer(NewPasswordRequired, Some(&asked.session), &given).await.is_err(),
        "what was ended does not come back"
    );
    assert_eq!(bench.stored(&user).await.status, UserStatus::ForceChangePassword);
}

#[tokio::test]
async fn a_disabled_users_tokens_and_devices_are_worth_nothing_and_enabling_brings_none_back() {
    let bench = Bench::new();
    let app = house(&bench).await;
    bench.user(&app.pool, "alice").await;
    let phone = confirmed(&app, "alice").await;
    let plain = App { client: bench.client(&app.pool).await, bench: &bench, pool: app.pool.clone(), door: Door::Api };
    let before = tokens(plain.sign_in("alice", PASSWORD).await);
    bench.pools.admin_disable_user(&bench.cx(), &app.pool, "alice").await.unwrap();
    assert_eq!(says(from(&app, "alice", &phone).await), "User is disabled.");
    assert!(bench.pools.access(bench.now(), &before.access).await.is_err());
    bench.pools.admin_enable_user(&bench.cx(), &app.pool, "alice").await.unwrap();
    let key = before.new_device.as_ref().map(|device| device.key.as_str());
    let proof = (ClientProof::Checked, key);
    let refreshed =
        bench.pools.refresh_from(&bench.cx(), "Refresh", &plain.client, &before.refresh.unwrap(), proof).await;
    assert_eq!(says(refreshed.map(drop)), "Refresh Token has been revoked");
    assert!(bench.pools.access(bench.now(), &before.access).await.is_err());
}
