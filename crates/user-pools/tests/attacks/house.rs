//! A pool where every way of signing in is open, and people who stand at each step of it.
use crate::actor::{App, Authenticator, Srp, challenge, tokens};
use crate::device_client::{Phone, confirmed};
use crate::scene;
use crate::soft_key::SoftKey;
use serde_json::json;
use testing::{Bench, PASSWORD};
use user_pools::Result;
use user_pools::client::ClientSettings;
use user_pools::mfa::{Enroller, Preference, Wish};
use user_pools::passkeys::Registrant;
use user_pools::pool::{Contact, MfaRequirement, PoolSettings};
use user_pools::sign_in::{Challenge, ChallengeName, Flow, SignedIn};
use user_pools::user::{User, UserStatus};

pub const PARTY: &str = "example.com";
pub const ORIGIN: &str = "https://app.example.com";
pub const PHONE: &str = "+12065550100";
pub const WRONG: &str = "Incorrect username or password.";

const CUSTOM: [&str; 3] = ["DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse"];

/// Everything open, second factors as each user likes.
pub fn open(pool: &mut PoolSettings) {
    pool.mfa = MfaRequirement::Optional;
    pool.software_token_mfa = Some(true);
    pool.auto_verified = vec![Contact::Email];
    pool.first_factors = ["PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"].map(str::to_owned).to_vec();
    for (name, document) in [
        ("EmailMfaConfiguration", json!({})),
        ("SmsMfaConfiguration", json!({})),
        ("WebAuthnConfiguration", json!({"RelyingPartyId": PARTY})),
        ("DeviceConfiguration", json!({"ChallengeRequiredOnNewDevice": true})),
    ] {
        pool.documents.insert(name.to_owned(), document);
    }
}

/// The app of such a pool; its custom challenge wants the word `sesame`.
pub async fn house(bench: &Bench) -> App<'_> {
    house_with(bench, |_| {}, |_| {}).await
}

pub async fn house_with(
    bench: &Bench,
    pool: impl FnOnce(&mut PoolSettings),
    client: impl FnOnce(&mut ClientSettings),
) -> App<'_> {
    let change = |settings: &mut PoolSettings| {
        open(settings);
        pool(settings);
    };
    let flows = |settings: &mut ClientSettings| {
        settings.auth_flows.as_mut().unwrap().push("ALLOW_USER_AUTH".to_owned());
        client(settings);
    };
    let app = scene::with(bench, &CUSTOM, change, flows).await;
    bench.functions.answers("DefineAuthChallenge", |event, response| {
        let right =
            event["request"]["session"].as_array().unwrap().iter().any(|round| round["challengeResult"] == true);
        *response = if right { json!({"issueTokens": true}) } else { json!({"challengeName": "CUSTOM_CHALLENGE"}) };
    });
    bench.functions.answers("VerifyAuthChallengeResponse", |event, response| {
        *response = json!({"answerCorrect": event["request"]["challengeAnswer"] == "sesame"});
    });
    app
}

/// Somebody with a phone number and these second factors.
pub async fn careful(app: &App<'_>, name: &str, factors: &[&str]) -> User {
    let change = |user: &mut User| {
        user.attributes.insert("phone_number".into(), PHONE.into());
        user.attributes.insert("phone_number_verified".into(), "true".into());
        user.credentials.mfa_enabled = factors.iter().map(|factor| (*factor).to_owned()).collect();
    };
    app.bench.user_with(&app.pool, name, change).await
}

/// Enrols an app and switches it on.
pub async fn with_app(app: &App<'_>, name: &str) -> Authenticator {
    let (bench, pools) = (app.bench, &app.bench.pools);
    let access = pools.access(bench.now(), &app.tokens(name, PASSWORD).await.access).await.unwrap();
    let begun = pools.associate_software_token(&bench.cx(), Enroller::Access(&access)).await.unwrap();
    let authenticator = Authenticator::new(&begun.secret_code.unwrap());
    let code = authenticator.code(bench.now());
    pools.verify_software_token(&bench.cx(), Enroller::Access(&access), &code, None).await.unwrap();
    let first = Some(Wish { enabled: true, preferred: true });
    let preference = Preference { software_token: first, ..Preference::default() };
    pools.set_mfa_preference(&bench.cx(), &access, preference).await.unwrap();
    authenticator
}

/// Registers a passkey.
pub async fn with_passkey(app: &App<'_>, name: &str, id: u8) -> SoftKey {
    let (bench, pools) = (app.bench, &app.bench.pools);
    let access = pools.access(bench.now(), &app.tokens(name, PASSWORD).await.access).await.unwrap();
    let key = SoftKey::new(id, PARTY, ORIGIN);
    let options = pools.start_passkey(&bench.cx(), Registrant::from(&access)).await.unwrap();
    pools.complete_passkey(&bench.cx(), Registrant::from(&access), &key.register(&options)).await.unwrap();
    key
}

/// Begins USER_AUTH with this factor.
pub async fn prefer(app: &App<'_>, name: &str, factor: &str) -> Result<SignedIn> {
    app.start(Flow::UserAuth, &[("USERNAME", name), ("PREFERRED_CHALLENGE", factor)]).await
}

/// Somebody in the middle of signing in.
pub struct Step {
    pub name: String,
    pub asked: Challenge,
}

/// A sign-in at each step there is but MFA_SETUP (which needs a pool that requires a factor), each of a user of their own.
pub async fn steps(app: &App<'_>) -> Vec<Step> {
    let bench = app.bench;
    let mut all = Vec::new();
    for (name, factors) in [
        ("totp", &[][..]),
        ("select", &["SMS_MFA", "EMAIL_OTP"]),
        ("sms", &["SMS_MFA"]),
        ("mail", &["EMAIL_OTP"]),
        ("plain", &[]),
    ] {
        careful(app, name, factors).await;
    }
    bench.user_with(&app.pool, "temp", |user| user.status = UserStatus::ForceChangePassword).await;
    with_app(app, "totp").await;
    for name in ["temp", "totp", "select", "sms", "mail"] {
        all.push((name, app.sign_in(name, PASSWORD).await));
    }
    with_passkey(app, "plain", 1).await;
    all.push(("plain", app.srp_start("plain", &Srp::new(5)).await));
    all.push(("plain", app.start(Flow::UserAuth, &[("USERNAME", "plain")]).await));
    for factor in ["PASSWORD", "PASSWORD_SRP", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"] {
        all.push(("plain", prefer(app, "plain", factor).await));
    }
    all.push(("plain", app.start(Flow::Custom, &[("USERNAME", "plain")]).await));
    for name in ["phone1", "phone2"] {
        bench.user(&app.pool, name).await;
        let phone = confirmed(app, name).await;
        let mut asked = from(app, name, &phone).await;
        if name == "phone2" {
            asked = phone.begin(app, &challenge(asked), name, &Srp::new(6), true).await;
        }
        all.push((name, asked));
    }
    all.into_iter().map(|(name, asked)| Step { name: name.to_owned(), asked: challenge(asked) }).collect()
}

/// The password from a device.
pub async fn from(app: &App<'_>, name: &str, phone: &Phone) -> Result<SignedIn> {
    app.start(Flow::UserPassword, &[("USERNAME", name), ("PASSWORD", PASSWORD), ("DEVICE_KEY", &phone.key)]).await
}

/// Every challenge of the model that we know.
pub const CHALLENGES: [ChallengeName; 15] = [
    ChallengeName::PasswordVerifier,
    ChallengeName::NewPasswordRequired,
    ChallengeName::MfaSetup,
    ChallengeName::SoftwareTokenMfa,
    ChallengeName::SelectMfaType,
    ChallengeName::CustomChallenge,
    ChallengeName::SmsMfa,
    ChallengeName::EmailOtp,
    ChallengeName::SmsOtp,
    ChallengeName::SelectChallenge,
    ChallengeName::Password,
    ChallengeName::PasswordSrp,
    ChallengeName::WebAuthn,
    ChallengeName::DeviceSrpAuth,
    ChallengeName::DevicePasswordVerifier,
];

/// Signs in as somebody ordinary.
pub async fn access(app: &App<'_>, name: &str) -> user_pools::access::Access {
    let token = tokens(app.sign_in(name, PASSWORD).await).access;
    app.bench.pools.access(app.bench.now(), &token).await.unwrap()
}

/// Drives all of them at the same time on this task.
pub async fn at_once<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut pending: Vec<_> = futures.map(|future| Some(Box::pin(future))).collect();
    let mut done: Vec<_> = pending.iter().map(|_| None).collect();
    std::future::poll_fn(|cx| {
        for (slot, out) in pending.iter_mut().zip(&mut done) {
            if let Some(future) = slot
                && let std::task::Poll::Ready(value) = future.as_mut().poll(cx)
            {
                (*slot, *out) = (None, Some(value));
            }
        }
        if pending.iter().all(Option::is_none) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done.into_iter().map(Option::unwrap).collect()
}

/// Self-service calls about somebody.
pub fn asking(app: &App<'_>, name: &str) -> user_pools::users::Asking {
    user_pools::users::Asking { client: app.client.id.clone(), secret_hash: None, username: name.to_owned() }
}

/// ForgotPassword.
pub async fn forgot(app: &App<'_>, name: &str) -> Result<()> {
    app.bench.pools.forgot_password(&app.bench.cx(), asking(app, name)).await.map(drop)
}

/// ConfirmForgotPassword.
pub async fn recover(app: &App<'_>, name: &str, code: &str, password: &str) -> Result<()> {
    let (code, password) = (code.to_owned(), password.to_owned());
    let request = user_pools::users::ConfirmForgotPassword { asking: asking(app, name), code, password };
    app.bench.pools.confirm_forgot_password(&app.bench.cx(), request).await
}

/// SignUp with that address.
pub async fn sign_up(app: &App<'_>, name: &str, email: &str) -> Result<()> {
    let attributes = vec![("email".to_owned(), email.to_owned())];
    let password = Some(PASSWORD.to_owned());
    let request = user_pools::users::SignUp { asking: asking(app, name), password, attributes };
    app.bench.pools.sign_up(&app.bench.cx(), request).await.map(drop)
}

/// ConfirmSignUp.
pub async fn confirm(app: &App<'_>, name: &str, code: &str) -> Result<()> {
    let request =
        user_pools::users::ConfirmSignUp { asking: asking(app, name), code: code.to_owned(), force_alias: false };
    app.bench.pools.confirm_sign_up(&app.bench.cx(), request).await
}

/// A code that is not this one.
pub fn other_than(code: &str) -> String {
    let number: u32 = code.parse().unwrap();
    format!("{:0width$}", (number + 1) % 10_u32.pow(u32::try_from(code.len()).unwrap()), width = code.len())
}
