//! The `Session` string: forged, changed, foreign, of another step, of another user, ended.
use crate::actor::{App, Srp, challenge, says};
use crate::house::{CHALLENGES, Step, house, house_with, steps};
use testing::{Bench, PASSWORD};
use user_pools::Result;
use user_pools::pool::MfaRequirement;
use user_pools::sign_in::{ChallengeName, Door, SignedIn};

const THIEFS: &str = "Th1efs-Passw0rd!";

/// Whatever any challenge could want, and a claim of `plain` that is right.
fn everything(claim: &[(&str, &str)], name: &str) -> Vec<(String, String)> {
    let codes = ["SOFTWARE_TOKEN_MFA_CODE", "SMS_MFA_CODE", "EMAIL_OTP_CODE", "SMS_OTP_CODE"];
    let srp_a = Srp::new(4).public();
    let rest = [("NEW_PASSWORD", THIEFS), ("PASSWORD", THIEFS), ("SRP_A", &*srp_a), ("ANSWER", "PASSWORD_SRP")];
    let rest =
        rest.into_iter().chain([("DEVICE_KEY", "us-east-1_x"), ("CREDENTIAL", "{}"), ("EMAIL", "t@thief.example")]);
    let claim = claim.iter().copied().filter(|(key, _)| *key != "USERNAME");
    let all = codes.map(|code| (code, "00000000")).into_iter().chain(rest).chain(claim).chain([("USERNAME", name)]);
    all.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

async fn try_it(app: &App<'_>, name: ChallengeName, session: &str, given: &[(String, String)]) -> Result<SignedIn> {
    let pairs: Vec<_> = given.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    app.answer(name, Some(session), &pairs).await
}

/// No tokens, and no step further with somebody else's session.
fn refused(result: Result<SignedIn>, what: &str) -> String {
    match result {
        Err(error) => error.message.into_owned(),
        Ok(SignedIn::Tokens(_)) => panic!("tokens: {what}"),
        Ok(SignedIn::Challenge(next)) => panic!("went on to {}: {what}", next.name.as_str()),
    }
}

async fn nothing_changed(app: &App<'_>, names: &[Step]) {
    for step in names {
        assert!(app.sign_in(&step.name, PASSWORD).await.is_ok(), "{}", step.name);
        assert!(app.sign_in(&step.name, THIEFS).await.is_err(), "{}", step.name);
    }
}

#[tokio::test]
async fn a_session_answers_its_own_challenge_only() {
    let bench = Bench::new();
    let app = house(&bench).await;
    let steps = steps(&app).await;
    assert_eq!(steps.len(), 15);
    let srp = Srp::new(5);
    let own = challenge(app.srp_start("plain", &srp).await);
    let claim = srp.claim(&app.pool, &own, PASSWORD, &app.timestamp());
    for step in &steps {
        let given = everything(&claim.pairs(), &step.name);
        for name in CHALLENGES.into_iter().filter(|name| *name != step.asked.name) {
            let what = format!("{} of {} with the session of {}", name.as_str(), step.name, step.asked.name.as_str());
            refused(try_it(&app, name, &step.asked.session, &given).await, &what);
        }
    }
    nothing_changed(&app, &steps).await;
}

#[tokio::test]
async fn a_session_of_another_client_pool_or_door_answers_nothing() {
    let bench = Bench::new();
    let app = house(&bench).await;
    let (other_client, other_pool) = (
        bench.client_with(&app.pool, |client| client.auth_flows.clone_from(&app.client.settings.auth_flows)).await,
        house(&bench).await,
    );
    let elsewhere = App { bench: &bench, pool: app.pool.clone(), client: other_client, door: Door::Api };
    let steps = steps(&app).await;
    for step in &steps {
        let given = everything(&[], &step.name);
        let session = &step.asked.session;
        let what = format!("the session of {}", step.asked.name.as_str());
        refused(try_it(&elsewhere, step.asked.name, session, &given).await, &format!("{what} at another client"));
        refused(try_it(&other_pool, step.asked.name, session, &given).await, &format!("{what} in another pool"));
        let pages = App { bench: &bench, pool: app.pool.clone(), client: app.client.clone(), door: Door::ManagedLogin };
        refused(try_it(&pages, step.asked.name, session, &given).await, &format!("{what} at the login pages"));
        let foreign = App {
            door: Door::Admin(other_pool.pool.id.clone()),
            bench: &bench,
            pool: app.pool.clone(),
            client: app.client.clone(),
        };
        refused(
            try_it(&foreign, step.asked.name, session, &given).await,
            &format!("{what} by another pool's operator"),
        );
    }
    nothing_changed(&app, &steps).await;
}

#[tokio::test]
async fn a_session_of_the_login_pages_buys_no_tokens_of_the_api() {
    let bench = Bench::new();
    let app = house(&bench).await;
    crate::house::careful(&app, "mail", &["EMAIL_OTP"]).await;
    let pages = App { bench: &bench, pool: app.pool.clone(), client: app.client.clone(), door: Door::ManagedLogin };
    let asked = challenge(
        pages.start(user_pools::sign_in::Flow::UserPassword, &[("USERNAME", "mail"), ("PASSWORD", PASSWORD)]).await,
    );
    let code = bench.mail.code_to("mail@example.com");
    let given = [("USERNAME", "mail"), ("EMAIL_OTP_CODE", &*code)];
    assert_eq!(
        says(app.answer(asked.name, Some(&asked.session), &given).await),
        "Invalid session provided for the user."
    );
}

#[tokio::test]
async fn a_session_answers_for_its_own_user_only() {
    let bench = Bench::new();
    let app = house(&bench).await;
    let steps = steps(&app).await;
    bench.user(&app.pool, "thief").await;
    for step in &steps {
        let given = everything(&[], "thief");
        let what = format!("the session of {} for another user", step.asked.name.as_str());
        refused(try_it(&app, step.asked.name, &step.asked.session, &given).await, &what);
    }
    nothing_changed(&app, &steps).await;
}

#[tokio::test]
async fn a_changed_or_invented_session_opens_nothing() {
    let bench = Bench::new();
    let app = house(&bench).await;
    bench.user_with(&app.pool, "temp", |user| user.status = user_pools::user::UserStatus::ForceChangePassword).await;
    let asked = challenge(app.sign_in("temp", PASSWORD).await);
    let given = everything(&[], "temp");
    let bytes = jose::base64url_decode(&asked.session).unwrap();
    for at in (0..bytes.len()).step_by(7).chain([bytes.len() - 1]) {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        let session = jose::base64url_encode(&changed);
        assert_eq!(
            refused(try_it(&app, asked.name, &session, &given).await, "changed"),
            "Invalid session for the user."
        );
    }
    let (short, long) = (asked.session[..asked.session.len() - 4].to_owned(), "A".repeat(100_000));
    for session in
        [short, long, "x".repeat(40), format!("{}{}", asked.session, asked.session), "%%%%%%%%%%%%%%%%%%%%".into()]
    {
        assert_eq!(
            refused(try_it(&app, asked.name, &session, &given).await, "invented"),
            "Invalid session for the user."
        );
    }
    // What else of ours is sealed is no session: a SECRET_BLOCK, a refresh token.
    bench.user(&app.pool, "ann").await;
    let block = challenge(app.srp_start("ann", &Srp::new(3)).await).parameters["SECRET_BLOCK"].clone();
    let refresh = app.tokens("ann", PASSWORD).await.refresh.unwrap();
    for other in [block.replace('+', "-").replace('/', "_").replace('=', ""), refresh] {
        refused(try_it(&app, asked.name, &other, &given).await, "another seal");
    }
    assert!(app.sign_in("temp", THIEFS).await.is_err());
}

#[tokio::test]
async fn an_ended_session_answers_nothing() {
    let bench = Bench::new();
    let app = house(&bench).await;
    let steps = steps(&app).await;
    bench.clock.advance(3 * 60_000);
    for step in &steps {
        let given = everything(&[], &step.name);
        refused(try_it(&app, step.asked.name, &step.asked.session, &given).await, step.asked.name.as_str());
    }
}

#[tokio::test]
async fn a_session_is_no_refresh_token_and_a_refresh_token_no_session() {
    let bench = Bench::new();
    let app = house(&bench).await;
    let steps = steps(&app).await;
    for step in &steps {
        assert_eq!(
            says(app.refresh(&step.asked.session).await),
            "Invalid Refresh Token",
            "{}",
            step.asked.name.as_str()
        );
    }
    let refresh = app.tokens("plain", PASSWORD).await.refresh.unwrap();
    for name in CHALLENGES {
        refused(try_it(&app, name, &refresh, &everything(&[], "plain")).await, name.as_str());
    }
}

/// Every session behind the password ends with it, also for who has asked for their own second factor.
#[tokio::test]
async fn a_new_password_ends_every_session_that_the_old_one_opened() {
    let bench = Bench::new();
    let app = house_with(&bench, |pool| pool.mfa = MfaRequirement::Optional, |_| {}).await;
    let steps = steps(&app).await;
    for step in &steps {
        bench.pools.admin_set_user_password(&bench.cx(), &app.pool, &step.name, "N3w-Passw0rd!", true).await.unwrap();
    }
    for step in &steps {
        let given = everything(&[], &step.name);
        let what = step.asked.name.as_str();
        let said = refused(try_it(&app, step.asked.name, &step.asked.session, &given).await, what);
        // A block and a claim of a device are looked at before their session is.
        assert!(
            said.starts_with("Invalid session") || said.starts_with("Missing required") || said == crate::house::WRONG,
            "{what}: {said}"
        );
    }
}
