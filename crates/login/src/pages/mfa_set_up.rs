//! /mfa/setup: enrolling an authenticator app, where the pool wants a second factor and the user has none.
use super::{Scene, app_name, problem, step};
use crate::authorize;
use crate::fields;
use crate::page::{Form, Page, Problem};
use crate::qr;
use crate::routes::Call;
use bytes::Bytes;
use http::{Response, StatusCode};
use user_pools::Result;
use user_pools::mfa::Enroller;
use user_pools::sign_in::{ChallengeName, Outcome, Parameters};

pub(crate) async fn handle(call: &Call<'_>) -> Response<Bytes> {
    if !call.is_post() {
        return authorize::sign_in_again(call);
    }
    match Scene::enter(call).await {
        Ok(scene) => post(&scene).await,
        Err(answer) => *answer,
    }
}

/// The enrolment that is going on. The key is carried along only to be shown again after a wrong code; the pool has its own.
struct Enrolling<'a> {
    username: &'a str,
    session: &'a str,
    key: &'a str,
}

/// Begins the enrolment and shows the key.
pub(super) async fn first(scene: &Scene<'_>, username: &str, session: &str) -> Response<Bytes> {
    let pools = &scene.call.login.pools;
    match pools.associate_software_token(&scene.call.cx, Enroller::Session(session)).await {
        Ok(enrolment) => {
            let session = enrolment.session.as_deref().unwrap_or(session);
            let key = enrolment.secret_code.as_deref().unwrap_or_default();
            page(scene, &Enrolling { username, session, key }, StatusCode::OK, vec![])
        }
        Err(error) => step::stop(scene, &error),
    }
}

fn page(scene: &Scene<'_>, now: &Enrolling<'_>, status: StatusCode, problems: Vec<Problem>) -> Response<Bytes> {
    let enrolment = if qr::is_key(now.key) { qr::shown(app_name(scene.site()), now.username, now.key) } else { None };
    let hidden = [("username", now.username), ("session", now.session), ("key", now.key)];
    let hidden = hidden.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
    let fields = vec![fields::code("Code from the app"), fields::optional("device_name", "Name of this device")];
    let page = Page {
        problems,
        lead: vec![
            "Your account needs a second step. Scan the code with an authenticator app, then enter the code that the app shows."
                .to_owned(),
        ],
        enrolment,
        forms: vec![Form { hidden, ..scene.form("/mfa/setup", "Continue", fields) }],
        links: vec![scene.link("", "Back to sign in", "/login")],
        ..Page::new("Set up two-step verification")
    };
    scene.show(status, page)
}

async fn post(scene: &Scene<'_>) -> Response<Bytes> {
    let now = Enrolling { username: scene.given("username"), session: scene.given("session"), key: scene.given("key") };
    match enrol(scene, now.session).await {
        Ok(outcome) => step::advance(scene, now.username, outcome).await,
        Err(error) if problem::ends_the_sign_in(&error) => step::stop(scene, &error),
        Err(error) => {
            let names = problem::Names { code: "code", ..problem::Names::default() };
            page(scene, &now, problem::status(&error), vec![problem::of(&error, names)])
        }
    }
}

async fn enrol(scene: &Scene<'_>, session: &str) -> Result<Outcome> {
    let (pools, cx) = (&scene.call.login.pools, &scene.call.cx);
    let code: String = scene.given("code").split_whitespace().collect();
    let name = scene.call.form.get("device_name");
    let enrolled = pools.verify_software_token(cx, Enroller::Session(session), &code, name).await?;
    let session = enrolled.session.unwrap_or_default();
    let request = step::answer(scene, ChallengeName::MfaSetup, &session, Parameters::default());
    pools.answer(cx, &request).await
}
