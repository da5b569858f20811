//! Around the second factor: by every flow, by a new password, by a refresh, by codes used twice, by devices and by what is set up on the way.
use crate::actor::{App, Srp, challenge, claims, refusal, says, tokens};
use crate::device_client::{Phone, confirmed};
use crate::house::{PHONE, access, careful, forgot, from, house, house_with, prefer, recover, with_app, with_passkey};
use testing::{Bench, PASSWORD};
use user_pools::Result;
use user_pools::mfa::{Enroller, Preference, Wish};
use user_pools::pool::MfaRequirement;
use user_pools::sign_in::ChallengeName::{
    DeviceSrpAuth, EmailOtp, MfaSetup, Password, PasswordSrp, SelectChallenge, SmsMfa, SoftwareTokenMfa,
};
use user_pools::sign_in::{Challenge, ChallengeName, Door, Flow, SignedIn};

const NEW: &str = "N3w-Passw0rd!";
const USED: &str = "Your software token has already been used once.";

/// Whatever lies behind the right password, by every flow that takes one.
async fn behind_the_password(app: &App<'_>, name: &str, password: &str) -> Vec<(&'static str, Result<SignedIn>)> {
    let srp = Srp::new(5);
    let mut all = vec![(
        "USER_PASSWORD_AUTH",
        app.start(Flow::UserPassword, &[("USERNAME", name), ("PASSWORD", password)]).await,
    )];
    let asked = challenge(app.srp_start(name, &srp).await);
    all.push(("USER_SRP_AUTH", app.srp_claim(&asked, &srp, password).await));
    let inline = [("USERNAME", name), ("PREFERRED_CHALLENGE", "PASSWORD"), ("PASSWORD", password)];
    all.push(("USER_AUTH inline", app.start(Flow::UserAuth, &inline).await));
    let given = [("USERNAME", name), ("PASSWORD", password)];
    let asked = challenge(prefer(app, name, "PASSWORD").await);
    if asked.name == Password {
        all.push(("USER_AUTH PASSWORD", app.answer(Password, Some(&asked.session), &given).await));
        let asked = challenge(prefer(app, name, "PASSWORD_SRP").await);
        let public = srp.public();
        let verifier = app.answer(PasswordSrp, Some(&asked.session), &[("USERNAME", name), ("SRP_A", &public)]).await;
        all.push(("USER_AUTH PASSWORD_SRP", app.srp_claim(&challenge(verifier), &srp, password).await));
        let asked = challenge(app.start(Flow::UserAuth, &[("USERNAME", name)]).await);
        if asked.name == SelectChallenge {
            let chosen = [("USERNAME", name), ("ANSWER", "PASSWORD"), ("PASSWORD", password)];
            all.push(("USER_AUTH chosen", app.answer(SelectChallenge, Some(&asked.session), &chosen).await));
        }
    }
    for (what, door, flow) in [
        ("ADMIN_USER_PASSWORD_AUTH", Door::Admin(app.pool.id.clone()), Flow::AdminUserPassword),
        ("the login page", Door::ManagedLogin, Flow::UserPassword),
    ] {
        let there = App { door, bench: app.bench, pool: app.pool.clone(), client: app.client.clone() };
        all.push((what, there.start(flow, &given).await));
    }
    all
}

/// All of them end in this challenge.
async fn all_ask(app: &App<'_>, name: &str, password: &str, expected: ChallengeName) {
    let all = behind_the_password(app, name, password).await;
    assert!(all.len() >= 7, "{}", all.len());
    for (what, result) in all {
        match result {
            Ok(SignedIn::Challenge(asked)) => assert_eq!(asked.name, expected, "{what}"),
            Ok(SignedIn::Tokens(_)) => panic!("{what}: tokens for a password alone"),
            Err(error) => panic!("{what}: {}", error.message),
        }
    }
}

/// What a user may begin with besides the password.
async fn offered(app: &App<'_>, name: &str) -> Vec<&'static str> {
    challenge(app.start(Flow::UserAuth, &[("USERNAME", name)]).await).available
}

#[tokio::test]
async fn no_flow_goes_around_a_second_factor_that_the_user_has() {
    let bench = Bench::new();
    let app = house(&bench).await;
    careful(&app, "mail", &["EMAIL_OTP"]).await;
    careful(&app, "sms", &["SMS_MFA"]).await;
    careful(&app, "totp", &[]).await;
    with_app(&app, "totp").await;
    for (name, expected) in [("mail", EmailOtp), ("sms", SmsMfa), ("totp", SoftwareTokenMfa)] {
        all_ask(&app, name, PASSWORD, expected).await;
        assert_eq!(offered(&app, name).await, ["PASSWORD_SRP", "PASSWORD"], "{name}: no code and no passkey alone");
        for factor in ["EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"] {
            assert_eq!(challenge(prefer(&app, name, factor).await).name, SelectChallenge, "{name}: {factor}");
        }
    }
}

#[tokio::test]
async fn no_flow_goes_around_a_second_factor_that_the_pool_requires() {
    let bench = Bench::new();
    let strict = |pool: &mut user_pools::pool::PoolSettings| {
        pool.mfa = MfaRequirement::On;
        pool.documents.remove("EmailMfaConfiguration");
        pool.documents.remove("SmsMfaConfiguration");
    };
    let app = house_with(&bench, strict, |_| {}).await;
    bench.user(&app.pool, "alice").await;
    all_ask(&app, "alice", PASSWORD, MfaSetup).await;
    assert_eq!(offered(&app, "alice").await, ["PASSWORD_SRP", "PASSWORD"]);
}

/// Whoever reads the mail sets a password, and stands before the second factor as before; a passkey is theirs no more than the app.
#[tokio::test]
async fn a_new_password_by_a_code_leaves_the_second_factor_in_place_in_every_flow() {
    let bench = Bench::new();
    let app = house(&bench).await;
    let user = careful(&app, "alice", &[]).await;
    with_app(&app, "alice").await;
    forgot(&app, "alice").await.unwrap();
    let code = bench.mail.code_to(PHONE);
    recover(&app, "alice", &code, NEW).await.unwrap();
    assert_eq!(bench.stored(&user).await.credentials.mfa_enabled, ["SOFTWARE_TOKEN_MFA"]);
    all_ask(&app, "alice", NEW, SoftwareTokenMfa).await;
}

#[tokio::test]
async fn an_operators_new_password_leaves_the_second_factor_in_place() {
    let bench = Bench::new();
    let app = house(&bench).await;
    careful(&app, "alice", &[]).await;
    with_app(&app, "alice").await;
    bench.pools.admin_set_user_password(&bench.cx(), &app.pool, "alice", NEW, true).await.unwrap();
    all_ask(&app, "alice", NEW, SoftwareTokenMfa).await;
}

/// A refresh renews what was proven then: tokens from before the factor was switched on go on, and say that no factor was proven.
#[tokio::test]
async fn a_refresh_never_claims_a_factor_that_was_not_proven() {
    let bench = Bench::new();
    let app = App::with_mfa(&bench, MfaRequirement::Optional).await;
    bench.user(&app.pool, "alice").await;
    let before = app.tokens("alice", PASSWORD).await;
    with_app(&app, "alice").await;
    let after = tokens(app.refresh(&before.refresh.unwrap()).await);
    let origin = claims(&after.access)["origin_jti"].as_str().unwrap().to_owned();
    assert_eq!(bench.pools.store.sign_in(bench.now(), origin).await.unwrap().methods, ["pwd"]);
    assert_eq!(challenge(app.sign_in("alice", PASSWORD).await).name, SoftwareTokenMfa);
}

#[tokio::test]
async fn a_code_of_an_app_is_used_up_for_every_flow_client_and_enrolment() {
    let bench = Bench::new();
    let app = house(&bench).await;
    careful(&app, "alice", &[]).await;
    let authenticator = with_app(&app, "alice").await;
    let code = authenticator.code(bench.now());
    let given = [("USERNAME", "alice"), ("SOFTWARE_TOKEN_MFA_CODE", &*code)];
    let asked = challenge(app.sign_in("alice", PASSWORD).await);
    assert_eq!(
        says(app.answer(SoftwareTokenMfa, Some(&asked.session), &given).await),
        USED,
        "the enrolment has used it"
    );
    bench.clock.advance(30_000);
    let code = authenticator.code(bench.now());
    let given = [("USERNAME", "alice"), ("SOFTWARE_TOKEN_MFA_CODE", &*code)];
    let by_flow: Vec<Challenge> = behind_the_password(&app, "alice", PASSWORD)
        .await
        .into_iter()
        .take(3)
        .map(|(_, asked)| challenge(asked))
        .collect();
    let client = bench.client(&app.pool).await;
    let elsewhere = App { bench: &bench, pool: app.pool.clone(), client, door: Door::Api };
    let there = challenge(elsewhere.sign_in("alice", PASSWORD).await);
    tokens(app.answer(SoftwareTokenMfa, Some(&by_flow[0].session), &given).await);
    for asked in &by_flow[1..] {
        assert_eq!(says(app.answer(SoftwareTokenMfa, Some(&asked.session), &given).await), USED);
    }
    assert_eq!(says(elsewhere.answer(SoftwareTokenMfa, Some(&there.session), &given).await), USED);
}

#[tokio::test]
async fn a_code_of_yesterday_or_of_another_users_app_is_wrong() {
    let bench = Bench::new();
    let app = house(&bench).await;
    for name in ["alice", "bob"] {
        careful(&app, name, &[]).await;
    }
    let (alices, bobs) = (with_app(&app, "alice").await, with_app(&app, "bob").await);
    let old = alices.code(bench.now());
    bench.clock.advance(24 * 60 * 60_000);
    let ahead = alices.code(bench.now() + 90_000);
    for code in [old, ahead, bobs.code(bench.now())] {
        let asked = challenge(app.sign_in("alice", PASSWORD).await);
        let given = [("USERNAME", "alice"), ("SOFTWARE_TOKEN_MFA_CODE", &*code)];
        assert_eq!(
            says(app.answer(SoftwareTokenMfa, Some(&asked.session), &given).await),
            "Invalid code received for user"
        );
    }
}

/// Who knows the password alone cannot add a factor of their own beside the user's.
#[tokio::test]
async fn a_session_behind_the_password_enrols_nothing_for_who_has_a_factor() {
    let bench = Bench::new();
    let app = house(&bench).await;
    careful(&app, "alice", &["SMS_MFA"]).await;
    let asked = challenge(app.sign_in("alice", PASSWORD).await);
    let enrolled = bench.pools.associate_software_token(&bench.cx(), Enroller::Session(&asked.session)).await;
    assert_eq!(says(enrolled.map(drop)), "Invalid code or auth state for the user.");
    let code = bench.pools.verify_software_token(&bench.cx(), Enroller::Session(&asked.session), "000000", None).await;
    assert!(code.is_err());
    let given = [("USERNAME", "alice"), ("EMAIL", "thief@example.com"), ("PHONE_NUMBER", "+19995550100")];
    assert!(app.answer(MfaSetup, Some(&asked.session), &given).await.is_err());
}

#[tokio::test]
async fn a_device_of_another_user_stands_in_for_nobody() {
    let bench = Bench::new();
    let app = house(&bench).await;
    let alice = careful(&app, "alice", &[]).await;
    bench.user(&app.pool, "thief").await;
    let (own, thiefs) = (confirmed(&app, "alice").await, confirmed(&app, "thief").await);
    let mut stored = bench.stored(&alice).await;
    stored.credentials.mfa_enabled = vec!["SMS_MFA".into()];
    bench.pools.store.replace_user(bench.now(), stored).await.unwrap();
    assert_eq!(says(from(&app, "alice", &thiefs).await), "Device does not exist.");
    // The key alone, without the device's secret.
    let copied = Phone { key: own.key.clone(), group: own.group.clone(), secret: "guessed".to_owned() };
    let asked = challenge(from(&app, "alice", &copied).await);
    assert_eq!(asked.name, DeviceSrpAuth);
    assert_eq!(says(copied.prove(&app, &asked, "alice", true).await), "Incorrect username or password.");
    // The thief's own device proves itself in the thief's sign-in only.
    let asked = challenge(from(&app, "alice", &own).await);
    assert!(thiefs.begin(&app, &asked, "alice", &Srp::new(9), true).await.is_err());
    tokens(own.prove(&app, &asked, "alice", true).await);
}

#[tokio::test]
async fn guesses_at_a_devices_secret_are_locked_with_the_second_factor() {
    let bench = Bench::new();
    let app = house(&bench).await;
    careful(&app, "alice", &[]).await;
    let own = confirmed(&app, "alice").await;
    let copied = Phone { key: own.key.clone(), group: own.group.clone(), secret: "guessed".to_owned() };
    let mut said = Vec::new();
    for _ in 0..8 {
        let asked = challenge(from(&app, "alice", &copied).await);
        said.push(says(copied.prove(&app, &asked, "alice", true).await));
    }
    assert_eq!(said.iter().filter(|said| said.starts_with("Incorrect")).count(), 6, "{said:?}");
    assert_eq!(said[7], "Password attempts exceeded");
}

/// A passkey stands alone only where the pool says that it counts as two; asked for by name it is not offered.
#[tokio::test]
async fn a_passkey_alone_is_not_enough_for_who_has_a_second_factor() {
    let bench = Bench::new();
    let app = house(&bench).await;
    let alice = careful(&app, "alice", &[]).await;
    let mut key = with_passkey(&app, "alice", 1).await;
    let asked = challenge(prefer(&app, "alice", "WEB_AUTHN").await);
    let mut stored = bench.stored(&alice).await;
    stored.credentials.mfa_enabled = vec!["SMS_MFA".into()];
    bench.pools.store.replace_user(bench.now(), stored).await.unwrap();
    assert_eq!(challenge(prefer(&app, "alice", "WEB_AUTHN").await).name, SelectChallenge);
    // Begun before the factor was switched on: it is asked for behind the passkey.
    let options = serde_json::from_str(&asked.parameters["CREDENTIAL_REQUEST_OPTIONS"]).unwrap();
    let credential = key.sign(&options, &alice.sub);
    let answered =
        app.answer(asked.name, Some(&asked.session), &[("USERNAME", "alice"), ("CREDENTIAL", &credential)]).await;
    assert_eq!(challenge(answered).name, SmsMfa);
}

/// Switching factors takes an access token of the user; one of another user changes nothing of theirs.
#[tokio::test]
async fn a_second_factor_is_switched_off_by_its_own_user_only() {
    let bench = Bench::new();
    let app = house(&bench).await;
    let alice = careful(&app, "alice", &["SMS_MFA"]).await;
    bench.user(&app.pool, "thief").await;
    let thief = access(&app, "thief").await;
    let off = Preference { sms: Some(Wish { enabled: false, preferred: false }), ..Preference::default() };
    let _ = bench.pools.set_mfa_preference(&bench.cx(), &thief, off).await;
    assert_eq!(bench.stored(&alice).await.credentials.mfa_enabled, ["SMS_MFA"]);
    let asked = challenge(app.sign_in("alice", PASSWORD).await);
    let refused = bench.pools.access(bench.now(), &asked.session).await;
    assert_eq!(
        refusal(refused.map(drop)).kind,
        user_pools::error::ErrorKind::NotAuthorized,
        "a session is no access token"
    );
}
