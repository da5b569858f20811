use crate::actor::{App, challenge, claims, refusal, says, tokens};
use futures_util::future::join_all;
use serde_json::json;
use testing::{Bench, PASSWORD};
use user_pools::error::ErrorKind;
use user_pools::mfa::{Preference, Wish};
use user_pools::pool::MfaRequirement::{self, On, Optional};
use user_pools::pool::{Contact, PoolSettings, RecoveryMechanism};
use user_pools::sign_in::ChallengeName::{EmailOtp, MfaSetup, SelectMfaType, SmsMfa, SoftwareTokenMfa};
use user_pools::sign_in::{Challenge, SignedIn};
use user_pools::user::User;

const MISMATCH: &str = "Invalid code received for user";
const PHONE: &str = "+12065550100";
const MAIL: &str = "alice@example.com";

fn takes(mfa: MfaRequirement, members: &'static [&'static str]) -> impl FnOnce(&mut PoolSettings) {
    move |pool| {
        pool.mfa = mfa;
        for member in members {
            pool.documents.insert((*member).to_owned(), json!({}));
        }
    }
}

const BOTH: &[&str] = &["SmsMfaConfiguration", "EmailMfaConfiguration"];

/// Alice, with a phone number and these factors on.
async fn alice(app: &App<'_>, factors: &[&str]) -> User {
    let change = |user: &mut User| {
        user.attributes.insert("phone_number".into(), PHONE.into());
        user.credentials.mfa_enabled = factors.iter().map(|factor| (*factor).to_owned()).collect();
    };
    app.bench.user_with(&app.pool, "alice", change).await
}

async fn answer(app: &App<'_>, asked: &Challenge, name: &str, code: &str) -> user_pools::Result<SignedIn> {
    app.answer(asked.name, Some(&asked.session), &[("USERNAME", "alice"), (name, code)]).await
}

/// A code that is not this one.
fn other_than(code: &str) -> String {
    if code == "000000" { "000001".to_owned() } else { "000000".to_owned() }
}

#[tokio::test]
async fn a_code_by_sms_finishes_a_sign_in_and_works_once() {
    let bench = Bench::new();
    let app = App::with(&bench, takes(Optional, BOTH)).await;
    let user = alice(&app, &["SMS_MFA"]).await;
    let asked = challenge(app.sign_in("alice", PASSWORD).await);
    assert_eq!(asked.name, SmsMfa);
    assert_eq!(asked.parameters["CODE_DELIVERY_DELIVERY_MEDIUM"], "SMS");
    assert_eq!(asked.parameters["CODE_DELIVERY_DESTINATION"], "+*******0100");
    let code = bench.mail.code_to(PHONE);
    assert_eq!(code.len(), 6);
    let wrong = refusal(answer(&app, &asked, "SMS_MFA_CODE", &other_than(&code)).await);
    assert_eq!((wrong.kind, &*wrong.message), (ErrorKind::CodeMismatch, MISMATCH));
    let done = tokens(answer(&app, &asked, "SMS_MFA_CODE", &code).await);
    let origin = claims(&done.access)["origin_jti"].as_str().unwrap().to_owned();
    assert_eq!(bench.pools.store.sign_in(bench.now(), origin).await.unwrap().methods, ["pwd", "sms", "mfa"]);
    assert_eq!(bench.stored(&user).await.attributes["phone_number_verified"], "true", "the code proves the number");
    assert_eq!(
        says(answer(&app, &asked, "SMS_MFA_CODE", &code).await),
        "Invalid session for the user, session can only be used once."
    );
}

#[tokio::test]
async fn a_code_by_email_is_asked_as_email_otp_and_read_under_both_names() {
    let bench = Bench::new();
    let app = App::with(&bench, takes(Optional, BOTH)).await;
    alice(&app, &["EMAIL_OTP"]).await;
    for name in ["EMAIL_OTP_CODE", "EMAIL_MFA_CODE"] {
        let asked = challenge(app.sign_in("alice", PASSWORD).await);
        assert_eq!((asked.name, asked.parameters["CODE_DELIVERY_DESTINATION"].as_str()), (EmailOtp, "a***@e***"));
        tokens(answer(&app, &asked, name, &bench.mail.code_to(MAIL)).await);
    }
    assert_eq!(bench.mail.last_to(MAIL).kind, "Authentication");
}

#[tokio::test]
async fn among_several_factors_the_user_chooses_one_of_their_own() {
    let bench = Bench::new();
    let app = App::with(&bench, takes(Optional, BOTH)).await;
    alice(&app, &["SMS_MFA", "EMAIL_OTP"]).await;
    let asked = challenge(app.sign_in("alice", PASSWORD).await);
    assert_eq!(
        (asked.name, asked.parameters["MFAS_CAN_CHOOSE"].as_str()),
        (SelectMfaType, r#"["SMS_MFA","EMAIL_OTP"]"#)
    );
    assert_eq!(bench.mail.count(), 0, "nothing is sent before the choice");
    for foreign in ["SOFTWARE_TOKEN_MFA", "WEB_AUTHN", "x"] {
        assert_eq!(says(answer(&app, &asked, "ANSWER", foreign).await), "Invalid code or auth state for the user.");
    }
    let chosen = challenge(answer(&app, &asked, "ANSWER", "EMAIL_OTP").await);
    assert_eq!(chosen.name, EmailOtp);
    tokens(answer(&app, &chosen, "EMAIL_OTP_CODE", &bench.mail.code_to(MAIL)).await);
    assert!(
        says(answer(&app, &asked, "ANSWER", "SMS_MFA").await).contains("only be used once"),
        "one choice, one code"
    );
}

#[tokio::test]
async fn where_mfa_is_required_a_known_address_is_proven_at_the_first_sign_in() {
    let bench = Bench::new();
    let app = App::with(&bench, takes(On, &["EmailMfaConfiguration"])).await;
    let unverify = |user: &mut User| {
        user.attributes.insert("email_verified".into(), "false".into());
    };
    let user = bench.user_with(&app.pool, "alice", unverify).await;
    let asked = challenge(app.sign_in("alice", PASSWORD).await);
    assert_eq!(asked.name, EmailOtp);
    tokens(answer(&app, &asked, "EMAIL_OTP_CODE", &bench.mail.code_to(MAIL)).await);
    assert_eq!(bench.stored(&user).await.attributes["email_verified"], "true");
}

#[tokio::test]
async fn mfa_set_up_takes_an_address_and_proves_it_by_a_code() {
    let bench = Bench::new();
    let app = App::with(&bench, takes(On, &["EmailMfaConfiguration"])).await;
    let strip = |user: &mut User| user.attributes.clear();
    let user = bench.user_with(&app.pool, "alice", strip).await;
    let asked = challenge(app.sign_in("alice", PASSWORD).await);
    assert_eq!((asked.name, asked.parameters["MFAS_CAN_SETUP"].as_str()), (MfaSetup, r#"["EMAIL_OTP"]"#));
    assert!(refusal(answer(&app, &asked, "EMAIL", "no address").await).kind == ErrorKind::InvalidParameter);
    assert_eq!(says(answer(&app, &asked, "PHONE_NUMBER", PHONE).await), "Invalid code or auth state for the user.");
    let sent = challenge(answer(&app, &asked, "EMAIL", "new@example.com").await);
    assert_eq!(sent.name, EmailOtp);
    assert!(bench.stored(&user).await.credentials.mfa_enabled.is_empty(), "not before the code");
    tokens(answer(&app, &sent, "EMAIL_OTP_CODE", &bench.mail.code_to("new@example.com")).await);
    let stored = bench.stored(&user).await;
    assert_eq!(
        (stored.attributes["email_verified"].as_str(), stored.credentials.mfa_enabled.as_slice()),
        ("true", &["EMAIL_OTP".to_owned()][..])
    );
}

#[tokio::test]
async fn a_set_up_session_moves_no_address_that_is_there() {
    let bench = Bench::new();
    let app = App::with(&bench, takes(On, &["EmailMfaConfiguration"])).await;
    let user = bench.user_with(&app.pool, "alice", |user| user.attributes.clear()).await;
    let thief = challenge(app.sign_in("alice", PASSWORD).await);
    let owner = challenge(app.sign_in("alice", PASSWORD).await);
    challenge(answer(&app, &owner, "EMAIL", MAIL).await);
    assert_eq!(
        says(answer(&app, &thief, "EMAIL", "thief@example.com").await),
        "Invalid code or auth state for the user."
    );
    assert_eq!(bench.stored(&user).await.attributes["email"], MAIL);
}

#[tokio::test]
async fn codes_guessed_in_parallel_are_locked_like_one_after_the_other() {
    let bench = Bench::new();
    let app = App::with(&bench, takes(Optional, BOTH)).await;
    alice(&app, &["EMAIL_OTP"]).await;
    let asked = challenge(app.sign_in("alice", PASSWORD).await);
    let wrong = other_than(&bench.mail.code_to(MAIL));
    let (app, asked, wrong) = (&app, &asked, wrong.as_str());
    let tries = join_all((0..32).map(|_| async move { answer(app, asked, "EMAIL_OTP_CODE", wrong).await })).await;
    let said: Vec<_> = tries.into_iter().map(says).collect();
    assert_eq!(said.iter().filter(|said| *said == MISMATCH).count(), 6, "{said:?}");
    assert_eq!(said.iter().filter(|said| *said == "Password attempts exceeded").count(), 26);
    let right = bench.mail.code_to(MAIL);
    assert_eq!(says(answer(app, asked, "EMAIL_OTP_CODE", &right).await), "Password attempts exceeded");
}

#[tokio::test]
async fn of_many_right_codes_at_once_one_wins() {
    let bench = Bench::new();
    let app = App::with(&bench, takes(Optional, BOTH)).await;
    alice(&app, &["EMAIL_OTP"]).await;
    let asked = challenge(app.sign_in("alice", PASSWORD).await);
    let code = bench.mail.code_to(MAIL);
    let (app, asked, code) = (&app, &asked, code.as_str());
    let tries = join_all((0..8).map(|_| async move { answer(app, asked, "EMAIL_OTP_CODE", code).await })).await;
    assert_eq!(tries.into_iter().flatten().count(), 1);
}

#[tokio::test]
async fn a_code_belongs_to_its_session_its_user_and_its_address() {
    let bench = Bench::new();
    let app = App::with(&bench, takes(Optional, BOTH)).await;
    let user = alice(&app, &["EMAIL_OTP"]).await;
    let bob = |user: &mut User| user.credentials.mfa_enabled = vec!["EMAIL_OTP".into()];
    bench.user_with(&app.pool, "bob", bob).await;
    let first = challenge(app.sign_in("alice", PASSWORD).await);
    let code = bench.mail.code_to(MAIL);
    let second = challenge(app.sign_in("alice", PASSWORD).await);
    let bobs = challenge(app.sign_in("bob", PASSWORD).await);
    if bench.mail.code_to(MAIL) != code {
        assert_eq!(says(answer(&app, &second, "EMAIL_OTP_CODE", &code).await), MISMATCH, "another session's");
    }
    let as_bob = [("USERNAME", "bob"), ("EMAIL_OTP_CODE", code.as_str())];
    assert_eq!(says(app.answer(EmailOtp, Some(&bobs.session), &as_bob).await), MISMATCH, "another user's");
    assert_eq!(
        says(app.answer(EmailOtp, Some(&first.session), &as_bob).await),
        "Invalid session provided for the user."
    );
    assert_eq!(
        says(app.answer(SmsMfa, Some(&first.session), &[("USERNAME", "alice"), ("SMS_MFA_CODE", &code)]).await),
        "Invalid code or auth state for the user.",
        "another medium's challenge"
    );
    let mut moved = bench.stored(&user).await;
    moved.attributes.insert("email".into(), "other@example.com".into());
    bench.pools.store.replace_user(bench.now(), moved).await.unwrap();
    assert_eq!(says(answer(&app, &first, "EMAIL_OTP_CODE", &code).await), MISMATCH, "the address is another now");
}

#[tokio::test]
async fn a_code_ends_with_its_session_and_with_the_password() {
    let bench = Bench::new();
    let app = App::with(&bench, takes(Optional, BOTH)).await;
    let user = alice(&app, &["EMAIL_OTP"]).await;
    let asked = challenge(app.sign_in("alice", PASSWORD).await);
    let code = bench.mail.code_to(MAIL);
    bench.clock.advance(3 * 60_000);
    assert_eq!(
        says(answer(&app, &asked, "EMAIL_OTP_CODE", &code).await),
        "Invalid session for the user, session is expired."
    );
    let asked = challenge(app.sign_in("alice", PASSWORD).await);
    let code = bench.mail.code_to(MAIL);
    let mut changed = bench.stored(&user).await;
    let new = bench.pools.protect(&app.pool, &user.sub, &user.username, "Other-Passw0rd").await.unwrap();
    changed.credentials.password = Some(new);
    bench.pools.store.replace_user(bench.now(), changed).await.unwrap();
    assert_eq!(says(answer(&app, &asked, "EMAIL_OTP_CODE", &code).await), "Invalid session for the user.");
}

#[tokio::test]
async fn a_forged_session_finishes_nothing_at_any_step() {
    let bench = Bench::new();
    let app = App::with(&bench, takes(Optional, BOTH)).await;
    alice(&app, &["EMAIL_OTP"]).await;
    let asked = challenge(app.sign_in("alice", PASSWORD).await);
    let code = bench.mail.code_to(MAIL);
    let mut forged = asked.session.clone().into_bytes();
    let middle = forged.len() / 2;
    forged[middle] = if forged[middle] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).unwrap();
    for name in [EmailOtp, SmsMfa, SoftwareTokenMfa, SelectMfaType, MfaSetup] {
        let pairs = [
            ("USERNAME", "alice"),
            ("EMAIL_OTP_CODE", code.as_str()),
            ("SMS_MFA_CODE", code.as_str()),
            ("SOFTWARE_TOKEN_MFA_CODE", code.as_str()),
            ("ANSWER", "EMAIL_OTP"),
        ];
        assert_eq!(says(app.answer(name, Some(&forged), &pairs).await), "Invalid session for the user.", "{name:?}");
    }
    tokens(answer(&app, &asked, "EMAIL_OTP_CODE", &code).await);
}

#[tokio::test]
async fn a_session_of_another_client_finishes_nothing() {
    let bench = Bench::new();
    let mut app = App::with(&bench, takes(Optional, BOTH)).await;
    alice(&app, &["EMAIL_OTP"]).await;
    let asked = challenge(app.sign_in("alice", PASSWORD).await);
    app.client = bench.client(&app.pool).await;
    assert_eq!(
        says(answer(&app, &asked, "EMAIL_OTP_CODE", &bench.mail.code_to(MAIL)).await),
        "Invalid session provided for the user."
    );
}

#[tokio::test]
async fn switching_on_needs_an_address_and_a_pool_that_sends() {
    let bench = Bench::new();
    let app = App::with(&bench, takes(Optional, &["SmsMfaConfiguration"])).await;
    let user = bench.user(&app.pool, "alice").await;
    let on = Some(Wish { enabled: true, preferred: true });
    let prefer =
        async |preference| bench.pools.admin_set_mfa_preference(&bench.cx(), &app.pool, "alice", preference).await;
    assert!(says(prefer(Preference { sms: on, ..Preference::default() }).await).contains("SMS_MFA"));
    assert!(says(prefer(Preference { email: on, ..Preference::default() }).await).contains("EMAIL_OTP"));
    let mut phone = bench.stored(&user).await;
    phone.attributes.insert("phone_number".into(), PHONE.into());
    bench.pools.store.replace_user(bench.now(), phone).await.unwrap();
    prefer(Preference { sms: on, ..Preference::default() }).await.unwrap();
    assert_eq!(bench.stored(&user).await.credentials.mfa_preferred.as_deref(), Some("SMS_MFA"));
}

#[tokio::test]
async fn a_mailbox_that_is_the_second_factor_resets_no_password() {
    let bench = Bench::new();
    let app = App::with(&bench, |pool| {
        takes(Optional, BOTH)(pool);
        pool.auto_verified = vec![Contact::Email];
        let mechanism = |name: &str, priority| RecoveryMechanism { name: name.into(), priority };
        pool.recovery = Some(vec![mechanism("verified_email", 1), mechanism("verified_phone_number", 2)]);
    })
    .await;
    alice(&app, &["EMAIL_OTP"]).await;
    let asking =
        user_pools::users::Asking { client: app.client.id.clone(), secret_hash: None, username: "alice".into() };
    assert_eq!(
        says(bench.pools.forgot_password(&bench.cx(), asking).await),
        "Cannot reset password for the user as there is no registered/verified email or phone_number"
    );
    assert_eq!(bench.mail.count(), 0);
}

#[tokio::test]
async fn a_new_password_by_reset_does_not_skip_the_second_factor() {
    let bench = Bench::new();
    let app = App::with(&bench, takes(Optional, BOTH)).await;
    alice(&app, &["SMS_MFA"]).await;
    let asking =
        user_pools::users::Asking { client: app.client.id.clone(), secret_hash: None, username: "alice".into() };
    bench.pools.forgot_password(&bench.cx(), asking.clone()).await.unwrap();
    let request = user_pools::users::ConfirmForgotPassword {
        asking,
        code: bench.mail.code_to(MAIL),
        password: "Other-Passw0rd".to_owned(),
    };
    bench.pools.confirm_forgot_password(&bench.cx(), request).await.unwrap();
    assert_eq!(challenge(app.sign_in("alice", "Other-Passw0rd").await).name, SmsMfa);
}

#[tokio::test]
async fn codes_to_one_user_are_limited_by_the_hour() {
    let bench = Bench::new();
    let app = App::with(&bench, takes(Optional, BOTH)).await;
    alice(&app, &["EMAIL_OTP"]).await;
    for _ in 0..30 {
        challenge(app.sign_in("alice", PASSWORD).await);
    }
    let refused = refusal(app.sign_in("alice", PASSWORD).await);
    assert_eq!(refused.kind, ErrorKind::TooManyRequests);
    assert_eq!(bench.mail.count(), 30);
}

#[tokio::test]
async fn the_pools_function_may_write_the_text_of_a_code() {
    let bench = Bench::new();
    bench.functions.echoes("Words");
    let app = App::with(&bench, |pool| {
        takes(Optional, BOTH)(pool);
        pool.documents.insert("LambdaConfig".into(), json!({"CustomMessage": "Words"}));
    })
    .await;
    alice(&app, &["EMAIL_OTP"]).await;
    bench.functions.answers("Words", |_, response| response["emailMessage"] = json!("Come in with {####}!"));
    let asked = challenge(app.sign_in("alice", PASSWORD).await);
    assert_eq!(bench.functions.last()["triggerSource"], "CustomMessage_Authentication");
    let code = bench.mail.code_to(MAIL);
    assert_eq!(bench.mail.all().last().unwrap().body, format!("Come in with {code}!"));
    tokens(answer(&app, &asked, "EMAIL_OTP_CODE", &code).await);
}
