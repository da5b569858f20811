use crate::actor::{App, Srp, challenge, claims, refusal, says, tokens};
use crate::device_client::{Phone, confirmed};
use base64::Engine as _;
use serde_json::json;
use testing::{Bench, PASSWORD};
use user_pools::error::ErrorKind;
use user_pools::pool::MfaRequirement::Optional;
use user_pools::ports::Page;
use user_pools::sign_in::ChallengeName::{DeviceSrpAuth, EmailOtp, PasswordVerifier};
use user_pools::sign_in::{ChallengeName, Flow};
use user_pools::srp::N_HEX;
use user_pools::user::User;

const UNKNOWN: &str = "Device does not exist.";
const FOREIGN: &str = "Invalid session provided for the user.";

/// A pool that tracks devices; a remembered one stands in for codes by mail.
async fn tracking(bench: &Bench, on_prompt: bool) -> App<'_> {
    App::with(bench, |pool| {
        pool.mfa = Optional;
        pool.documents.insert("EmailMfaConfiguration".into(), json!({}));
        let device = json!({"ChallengeRequiredOnNewDevice": true, "DeviceOnlyRememberedOnUserPrompt": on_prompt});
        pool.documents.insert("DeviceConfiguration".into(), device);
    })
    .await
}

async fn switch_mail_on(bench: &Bench, user: &User) {
    let mut stored = bench.stored(user).await;
    stored.credentials.mfa_enabled = vec!["EMAIL_OTP".into()];
    bench.pools.store.replace_user(bench.now(), stored).await.unwrap();
}

async fn from_phone(app: &App<'_>, name: &str, phone: &Phone) -> user_pools::Result<user_pools::sign_in::SignedIn> {
    app.start(Flow::UserPassword, &[("USERNAME", name), ("PASSWORD", PASSWORD), ("DEVICE_KEY", &phone.key)]).await
}

#[tokio::test]
async fn a_new_device_is_offered_only_where_the_pool_tracks_them() {
    let bench = Bench::new();
    let app = tracking(&bench, false).await;
    bench.user(&app.pool, "alice").await;
    let first = app.tokens("alice", PASSWORD).await;
    let phone = Phone::of(&first);
    assert!(phone.key.starts_with("us-east-1_"), "{}", phone.key);
    assert_eq!(claims(&first.access)["device_key"], phone.key.as_str());
    assert_ne!(Phone::of(&app.tokens("alice", PASSWORD).await).key, phone.key);
    let plain = App::new(&bench).await;
    bench.user(&plain.pool, "alice").await;
    let tokens = plain.tokens("alice", PASSWORD).await;
    assert!(tokens.new_device.is_none() && claims(&tokens.access).get("device_key").is_none());
}

#[tokio::test]
async fn a_remembered_device_stands_in_for_the_second_factor_with_and_without_session() {
    let bench = Bench::new();
    let app = tracking(&bench, false).await;
    let user = bench.user(&app.pool, "alice").await;
    let phone = confirmed(&app, "alice").await;
    switch_mail_on(&bench, &user).await;
    assert_eq!(challenge(app.sign_in("alice", PASSWORD).await).name, EmailOtp, "without the device");
    for with_session in [true, false] {
        let asked = challenge(from_phone(&app, "alice", &phone).await);
        assert_eq!(asked.name, DeviceSrpAuth);
        let done = tokens(phone.prove(&app, &asked, "alice", with_session).await);
        assert!(done.new_device.is_none(), "it is known");
        assert_eq!(claims(&done.access)["device_key"], phone.key.as_str());
    }
    assert_eq!(bench.mail.count(), 1, "only the sign-in without the device sent a code");
}

#[tokio::test]
async fn the_device_may_be_named_with_the_claim_of_srp() {
    let bench = Bench::new();
    let app = tracking(&bench, false).await;
    bench.user(&app.pool, "alice").await;
    let phone = confirmed(&app, "alice").await;
    let srp = Srp::new(4);
    let asked = challenge(app.srp_start("alice", &srp).await);
    let claim = srp.claim(&app.pool, &asked, PASSWORD, &app.timestamp());
    let with = |key: &'static str| {
        let mut pairs = claim.pairs();
        pairs.push(("DEVICE_KEY", key));
        pairs
    };
    // As the old JavaScript library: a stale device first, then the same claim without it.
    let stale = with("us-east-1_00000000-0000-4000-8000-000000000000");
    assert_eq!(says(app.answer(PasswordVerifier, Some(&asked.session), &stale).await), UNKNOWN);
    let mut own = claim.pairs();
    own.push(("DEVICE_KEY", &phone.key));
    let asked = challenge(app.answer(PasswordVerifier, Some(&asked.session), &own).await);
    tokens(phone.prove(&app, &asked, "alice", true).await);
}

#[tokio::test]
async fn devices_of_others_and_of_nobody_are_unknown_in_the_same_words() {
    let bench = Bench::new();
    let app = tracking(&bench, false).await;
    bench.user(&app.pool, "alice").await;
    bench.user(&app.pool, "bob").await;
    let phone = confirmed(&app, "alice").await;
    for name in ["bob", "nobody"] {
        let refused = refusal(from_phone(&app, name, &phone).await);
        assert_eq!((refused.kind, &*refused.message), (ErrorKind::ResourceNotFound, UNKNOWN), "{name}");
    }
    let plain = App::new(&bench).await;
    bench.user(&plain.pool, "alice").await;
    assert_eq!(says(from_phone(&plain, "alice", &phone).await), UNKNOWN, "the pool tracks none");
}

#[tokio::test]
async fn a_device_proves_nothing_for_another_user() {
    let bench = Bench::new();
    let app = tracking(&bench, false).await;
    bench.user(&app.pool, "alice").await;
    let bob = bench.user(&app.pool, "bob").await;
    let (alices, bobs) = (confirmed(&app, "alice").await, confirmed(&app, "bob").await);
    switch_mail_on(&bench, &bob).await;
    let asked = challenge(from_phone(&app, "bob", &bobs).await);
    let srp = Srp::new(9);
    assert_eq!(says(alices.begin(&app, &asked, "bob", &srp, true).await), UNKNOWN, "alice's key in bob's session");
    assert_eq!(says(bobs.begin(&app, &asked, "alice", &srp, true).await), FOREIGN, "bob's session in alice's name");
    let block = challenge(bobs.begin(&app, &asked, "bob", &srp, true).await);
    assert_eq!(says(alices.finish(&app, &block, "bob", &srp, true).await), UNKNOWN);
    assert_eq!(
        says(bobs.begin(&app, &block, "bob", &srp, true).await),
        "Invalid code or auth state for the user.",
        "the session of the claim begins no other exchange"
    );
    let thief = Phone { key: bobs.key.clone(), group: bobs.group.clone(), secret: "guessed".into() };
    assert_eq!(says(thief.finish(&app, &block, "bob", &srp, true).await), "Incorrect username or password.");
    assert!(says(bobs.finish(&app, &block, "bob", &srp, true).await).contains("only be used once"), "one try each");
}

#[tokio::test]
async fn srp_a_that_is_a_multiple_of_n_is_refused_for_devices_too() {
    let bench = Bench::new();
    let app = tracking(&bench, false).await;
    bench.user(&app.pool, "alice").await;
    let phone = confirmed(&app, "alice").await;
    let asked = challenge(from_phone(&app, "alice", &phone).await);
    let twice = format!("1{}", user_pools::srp::to_hex(&double(N_HEX)).trim_start_matches('1'));
    for a in ["0", "00", N_HEX, &twice] {
        let pairs = [("USERNAME", "alice"), ("DEVICE_KEY", &*phone.key), ("SRP_A", a)];
        let refused = refusal(app.answer(DeviceSrpAuth, Some(&asked.session), &pairs).await);
        assert_eq!(refused.kind, ErrorKind::InvalidParameter, "{}", &a[..2.min(a.len())]);
    }
    tokens(phone.prove(&app, &asked, "alice", true).await);
}

/// Twice a number in hex, as bytes.
fn double(hex: &str) -> Vec<u8> {
    let mut out = vec![0];
    out.extend(user_pools::srp::from_hex(hex).unwrap());
    let mut carry = 0;
    for byte in out.iter_mut().rev() {
        let wide = u16::from(*byte) * 2 + carry;
        *byte = u8::try_from(wide & 0xff).unwrap();
        carry = wide >> 8;
    }
    out
}

#[tokio::test]
async fn a_verifier_that_lets_everybody_in_is_not_confirmed() {
    let bench = Bench::new();
    let app = tracking(&bench, false).await;
    bench.user(&app.pool, "alice").await;
    let first = app.tokens("alice", PASSWORD).await;
    let access = bench.pools.access(bench.now(), &first.access).await.unwrap();
    let phone = Phone::of(&first);
    let n = base64::engine::general_purpose::STANDARD.encode(user_pools::srp::from_hex(N_HEX).unwrap());
    for verifier in ["AA==", "", "%%", n.as_str()] {
        let request = user_pools::devices::ConfirmDevice { verifier: verifier.to_owned(), ..phone.request() };
        let refused = refusal(bench.pools.confirm_device(&bench.cx(), &access, request).await);
        assert_eq!(refused.message, "Invalid device secret verifier configuration given.");
    }
}

#[tokio::test]
async fn only_the_device_that_came_with_the_tokens_is_confirmed_and_no_other_verifier_replaces_it() {
    let bench = Bench::new();
    let app = tracking(&bench, false).await;
    bench.user(&app.pool, "alice").await;
    let (first, second) = (app.tokens("alice", PASSWORD).await, app.tokens("alice", PASSWORD).await);
    let phone = Phone::of(&first);
    assert_eq!(says(phone.confirm(&app, &second.access).await), "Invalid device key given.");
    assert!(!phone.confirm(&app, &first.access).await.unwrap());
    assert!(!phone.confirm(&app, &first.access).await.unwrap(), "the same again is no harm");
    let thief = Phone { secret: "thief".into(), ..Phone::of(&first) };
    assert_eq!(says(thief.confirm(&app, &first.access).await), "Invalid device key given.");
}

#[tokio::test]
async fn a_device_that_was_never_confirmed_is_none() {
    let bench = Bench::new();
    let app = tracking(&bench, false).await;
    bench.user(&app.pool, "alice").await;
    let phone = Phone::of(&app.tokens("alice", PASSWORD).await);
    assert_eq!(says(from_phone(&app, "alice", &phone).await), UNKNOWN);
}

#[tokio::test]
async fn where_the_user_is_asked_first_a_device_stands_in_only_once_remembered() {
    let bench = Bench::new();
    let app = tracking(&bench, true).await;
    let user = bench.user(&app.pool, "alice").await;
    let first = app.tokens("alice", PASSWORD).await;
    let phone = Phone::of(&first);
    assert!(phone.confirm(&app, &first.access).await.unwrap(), "the user has to be asked");
    switch_mail_on(&bench, &user).await;
    assert_eq!(challenge(from_phone(&app, "alice", &phone).await).name, EmailOtp);
    let set = async |remembered| {
        let stored = bench.stored(&user).await;
        let change = (phone.key.as_str(), remembered);
        bench.pools.update_device_status(&bench.cx(), &app.pool, &stored, None, change).await.unwrap();
    };
    set(true).await;
    let asked = challenge(from_phone(&app, "alice", &phone).await);
    assert_eq!(asked.name, DeviceSrpAuth);
    // Forgotten again in the middle: what was begun does not go around the second factor.
    let srp = Srp::new(9);
    let block = challenge(phone.begin(&app, &asked, "alice", &srp, true).await);
    set(false).await;
    assert_eq!(says(phone.finish(&app, &block, "alice", &srp, true).await), "Invalid code or auth state for the user.");
}

#[tokio::test]
async fn after_a_second_factor_the_named_device_still_proves_itself() {
    let bench = Bench::new();
    let app = App::with(&bench, |pool| {
        pool.mfa = Optional;
        pool.documents.insert("EmailMfaConfiguration".into(), json!({}));
        pool.documents.insert("DeviceConfiguration".into(), json!({"ChallengeRequiredOnNewDevice": false}));
    })
    .await;
    let user = bench.user(&app.pool, "alice").await;
    let phone = confirmed(&app, "alice").await;
    switch_mail_on(&bench, &user).await;
    let asked = challenge(from_phone(&app, "alice", &phone).await);
    assert_eq!(asked.name, EmailOtp, "no device stands in here");
    let code = bench.mail.code_to("alice@example.com");
    let pairs = [("USERNAME", "alice"), ("EMAIL_OTP_CODE", code.as_str())];
    let asked = challenge(app.answer(EmailOtp, Some(&asked.session), &pairs).await);
    assert_eq!(asked.name, DeviceSrpAuth);
    tokens(phone.prove(&app, &asked, "alice", true).await);
}

#[tokio::test]
async fn a_refresh_token_is_bound_to_its_device() {
    let bench = Bench::new();
    let app = tracking(&bench, false).await;
    bench.user(&app.pool, "alice").await;
    let first = app.tokens("alice", PASSWORD).await;
    let token = first.refresh.clone().unwrap();
    let with = async |key: &str| app.start(Flow::RefreshToken, &[("REFRESH_TOKEN", &token), ("DEVICE_KEY", key)]).await;
    assert_eq!(says(app.refresh(&token).await), "Invalid Refresh Token");
    assert_eq!(says(with("us-east-1_00000000-0000-4000-8000-000000000000").await), "Invalid Refresh Token");
    let again = tokens(with(&Phone::of(&first).key).await);
    assert_eq!(claims(&again.access)["device_key"], Phone::of(&first).key.as_str());
}

#[tokio::test]
async fn devices_are_listed_shown_and_forgotten_and_a_forgotten_one_is_unknown() {
    let bench = Bench::new();
    let app = tracking(&bench, false).await;
    let user = bench.user(&app.pool, "alice").await;
    let phones = [confirmed(&app, "alice").await, confirmed(&app, "alice").await];
    let page = || Page { after: None, limit: 10 };
    let listed = bench.pools.devices_of(&app.pool, &user, page()).await.unwrap();
    assert_eq!(listed.len(), 2);
    let shown = bench.pools.device_of(&app.pool, &user, &phones[0].key).await.unwrap();
    assert_eq!((shown.name.as_deref(), shown.remembered, shown.last_ip.as_str()), (Some("phone"), true, "127.0.0.1"));
    bench.pools.forget_device(&bench.cx(), &app.pool, &user, None, &phones[0].key).await.unwrap();
    assert_eq!(says(bench.pools.device_of(&app.pool, &user, &phones[0].key).await), UNKNOWN);
    assert_eq!(says(from_phone(&app, "alice", &phones[0]).await), UNKNOWN);
    assert_eq!(says(bench.pools.forget_device(&bench.cx(), &app.pool, &user, None, &phones[0].key).await), UNKNOWN);
    let bob = bench.user(&app.pool, "bob").await;
    assert_eq!(says(bench.pools.forget_device(&bench.cx(), &app.pool, &bob, None, &phones[1].key).await), UNKNOWN);
    let plain = App::new(&bench).await;
    let nobody = bench.user(&plain.pool, "alice").await;
    let refused = refusal(bench.pools.devices_of(&plain.pool, &nobody, page()).await);
    assert_eq!(refused.kind, ErrorKind::InvalidUserPoolConfiguration);
}

/// The tokens of its sign-in still name it: whoever holds them does not bring a forgotten device back, with a secret of their own at that.
#[tokio::test]
async fn a_forgotten_device_is_not_confirmed_again() {
    let bench = Bench::new();
    let app = tracking(&bench, false).await;
    let user = bench.user(&app.pool, "alice").await;
    let first = app.tokens("alice", PASSWORD).await;
    let phone = Phone::of(&first);
    phone.confirm(&app, &first.access).await.unwrap();
    bench.pools.forget_device(&bench.cx(), &app.pool, &user, None, &phone.key).await.unwrap();
    let thief = Phone { secret: "thief".into(), ..Phone::of(&first) };
    assert_eq!(says(thief.confirm(&app, &first.access).await), "Invalid device key given.");
    assert_eq!(says(phone.confirm(&app, &first.access).await), "Invalid device key given.");
    confirmed(&app, "alice").await;
}

#[tokio::test]
async fn the_step_of_a_device_without_session_is_found_once_and_only_from_where_it_was_asked() {
    let bench = Bench::new();
    let app = tracking(&bench, false).await;
    bench.user(&app.pool, "alice").await;
    let phone = confirmed(&app, "alice").await;
    let srp = Srp::new(9);
    let asked = challenge(from_phone(&app, "alice", &phone).await);
    let public = srp.public();
    let request = user_pools::sign_in::Answer {
        door: app.door.clone(),
        client: app.client.id.clone(),
        challenge: ChallengeName::DeviceSrpAuth,
        session: None,
        responses: [("USERNAME", "alice"), ("DEVICE_KEY", &*phone.key), ("SRP_A", &*public)].into_iter().collect(),
    };
    let mut elsewhere = bench.cx();
    elsewhere.client_ip = [192, 0, 2, 7].into();
    assert_eq!(
        says(bench.pools.respond_to_auth_challenge(&elsewhere, &request).await),
        "Missing required parameter Session"
    );
    challenge(phone.begin(&app, &asked, "alice", &srp, false).await);
    assert_eq!(says(phone.begin(&app, &asked, "alice", &srp, false).await), "Missing required parameter Session");
    assert!(says(phone.begin(&app, &asked, "alice", &srp, true).await).contains("only be used once"));
}

#[tokio::test]
async fn the_pools_functions_hear_how_a_device_took_part() {
    let bench = Bench::new();
    for function in ["Tokens", "After"] {
        bench.functions.echoes(function);
    }
    let app = App::with(&bench, |pool| {
        pool.documents.insert("DeviceConfiguration".into(), json!({}));
        let config = json!({"PreTokenGeneration": "Tokens", "PostAuthentication": "After"});
        pool.documents.insert("LambdaConfig".into(), config);
    })
    .await;
    bench.user(&app.pool, "alice").await;
    let heard = || {
        let last: Vec<_> = bench.functions.log().into_iter().rev().take(2).map(|invoked| invoked.event).collect();
        (last[1]["request"]["newDeviceUsed"].clone(), last[0]["triggerSource"].clone())
    };
    let phone = confirmed(&app, "alice").await;
    assert_eq!(heard(), (json!(true), json!("TokenGeneration_Authentication")));
    let asked = challenge(from_phone(&app, "alice", &phone).await);
    tokens(phone.prove(&app, &asked, "alice", true).await);
    assert_eq!(heard(), (json!(false), json!("TokenGeneration_AuthenticateDevice")));
}
