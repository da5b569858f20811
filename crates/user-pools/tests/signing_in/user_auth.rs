use crate::actor::{App, Srp, challenge, claims, refusal, says, tokens};
use crate::soft_key::SoftKey;
use futures_util::future::join_all;
use serde_json::json;
use testing::{Bench, PASSWORD};
use user_pools::client::ClientSettings;
use user_pools::error::ErrorKind;
use user_pools::pool::{AliasKind, Contact, MfaRequirement, PoolSettings};
use user_pools::sign_in::ChallengeName::{
    EmailOtp, NewPasswordRequired, Password, PasswordSrp, PasswordVerifier, SelectChallenge, SmsOtp,
};
use user_pools::sign_in::{Challenge, Door, Flow, SignedIn, Start};
use user_pools::user::{User, UserStatus};
use user_pools::users::admin::AdminCreateUser;
use user_pools::users::{Asking, ConfirmSignUp, SignUp, SignedUp};

const ALICE: &str = "alice@example.com";
const NOBODY: &str = "nobody@example.com";
const WRONG: &str = "Incorrect username or password.";
const MISMATCH: &str = "Invalid code received for user";
const FACTORS: [&str; 4] = ["PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"];

async fn app_with(bench: &Bench, hides: bool, change: impl FnOnce(&mut PoolSettings)) -> App<'_> {
    let pool = bench
        .pool_with(|pool| {
            pool.username_attributes = vec![AliasKind::Email];
            pool.auto_verified = vec![Contact::Email];
            pool.first_factors = FACTORS.map(str::to_owned).to_vec();
            change(pool);
        })
        .await;
    let client = bench
        .client_with(&pool, |settings: &mut ClientSettings| {
            settings.auth_flows.get_or_insert_default().push("ALLOW_USER_AUTH".into());
            settings.prevent_user_existence_errors = hides.then(|| "ENABLED".to_owned());
        })
        .await;
    App { bench, pool, client, door: Door::Api }
}

async fn app(bench: &Bench) -> App<'_> {
    app_with(bench, false, |_| {}).await
}

async fn begin(app: &App<'_>, name: &str, more: &[(&str, &str)]) -> user_pools::Result<SignedIn> {
    let pairs: Vec<_> = [("USERNAME", name)].into_iter().chain(more.iter().copied()).collect();
    app.start(Flow::UserAuth, &pairs).await
}

async fn answer(app: &App<'_>, asked: &Challenge, name: &str, pairs: &[(&str, &str)]) -> user_pools::Result<SignedIn> {
    let pairs: Vec<_> = [("USERNAME", name)].into_iter().chain(pairs.iter().copied()).collect();
    app.answer(asked.name, Some(&asked.session), &pairs).await
}

#[tokio::test]
async fn without_a_preference_the_user_chooses_among_what_they_have() {
    let bench = Bench::new();
    let app = app(&bench).await;
    bench.user(&app.pool, ALICE).await;
    let asked = challenge(begin(&app, ALICE, &[]).await);
    assert_eq!(
        (asked.name, asked.available.as_slice()),
        (SelectChallenge, &["PASSWORD_SRP", "PASSWORD", "EMAIL_OTP"][..])
    );
    assert!(asked.parameters.is_empty());
    assert_eq!(bench.mail.count(), 0);
    for not_offered in ["SMS_OTP", "WEB_AUTHN", "SMS_MFA", "x"] {
        let refused = refusal(answer(&app, &asked, ALICE, &[("ANSWER", not_offered)]).await);
        assert_eq!(refused.kind, ErrorKind::InvalidParameter, "{not_offered}");
    }
    let code = challenge(answer(&app, &asked, ALICE, &[("ANSWER", "EMAIL_OTP")]).await);
    assert_eq!((code.name, code.parameters["CODE_DELIVERY_DESTINATION"].as_str()), (EmailOtp, "a***@e***"));
    let sent = bench.mail.code_to(ALICE);
    assert_eq!(sent.len(), 8, "a code that stands alone has eight digits");
    let done = tokens(answer(&app, &code, ALICE, &[("EMAIL_OTP_CODE", &sent)]).await);
    let origin = claims(&done.access)["origin_jti"].as_str().unwrap().to_owned();
    assert_eq!(bench.pools.store.sign_in(bench.now(), origin).await.unwrap().methods, ["otp"]);
}

#[tokio::test]
async fn a_preferred_factor_is_begun_at_once_with_what_came_along() {
    let bench = Bench::new();
    let app = app(&bench).await;
    bench.user(&app.pool, ALICE).await;
    let prefer = async |name: &str, more: &[(&str, &str)]| {
        let pairs: Vec<_> = [("PREFERRED_CHALLENGE", name)].into_iter().chain(more.iter().copied()).collect();
        begin(&app, ALICE, &pairs).await
    };
    tokens(prefer("PASSWORD", &[("PASSWORD", PASSWORD)]).await);
    assert_eq!(says(prefer("PASSWORD", &[("PASSWORD", "wrong")]).await), WRONG);
    assert_eq!(challenge(prefer("PASSWORD", &[]).await).name, Password);
    assert_eq!(challenge(prefer("PASSWORD_SRP", &[]).await).name, PasswordSrp);
    assert_eq!(challenge(prefer("EMAIL_OTP", &[]).await).name, EmailOtp);
    assert_eq!(challenge(prefer("SMS_OTP", &[]).await).name, SelectChallenge, "not the user's");
    let srp = Srp::new(3);
    let asked = challenge(prefer("PASSWORD_SRP", &[("SRP_A", &srp.public())]).await);
    assert_eq!(asked.name, PasswordVerifier);
    tokens(app.srp_claim(&asked, &srp, PASSWORD).await);
}

#[tokio::test]
async fn a_choice_may_carry_the_password_or_srp_a() {
    let bench = Bench::new();
    let app = app(&bench).await;
    bench.user(&app.pool, ALICE).await;
    let asked = challenge(begin(&app, ALICE, &[]).await);
    let with = |password| [("ANSWER", "PASSWORD"), ("PASSWORD", password)];
    assert_eq!(says(answer(&app, &asked, ALICE, &with("wrong")).await), WRONG);
    tokens(answer(&app, &asked, ALICE, &with(PASSWORD)).await);
    assert!(says(answer(&app, &asked, ALICE, &with(PASSWORD)).await).contains("only be used once"));

    let srp = Srp::new(3);
    let asked = challenge(begin(&app, ALICE, &[]).await);
    let public = srp.public();
    let verifier = challenge(answer(&app, &asked, ALICE, &[("ANSWER", "PASSWORD_SRP"), ("SRP_A", &public)]).await);
    assert_eq!(verifier.name, PasswordVerifier);
    tokens(app.srp_claim(&verifier, &srp, PASSWORD).await);

    let asked = challenge(begin(&app, ALICE, &[("PREFERRED_CHALLENGE", "PASSWORD")]).await);
    tokens(answer(&app, &asked, ALICE, &[("PASSWORD", PASSWORD)]).await);
    let asked = challenge(begin(&app, ALICE, &[("PREFERRED_CHALLENGE", "PASSWORD_SRP")]).await);
    let verifier = challenge(answer(&app, &asked, ALICE, &[("SRP_A", &public)]).await);
    tokens(app.srp_claim(&verifier, &srp, PASSWORD).await);
}

#[tokio::test]
async fn an_invited_user_has_only_the_password_and_must_change_it() {
    let bench = Bench::new();
    let app = app(&bench).await;
    bench.user_with(&app.pool, ALICE, |user| user.status = UserStatus::ForceChangePassword).await;
    let asked = challenge(begin(&app, ALICE, &[("PREFERRED_CHALLENGE", "EMAIL_OTP")]).await);
    assert_eq!((asked.name, asked.available.as_slice()), (SelectChallenge, &["PASSWORD_SRP", "PASSWORD"][..]));
    let given = [("ANSWER", "PASSWORD"), ("PASSWORD", PASSWORD)];
    assert_eq!(challenge(answer(&app, &asked, ALICE, &given).await).name, NewPasswordRequired);
}

#[tokio::test]
async fn who_was_made_without_a_password_is_sent_a_code_at_once() {
    let bench = Bench::new();
    let app = app(&bench).await;
    let request = AdminCreateUser {
        username: ALICE.into(),
        attributes: vec![],
        temporary_password: None,
        action: None,
        mediums: vec![],
        force_alias: false,
    };
    let user = bench.pools.admin_create_user(&bench.cx(), &app.pool, request).await.unwrap();
    assert_eq!((user.status, user.credentials.password.is_none()), (UserStatus::Confirmed, true));
    let asked = challenge(begin(&app, ALICE, &[]).await);
    assert_eq!((asked.name, asked.available.as_slice()), (EmailOtp, &["EMAIL_OTP"][..]));
    tokens(answer(&app, &asked, ALICE, &[("EMAIL_OTP_CODE", &bench.mail.code_to(ALICE))]).await);
    assert_eq!(bench.stored(&user).await.attributes["email_verified"], "true");
    assert_eq!(says(app.sign_in(ALICE, "").await), "Missing required parameter PASSWORD");
    assert_eq!(says(app.sign_in(ALICE, "anything").await), WRONG);
    assert_eq!(bench.pools.configured_factors(&app.pool, &user).await.unwrap(), ["EMAIL_OTP"]);
}

#[tokio::test]
async fn codes_are_no_first_factor_for_who_has_a_second_one_or_must_have_it() {
    let bench = Bench::new();
    let optional = |pool: &mut PoolSettings| {
        pool.mfa = MfaRequirement::Optional;
        pool.documents.insert("EmailMfaConfiguration".into(), json!({}));
    };
    let app = app_with(&bench, false, optional).await;
    bench.user_with(&app.pool, ALICE, |user| user.credentials.mfa_enabled = vec!["EMAIL_OTP".into()]).await;
    bench.user(&app.pool, "bob@example.com").await;
    let passwords = ["PASSWORD_SRP", "PASSWORD"];
    let available = async |app: &App<'_>, name: &str| challenge(begin(app, name, &[]).await).available;
    assert_eq!(available(&app, ALICE).await, passwords);
    assert_eq!(available(&app, "bob@example.com").await.len(), 3);
    let required = |pool: &mut PoolSettings| {
        pool.mfa = MfaRequirement::On;
        pool.software_token_mfa = Some(true);
    };
    let strict = app_with(&bench, false, required).await;
    bench.user(&strict.pool, ALICE).await;
    assert_eq!(available(&strict, ALICE).await, passwords);
}

#[tokio::test]
async fn a_factor_switched_on_in_between_is_asked_for() {
    let bench = Bench::new();
    let app = app_with(&bench, false, |pool| {
        pool.mfa = MfaRequirement::Optional;
        pool.documents.insert("SmsMfaConfiguration".into(), json!({}));
    })
    .await;
    let phone = |user: &mut User| {
        user.attributes.insert("phone_number".into(), "+12065550100".into());
    };
    let user = bench.user_with(&app.pool, ALICE, phone).await;
    let asked = challenge(begin(&app, ALICE, &[("PREFERRED_CHALLENGE", "EMAIL_OTP")]).await);
    let mut stored = bench.stored(&user).await;
    stored.credentials.mfa_enabled = vec!["SMS_MFA".into()];
    bench.pools.store.replace_user(bench.now(), stored).await.unwrap();
    let next = challenge(answer(&app, &asked, ALICE, &[("EMAIL_OTP_CODE", &bench.mail.code_to(ALICE))]).await);
    assert_eq!(next.name.as_str(), "SMS_MFA");
}

#[tokio::test]
async fn a_disabled_or_unconfirmed_user_is_sent_nothing() {
    let bench = Bench::new();
    for hides in [true, false] {
        let app = app_with(&bench, hides, |_| {}).await;
        bench.user_with(&app.pool, ALICE, |user| user.enabled = false).await;
        let before = bench.mail.count();
        let begun = begin(&app, ALICE, &[("PREFERRED_CHALLENGE", "EMAIL_OTP")]).await;
        if hides {
            let asked = challenge(begun);
            assert_eq!(says(answer(&app, &asked, ALICE, &[("EMAIL_OTP_CODE", "00000000")]).await), MISMATCH);
        } else {
            assert_eq!(says(begun), "User is disabled.");
        }
        assert_eq!(bench.mail.count(), before);
    }
}

/// A name that nobody has and that is offered the same: what is offered to nobody differs by name, as it differs among users.
async fn nobody_offered(app: &App<'_>, offers: &[&'static str]) -> String {
    for number in 0..200 {
        let name = format!("nobody{number}@example.com");
        if challenge(begin(app, &name, &[]).await).available == offers {
            return name;
        }
    }
    panic!("nobody is offered {offers:?}");
}

/// Offers that only some users have tell nothing: some who do not exist seem to have them too, each the same at every try and by every name.
#[tokio::test]
async fn what_is_offered_does_not_tell_who_exists() {
    let bench = Bench::new();
    let app = app_with(&bench, true, |pool| {
        pool.documents.insert("WebAuthnConfiguration".into(), json!({"RelyingPartyId": "example.com"}));
    })
    .await;
    for offers in [
        &["PASSWORD_SRP", "PASSWORD"][..],
        &["PASSWORD_SRP", "PASSWORD", "EMAIL_OTP"],
        &["PASSWORD_SRP", "PASSWORD", "EMAIL_OTP", "SMS_OTP"],
        &["PASSWORD_SRP", "PASSWORD", "EMAIL_OTP", "WEB_AUTHN"],
        &["EMAIL_OTP"],
    ] {
        let name = nobody_offered(&app, offers).await;
        let again = challenge(begin(&app, &name, &[("PREFERRED_CHALLENGE", "PASSWORD")]).await);
        assert_eq!(again.available, offers);
        let id = again.parameters.get("USERNAME").unwrap();
        assert_eq!(challenge(begin(&app, id, &[]).await).available, offers, "by the id that is shown");
    }
}

/// A passkey is asked of nobody as of somebody, and the answer is counted, used up and wrong.
#[tokio::test]
async fn nobodys_passkey_is_asked_for_and_never_right() {
    let bench = Bench::new();
    let app = app_with(&bench, true, |pool| {
        pool.documents.insert("WebAuthnConfiguration".into(), json!({"RelyingPartyId": "example.com"}));
    })
    .await;
    let name = nobody_offered(&app, &["PASSWORD_SRP", "PASSWORD", "EMAIL_OTP", "WEB_AUTHN"]).await;
    let ask = async || challenge(begin(&app, &name, &[("PREFERRED_CHALLENGE", "WEB_AUTHN")]).await);
    let options = |asked: &Challenge| -> serde_json::Value {
        serde_json::from_str(&asked.parameters["CREDENTIAL_REQUEST_OPTIONS"]).unwrap()
    };
    let (first, second) = (ask().await, ask().await);
    let ids = [&first, &second].map(|asked| options(asked)["allowCredentials"].clone());
    assert_eq!((ids[0].as_array().unwrap().len(), &ids[0]), (1, &ids[1]), "always the same key");
    assert_ne!(options(&first)["challenge"], options(&second)["challenge"]);
    let mut key = SoftKey::new(1, "example.com", "https://app.example.com");
    let credential = key.sign(&options(&first), "nobody");
    let tried = async |asked: &Challenge| says(answer(&app, asked, &name, &[("CREDENTIAL", &credential)]).await);
    assert_eq!(tried(&first).await, WRONG);
    assert_eq!(tried(&first).await, "Invalid session for the user, session can only be used once.");
    for _ in 0..5 {
        assert_eq!(tried(&ask().await).await, WRONG);
    }
    assert_eq!(tried(&ask().await).await, "Password attempts exceeded");
}

#[tokio::test]
async fn an_unknown_user_is_led_like_a_known_one_and_never_arrives() {
    let bench = Bench::new();
    let app = app_with(&bench, true, |_| {}).await;
    bench.user(&app.pool, ALICE).await;
    let nobody = nobody_offered(&app, &["PASSWORD_SRP", "PASSWORD", "EMAIL_OTP"]).await;
    let nobody = nobody.as_str();
    for more in [
        &[][..],
        &[("PREFERRED_CHALLENGE", "EMAIL_OTP")],
        &[("PREFERRED_CHALLENGE", "SMS_OTP")],
        &[("PREFERRED_CHALLENGE", "PASSWORD")],
        &[("PREFERRED_CHALLENGE", "PASSWORD_SRP")],
        &[("PREFERRED_CHALLENGE", "WEB_AUTHN")],
    ] {
        let known = challenge(begin(&app, ALICE, more).await);
        let unknown = challenge(begin(&app, nobody, more).await);
        assert_eq!(known.name, unknown.name, "{more:?}");
        assert_eq!(known.available, unknown.available, "{more:?}");
        assert_eq!(known.session.len(), unknown.session.len(), "{more:?}");
        let lengths = |asked: &Challenge| -> Vec<_> {
            asked.parameters.iter().map(|(name, value)| (*name, value.len())).collect()
        };
        assert_eq!(lengths(&known), lengths(&unknown), "{more:?}");
    }
    let asked = challenge(begin(&app, nobody, &[("PREFERRED_CHALLENGE", "EMAIL_OTP")]).await);
    assert_eq!(asked.parameters["CODE_DELIVERY_DESTINATION"], "n***@e***", "where they would have it");
    let refused = refusal(answer(&app, &asked, nobody, &[("EMAIL_OTP_CODE", "12345678")]).await);
    assert_eq!((refused.kind, &*refused.message), (ErrorKind::CodeMismatch, MISMATCH));
    assert!(bench.mail.all().iter().all(|message| message.to == ALICE), "nobody is written to");
    let asked = challenge(begin(&app, nobody, &[]).await);
    let given = [("ANSWER", "PASSWORD"), ("PASSWORD", PASSWORD)];
    assert_eq!(says(answer(&app, &asked, nobody, &given).await), WRONG);
    let srp = Srp::new(3);
    let public = srp.public();
    let verifier = challenge(answer(&app, &asked, nobody, &[("ANSWER", "PASSWORD_SRP"), ("SRP_A", &public)]).await);
    assert_eq!(says(app.srp_claim(&verifier, &srp, PASSWORD).await), WRONG);
    let open = app_with(&bench, false, |_| {}).await;
    assert_eq!(refusal(begin(&open, NOBODY, &[]).await).kind, ErrorKind::UserNotFound);
}

#[tokio::test]
async fn guesses_at_first_codes_are_locked_for_known_and_unknown_names_alike() {
    let bench = Bench::new();
    let app = app_with(&bench, true, |_| {}).await;
    bench.user(&app.pool, ALICE).await;
    let curve = async |name: &str| {
        let mut said = Vec::new();
        for _ in 0..8 {
            let asked = challenge(begin(&app, name, &[("PREFERRED_CHALLENGE", "EMAIL_OTP")]).await);
            said.push(says(answer(&app, &asked, name, &[("EMAIL_OTP_CODE", "00000000")]).await));
        }
        said
    };
    let known = curve(ALICE).await;
    assert_eq!(known[5..], [MISMATCH, "Password attempts exceeded", "Password attempts exceeded"]);
    let nobody = nobody_offered(&app, &["PASSWORD_SRP", "PASSWORD", "EMAIL_OTP"]).await;
    assert_eq!(curve(&nobody).await, known);
}

#[tokio::test]
async fn first_codes_guessed_in_parallel_are_locked_like_one_after_the_other() {
    let bench = Bench::new();
    let app = app(&bench).await;
    bench.user(&app.pool, ALICE).await;
    let asked = challenge(begin(&app, ALICE, &[("PREFERRED_CHALLENGE", "EMAIL_OTP")]).await);
    let (app, asked) = (&app, &asked);
    let guess = |at: u32| async move {
        let code = format!("{at:08}");
        answer(app, asked, ALICE, &[("EMAIL_OTP_CODE", &code)]).await
    };
    let said: Vec<_> = join_all((0..32).map(guess)).await.into_iter().map(says).collect();
    assert_eq!(said.iter().filter(|said| *said == MISMATCH).count(), 6, "{said:?}");
}

#[tokio::test]
async fn guesses_in_front_of_the_password_neither_lock_nor_forgive_those_behind_it() {
    let bench = Bench::new();
    let app = app_with(&bench, false, |pool| {
        pool.mfa = MfaRequirement::Optional;
        pool.documents.insert("EmailMfaConfiguration".into(), json!({}));
    })
    .await;
    let user = bench.user(&app.pool, ALICE).await;
    let first = challenge(begin(&app, ALICE, &[("PREFERRED_CHALLENGE", "EMAIL_OTP")]).await);
    let code = bench.mail.code_to(ALICE);
    for _ in 0..6 {
        answer(&app, &first, ALICE, &[("EMAIL_OTP_CODE", "00000000")]).await.err().unwrap();
    }
    assert_eq!(says(answer(&app, &first, ALICE, &[("EMAIL_OTP_CODE", &code)]).await), "Password attempts exceeded");
    let mut stored = bench.stored(&user).await;
    stored.credentials.mfa_enabled = vec!["EMAIL_OTP".into()];
    bench.pools.store.replace_user(bench.now(), stored).await.unwrap();
    let second = challenge(app.sign_in(ALICE, PASSWORD).await);
    let wrong = async || says(answer(&app, &second, ALICE, &[("EMAIL_OTP_CODE", "000000")]).await);
    for _ in 0..6 {
        assert_eq!(wrong().await, MISMATCH, "the lock in front is not the one behind");
    }
    bench.clock.advance(2_000);
    challenge(answer(&app, &first, ALICE, &[("EMAIL_OTP_CODE", &code)]).await);
    for _ in 0..3 {
        wrong().await;
    }
    assert_eq!(wrong().await, "Password attempts exceeded", "a first factor forgives no guess at the second");
}

#[tokio::test]
async fn who_could_not_come_in_by_a_code_is_sent_none() {
    let bench = Bench::new();
    let app = app_with(&bench, true, |pool| {
        pool.mfa = MfaRequirement::Optional;
        pool.documents.insert("SmsMfaConfiguration".into(), json!({}));
    })
    .await;
    let no_way_in = |user: &mut User| {
        user.credentials.password = None;
        user.credentials.mfa_enabled = vec!["SMS_MFA".into()];
        user.attributes.insert("phone_number".into(), "+12065550100".into());
    };
    for number in 0..8 {
        let name = format!("alice{number}@example.com");
        let user = bench.user_with(&app.pool, &name, no_way_in).await;
        let before = bench.mail.count();
        let asked = challenge(begin(&app, &name, &[]).await);
        assert_eq!(challenge(begin(&app, &user.sub, &[]).await).available, asked.available, "by either name");
        if asked.available.contains(&"EMAIL_OTP") && asked.name == SelectChallenge {
            let sent = challenge(answer(&app, &asked, &name, &[("ANSWER", "EMAIL_OTP")]).await);
            assert_eq!(sent.name, EmailOtp);
        }
        assert_eq!(bench.mail.count(), before);
    }
}

#[tokio::test]
async fn a_stronger_sign_in_than_there_is_is_refused_and_a_lite_pool_has_no_choice() {
    let bench = Bench::new();
    let app = app(&bench).await;
    bench.user(&app.pool, ALICE).await;
    let refused = refusal(begin(&app, ALICE, &[("TARGET_ACR_VALUES", "urn:cognito:loa:4")]).await);
    assert_eq!(refused.kind, ErrorKind::NotSupportedYet);
    let lite = app_with(&bench, false, |pool| pool.tier = "LITE".into()).await;
    bench.user(&lite.pool, ALICE).await;
    assert_eq!(refusal(begin(&lite, ALICE, &[]).await).kind, ErrorKind::FeatureUnavailableInTier);
}

#[tokio::test]
async fn a_choice_belongs_to_its_user_client_and_step() {
    let bench = Bench::new();
    let app = app(&bench).await;
    bench.user(&app.pool, ALICE).await;
    bench.user(&app.pool, "bob@example.com").await;
    let asked = challenge(begin(&app, ALICE, &[]).await);
    let bobs = [("USERNAME", "bob@example.com"), ("ANSWER", "EMAIL_OTP")];
    assert_eq!(
        says(app.answer(SelectChallenge, Some(&asked.session), &bobs).await),
        "Invalid session provided for the user."
    );
    for other in [Password, PasswordSrp, EmailOtp, SmsOtp, NewPasswordRequired] {
        let pairs =
            [("USERNAME", ALICE), ("PASSWORD", PASSWORD), ("EMAIL_OTP_CODE", "1"), ("NEW_PASSWORD", "Abc-12345")];
        assert_eq!(
            says(app.answer(other, Some(&asked.session), &pairs).await),
            "Invalid code or auth state for the user.",
            "{other:?}"
        );
    }
    let missing = refusal(app.answer(SelectChallenge, None, &[("USERNAME", ALICE), ("ANSWER", "PASSWORD")]).await);
    assert_eq!(missing.message, "Missing required parameter Session");
    let client = bench.client_with(&app.pool, |_| {}).await;
    let elsewhere = App { bench: &bench, pool: app.pool.clone(), client, door: Door::Api };
    assert_eq!(
        says(answer(&elsewhere, &asked, ALICE, &[("ANSWER", "EMAIL_OTP")]).await),
        "Invalid session provided for the user."
    );
}

#[tokio::test]
async fn the_flow_must_be_open_to_the_client() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    bench.user(&app.pool, "alice").await;
    assert_eq!(says(begin(&app, "alice", &[]).await), "USER_AUTH flow not enabled for this client");
}

async fn sign_up(app: &App<'_>, name: &str, password: Option<&str>) -> SignedUp {
    let asking = Asking { client: app.client.id.clone(), secret_hash: None, username: name.to_owned() };
    let request = SignUp { asking, password: password.map(str::to_owned), attributes: vec![] };
    app.bench.pools.sign_up(&app.bench.cx(), request).await.unwrap()
}

async fn confirm(app: &App<'_>, name: &str, session: Option<&str>) -> user_pools::Result<Option<String>> {
    let asking = Asking { client: app.client.id.clone(), secret_hash: None, username: name.to_owned() };
    let code = app.bench.mail.code_to(name);
    let request = ConfirmSignUp { asking, code, force_alias: false };
    app.bench.pools.confirm_sign_up_within(&app.bench.cx(), request, session).await
}

async fn redeem(app: &App<'_>, name: &str, session: &str) -> user_pools::Result<SignedIn> {
    let request = Start {
        door: Door::Api,
        client: app.client.id.clone(),
        flow: Flow::UserAuth,
        parameters: [("USERNAME", name)].into_iter().collect(),
        session: Some(session.to_owned()),
    };
    app.bench.pools.initiate_auth(&app.bench.cx(), &request).await
}

#[tokio::test]
async fn a_confirmed_sign_up_goes_on_to_one_sign_in() {
    let bench = Bench::new();
    let app = app(&bench).await;
    let begun = sign_up(&app, ALICE, None).await.session.unwrap();
    assert_eq!(
        says(redeem(&app, ALICE, &begun).await),
        "Invalid code or auth state for the user.",
        "an unconfirmed sign-up buys nothing"
    );
    let confirmed = confirm(&app, ALICE, Some(&begun)).await.unwrap().unwrap();
    assert_eq!(
        says(app.answer(SelectChallenge, Some(&confirmed), &[("USERNAME", ALICE), ("ANSWER", "PASSWORD")]).await),
        "Invalid code or auth state for the user.",
        "it answers no challenge"
    );
    tokens(redeem(&app, ALICE, &confirmed).await);
    assert!(says(redeem(&app, ALICE, &confirmed).await).contains("only be used once"));
}

#[tokio::test]
async fn the_session_of_a_sign_up_is_its_own_users_and_clients() {
    let bench = Bench::new();
    let app = app(&bench).await;
    let bob = "bob@example.com";
    let alices = sign_up(&app, ALICE, Some(PASSWORD)).await.session.unwrap();
    let bobs = sign_up(&app, bob, Some(PASSWORD)).await.session.unwrap();
    assert_eq!(says(confirm(&app, ALICE, Some(&bobs)).await), "Invalid session provided for the user.");
    assert_eq!(says(confirm(&app, ALICE, Some("x".repeat(40).as_str())).await), "Invalid session for the user.");
    let confirmed = confirm(&app, ALICE, Some(&alices)).await.unwrap().unwrap();
    confirm(&app, bob, None).await.unwrap();
    assert_eq!(says(redeem(&app, bob, &confirmed).await), "Invalid session provided for the user.");
    let client = bench
        .client_with(&app.pool, |settings| settings.auth_flows.get_or_insert_default().push("ALLOW_USER_AUTH".into()))
        .await;
    let elsewhere = App { bench: &bench, pool: app.pool.clone(), client, door: Door::Api };
    assert_eq!(says(redeem(&elsewhere, ALICE, &confirmed).await), "Invalid session provided for the user.");
    bench.clock.advance(3 * 60_000);
    assert_eq!(says(redeem(&app, ALICE, &confirmed).await), "Invalid session for the user, session is expired.");
}

/// The code of a confirmation is in a mailbox that others may read. Alone it is worth a sign-in only where every such code is: not where the
/// pool has no codes as first factors, nor where a second factor is asked for, which may be the same mailbox.
#[tokio::test]
async fn the_code_of_a_confirmation_is_a_first_factor_only_where_such_codes_are() {
    let bench = Bench::new();
    let open = app(&bench).await;
    sign_up(&open, ALICE, Some(PASSWORD)).await;
    let confirmed = confirm(&open, ALICE, None).await.unwrap().unwrap();
    tokens(redeem(&open, ALICE, &confirmed).await);
    let passwords = app_with(&bench, false, |pool| pool.first_factors = vec!["PASSWORD".into()]).await;
    let strict = app_with(&bench, false, |pool| {
        pool.mfa = MfaRequirement::On;
        pool.documents.insert("EmailMfaConfiguration".into(), json!({}));
    })
    .await;
    for app in [&passwords, &strict] {
        sign_up(app, ALICE, Some(PASSWORD)).await;
        assert_eq!(confirm(app, ALICE, None).await.unwrap(), None);
        let bob = "bob@example.com";
        let begun = sign_up(app, bob, Some(PASSWORD)).await.session;
        bench.clock.advance(4 * 60_000);
        assert_eq!(confirm(app, bob, begun.as_deref()).await.unwrap(), None, "the session of the sign-up has ended");
        assert!(app.sign_in(ALICE, PASSWORD).await.is_ok());
        let eve = "eve@example.com";
        let begun = sign_up(app, eve, Some(PASSWORD)).await.session;
        assert!(confirm(app, eve, begun.as_deref()).await.unwrap().is_some(), "who has chosen the password goes on");
    }
}

#[tokio::test]
async fn a_first_sign_in_after_sign_up_meets_the_second_factor() {
    let bench = Bench::new();
    let app = app_with(&bench, false, |pool| {
        pool.mfa = MfaRequirement::On;
        pool.software_token_mfa = Some(true);
    })
    .await;
    let begun = sign_up(&app, ALICE, Some(PASSWORD)).await.session;
    let confirmed = confirm(&app, ALICE, begun.as_deref()).await.unwrap().unwrap();
    assert_eq!(challenge(redeem(&app, ALICE, &confirmed).await).name.as_str(), "MFA_SETUP");
}
