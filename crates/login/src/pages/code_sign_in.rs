//! /login/code: signing in by a code that is sent, without the password (USER_AUTH, spec C.10).
use super::{Scene, problem, step};
use crate::fields;
use crate::page::{Page, Problem};
use crate::routes::Call;
use bytes::Bytes;
use http::{Response, StatusCode};
use user_pools::Result;
use user_pools::oauth::Site;
use user_pools::sign_in::flow::enabled;
use user_pools::sign_in::{ChallengeName, Door, Flow, Outcome, Parameters, Start};

/// Codes of a first factor; the first that a user can get is sent.
const CODES: [&str; 2] = ["EMAIL_OTP", "SMS_OTP"];

/// Whether the pool sends codes as a first factor, and the client lets its users choose.
pub(super) fn is_offered(site: &Site) -> bool {
    let named = |code: &&str| site.pool.settings.first_factors.iter().any(|factor| factor == code);
    CODES.iter().any(named) && enabled(&site.client.settings, Flow::UserAuth)
}

pub(crate) async fn handle(call: &Call<'_>) -> Response<Bytes> {
    match Scene::enter(call).await {
        Ok(scene) if call.is_post() => post(&scene).await,
        Ok(scene) => {
            let hint = scene.visit.ask.login_hint.clone().unwrap_or_default();
            page(&scene, &hint, None)
        }
        Err(answer) => *answer,
    }
}

fn page(scene: &Scene<'_>, username: &str, problem: Option<(StatusCode, Problem)>) -> Response<Bytes> {
    let (status, problems) = problem.map_or((StatusCode::OK, vec![]), |(status, problem)| (status, vec![problem]));
    let field = fields::username(scene.lang(), &scene.site().pool.settings, username);
    let page = Page {
        problems,
        lead: vec![scene.lang().code_sign_in_lead().to_owned()],
        forms: vec![scene.form("/login/code", scene.lang().send_the_code(), vec![field])],
        links: vec![scene.link("", scene.lang().sign_in_with_password(), "/login")],
        ..Page::new(scene.lang().sign_in_with_code())
    };
    scene.show(status, page)
}

async fn post(scene: &Scene<'_>) -> Response<Bytes> {
    let username = scene.given("username");
    let wrong = |status, problem| page(scene, username, Some((status, problem)));
    if username.is_empty() {
        return wrong(StatusCode::BAD_REQUEST, Problem::of("username", scene.lang().enter_username()));
    }
    match begun(scene, username).await {
        Ok(Some(outcome)) => step::advance(scene, username, outcome).await,
        Ok(None) => {
            let text = scene.lang().no_code_for_account();
            wrong(StatusCode::BAD_REQUEST, Problem::of("username", text))
        }
        Err(error) => {
            let names = problem::Names { username: "username", ..problem::Names::default() };
            wrong(problem::status(&error), problem::of(scene.lang(), &error, names))
        }
    }
}

/// Sends a code by mail, else by SMS; none where the user can get neither.
async fn begun(scene: &Scene<'_>, username: &str) -> Result<Option<Outcome>> {
    let (pools, cx) = (&scene.call.login.pools, &scene.call.cx);
    let start = Start {
        session: None,
        door: Door::ManagedLogin,
        client: scene.site().client.id.clone(),
        flow: Flow::UserAuth,
        parameters: Parameters::from_iter([("USERNAME", username), ("PREFERRED_CHALLENGE", CODES[0])]),
    };
    let asked = match pools.start(cx, &start).await? {
        Outcome::Challenge(asked) => asked,
        done @ Outcome::Authenticated(_) => return Ok(Some(done)),
    };
    if matches!(asked.name, ChallengeName::EmailOtp | ChallengeName::SmsOtp) {
        return Ok(Some(Outcome::Challenge(asked)));
    }
    let Some(code) = CODES.into_iter().find(|code| asked.available.contains(code)) else { return Ok(None) };
    let choice = Parameters::from_iter([("ANSWER", code)]);
    let request = step::answer(scene, ChallengeName::SelectChallenge, &asked.session, choice);
    pools.answer(cx, &request).await.map(Some)
}
