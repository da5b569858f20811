use crate::actor::{App, Authenticator, challenge, claims, refusal, says, tokens};
use futures_util::future::join_all;
use testing::{Bench, PASSWORD};
use user_pools::error::ErrorKind;
use user_pools::mfa::{Enroller, Preference, Wish};
use user_pools::pool::MfaRequirement::{On, Optional};
use user_pools::sign_in::ChallengeName::{MfaSetup, SoftwareTokenMfa};

const USED: &str = "Your software token has already been used once.";

/// Enrols an app with an access token and switches it on.
pub async fn enrol(app: &App<'_>, name: &str) -> Authenticator {
    let (bench, pools) = (app.bench, &app.bench.pools);
    let access = pools.access(bench.now(), &app.tokens(name, PASSWORD).await.access).await.unwrap();
    let begun = pools.associate_software_token(&bench.cx(), Enroller::Access(&access)).await.unwrap();
    let authenticator = Authenticator::new(&begun.secret_code.unwrap());
    let code = authenticator.code(bench.now());
    pools.verify_software_token(&bench.cx(), Enroller::Access(&access), &code, Some("phone")).await.unwrap();
    let first = Some(Wish { enabled: true, preferred: true });
    let preference = Preference { software_token: first, ..Preference::default() };
    pools.set_mfa_preference(&bench.cx(), &access, preference).await.unwrap();
    bench.clock.advance(30_000);
    authenticator
}

#[tokio::test]
async fn an_enrolled_app_is_asked_for_and_a_code_works_once() {
    let bench = Bench::new();
    let app = App::with_mfa(&bench, Optional).await;
    bench.user(&app.pool, "alice").await;
    let authenticator = enrol(&app, "alice").await;
    let asked = challenge(app.sign_in("alice", PASSWORD).await);
    assert_eq!((asked.name, asked.parameters["FRIENDLY_DEVICE_NAME"].as_str()), (SoftwareTokenMfa, "phone"));
    let code = authenticator.code(bench.now());
    let answer = |code| [("USERNAME", "alice"), ("SOFTWARE_TOKEN_MFA_CODE", code)];
    let wrong = refusal(app.answer(SoftwareTokenMfa, Some(&asked.session), &answer("000000")).await);
    assert_eq!((wrong.kind, &*wrong.message), (ErrorKind::CodeMismatch, "Invalid code received for user"));
    // The same session may be used again after a wrong code.
    let done = tokens(app.answer(SoftwareTokenMfa, Some(&asked.session), &answer(&code)).await);
    let origin = claims(&done.access)["origin_jti"].as_str().unwrap().to_owned();
    let sign_in = bench.pools.store.sign_in(bench.now(), origin).await.unwrap();
    assert_eq!(sign_in.methods, ["pwd", "otp", "mfa"]);

    let again = challenge(app.sign_in("alice", PASSWORD).await);
    let replayed = refusal(app.answer(SoftwareTokenMfa, Some(&again.session), &answer(&code)).await);
    assert_eq!((replayed.kind, &*replayed.message), (ErrorKind::ExpiredCode, USED));
    bench.clock.advance(30_000);
    let code = authenticator.code(bench.now());
    assert_eq!(
        says(app.answer(SoftwareTokenMfa, Some(&asked.session), &answer(&code)).await),
        "Invalid session for the user, session can only be used once."
    );
}

#[tokio::test]
async fn a_sign_in_under_way_does_not_outlive_a_reset() {
    let bench = Bench::new();
    let app = App::with_mfa(&bench, Optional).await;
    bench.user(&app.pool, "alice").await;
    let authenticator = enrol(&app, "alice").await;
    let asked = challenge(app.sign_in("alice", PASSWORD).await);
    bench.pools.admin_reset_user_password(&bench.cx(), &app.pool, "alice").await.unwrap();
    let code = authenticator.code(bench.now());
    let answer = [("USERNAME", "alice"), ("SOFTWARE_TOKEN_MFA_CODE", code.as_str())];
    let refused = refusal(app.answer(SoftwareTokenMfa, Some(&asked.session), &answer).await);
    assert_eq!(refused.kind, ErrorKind::PasswordResetRequired, "the old password no longer signs in");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_answers_with_one_code_one_wins() {
    let bench = Bench::new();
    let app = App::with_mfa(&bench, Optional).await;
    bench.user(&app.pool, "alice").await;
    let authenticator = enrol(&app, "alice").await;
    let code = authenticator.code(bench.now());
    let (app, code) = (&app, code.as_str());
    let mut sessions = Vec::new();
    for _ in 0..5 {
        sessions.push(challenge(app.sign_in("alice", PASSWORD).await).session);
    }
    let answers = join_all(sessions.iter().map(|session| async move {
        app.answer(SoftwareTokenMfa, Some(session), &[("USERNAME", "alice"), ("SOFTWARE_TOKEN_MFA_CODE", code)]).await
    }))
    .await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1);
    assert!(lost.into_iter().all(|lost| says(lost) == USED));
}

#[tokio::test]
async fn a_pool_that_requires_mfa_leads_through_the_set_up() {
    let bench = Bench::new();
    let app = App::with_mfa(&bench, On).await;
    bench.user(&app.pool, "alice").await;
    let pools = &bench.pools;
    let asked = challenge(app.sign_in("alice", PASSWORD).await);
    assert_eq!((asked.name, asked.parameters["MFAS_CAN_SETUP"].as_str()), (MfaSetup, r#"["SOFTWARE_TOKEN_MFA"]"#));
    let begun = pools.associate_software_token(&bench.cx(), Enroller::Session(&asked.session)).await.unwrap();
    let secret = begun.secret_code.unwrap();
    assert_eq!(secret.len(), 52);
    let (session, authenticator) = (begun.session.unwrap(), Authenticator::new(&secret));
    let verify =
        async |code: &str| pools.verify_software_token(&bench.cx(), Enroller::Session(&session), code, None).await;
    let wrong = refusal(verify("000000").await);
    assert_eq!(
        (wrong.kind, &*wrong.message),
        (ErrorKind::EnableSoftwareTokenMFA, "Code mismatch and fail enable Software Token MFA")
    );
    // MFA_SETUP cannot be answered before the app is proven.
    assert_eq!(
        says(app.answer(MfaSetup, Some(&session), &[("USERNAME", "alice")]).await),
        "Invalid code or auth state for the user."
    );
    let code = authenticator.code(bench.now());
    let proven = verify(&code).await.unwrap().session.unwrap();
    tokens(app.answer(MfaSetup, Some(&proven), &[("USERNAME", "alice")]).await);
    assert_eq!(
        says(app.answer(MfaSetup, Some(&proven), &[("USERNAME", "alice")]).await),
        "Invalid session for the user, session can only be used once."
    );
    // Whoever drops the session meets the app's challenge next time, and the code is used.
    let asked = challenge(app.sign_in("alice", PASSWORD).await);
    assert_eq!(asked.name, SoftwareTokenMfa);
    let answer = [("USERNAME", "alice"), ("SOFTWARE_TOKEN_MFA_CODE", code.as_str())];
    assert_eq!(says(app.answer(SoftwareTokenMfa, Some(&asked.session), &answer).await), USED);
}

#[tokio::test]
async fn an_enrolment_begun_and_left_leaves_the_old_app_in_force() {
    let bench = Bench::new();
    let app = App::with_mfa(&bench, Optional).await;
    bench.user(&app.pool, "alice").await;
    let old = enrol(&app, "alice").await;
    let asked = challenge(app.sign_in("alice", PASSWORD).await);
    let answer = |code: String| [("USERNAME", "alice".to_owned()), ("SOFTWARE_TOKEN_MFA_CODE", code)];
    let pairs = answer(old.code(bench.now()));
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let signed_in = tokens(app.answer(SoftwareTokenMfa, Some(&asked.session), &pairs).await);
    let access = bench.pools.access(bench.now(), &signed_in.access).await.unwrap();
    bench.pools.associate_software_token(&bench.cx(), Enroller::Access(&access)).await.unwrap();
    bench.clock.advance(30_000);
    let asked = challenge(app.sign_in("alice", PASSWORD).await);
    assert_eq!(asked.name, SoftwareTokenMfa);
    let pairs = answer(old.code(bench.now()));
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    tokens(app.answer(SoftwareTokenMfa, Some(&asked.session), &pairs).await);
}

#[tokio::test]
async fn wrong_codes_are_locked_and_a_right_password_does_not_forgive_them() {
    let bench = Bench::new();
    let app = App::with_mfa(&bench, Optional).await;
    bench.user(&app.pool, "alice").await;
    enrol(&app, "alice").await;
    let mut sentences = Vec::new();
    for _ in 0..7 {
        let asked = challenge(app.sign_in("alice", PASSWORD).await);
        let answer = [("USERNAME", "alice"), ("SOFTWARE_TOKEN_MFA_CODE", "000000")];
        sentences.push(says(app.answer(SoftwareTokenMfa, Some(&asked.session), &answer).await));
    }
    assert_eq!(sentences[5], "Invalid code received for user");
    assert_eq!(sentences[6], "Password attempts exceeded");
}

#[tokio::test]
async fn a_pool_without_totp_enrols_nobody() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    bench.user(&app.pool, "alice").await;
    let token = app.tokens("alice", PASSWORD).await.access;
    let access = bench.pools.access(bench.now(), &token).await.unwrap();
    let refused = refusal(bench.pools.associate_software_token(&bench.cx(), Enroller::Access(&access)).await);
    assert_eq!(refused.kind, ErrorKind::SoftwareTokenMFANotFound);
    let first = Some(Wish { enabled: true, preferred: true });
    let preference = Preference { software_token: first, ..Preference::default() };
    assert_eq!(
        says(bench.pools.set_mfa_preference(&bench.cx(), &access, preference).await),
        "User has not verified software token mfa"
    );
}

#[tokio::test]
async fn a_session_of_another_step_enrols_nobody() {
    let bench = Bench::new();
    let app = App::with_mfa(&bench, Optional).await;
    bench.user(&app.pool, "alice").await;
    enrol(&app, "alice").await;
    let asked = challenge(app.sign_in("alice", PASSWORD).await);
    assert_eq!(
        says(bench.pools.associate_software_token(&bench.cx(), Enroller::Session(&asked.session)).await),
        "Invalid code or auth state for the user.",
        "who has the password alone cannot enrol another app"
    );
}

#[tokio::test]
async fn a_set_up_session_from_before_an_enrolment_does_not_replace_the_app() {
    let bench = Bench::new();
    let app = App::with_mfa(&bench, On).await;
    bench.user(&app.pool, "alice").await;
    let pools = &bench.pools;
    let thief = challenge(app.sign_in("alice", PASSWORD).await).session;
    let thiefs = pools.associate_software_token(&bench.cx(), Enroller::Session(&thief)).await.unwrap();
    let owner = challenge(app.sign_in("alice", PASSWORD).await).session;
    let begun = pools.associate_software_token(&bench.cx(), Enroller::Session(&owner)).await.unwrap();
    let code = Authenticator::new(&begun.secret_code.unwrap()).code(bench.now());
    let verified = pools.verify_software_token(&bench.cx(), Enroller::Session(&owner), &code, None).await.unwrap();
    tokens(app.answer(MfaSetup, verified.session.as_deref(), &[("USERNAME", "alice")]).await);

    let late = Authenticator::new(&thiefs.secret_code.unwrap()).code(bench.now());
    let refused = "Invalid code or auth state for the user.";
    assert_eq!(
        says(pools.verify_software_token(&bench.cx(), Enroller::Session(&thief), &late, None).await),
        refused,
        "the app the owner has enrolled stays"
    );
    assert_eq!(says(pools.associate_software_token(&bench.cx(), Enroller::Session(&thief)).await), refused);
    assert_eq!(challenge(app.sign_in("alice", PASSWORD).await).name, SoftwareTokenMfa);
}
