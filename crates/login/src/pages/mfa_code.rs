//! /mfa/code: the code of the authenticator app.
use super::{Scene, problem, step};
use crate::authorize;
use crate::fields;
use crate::page::{Form, Page, Problem};
use crate::routes::Call;
use bytes::Bytes;
use http::{Response, StatusCode};
use user_pools::sign_in::{ChallengeName, Parameters};

pub(crate) async fn handle(call: &Call<'_>) -> Response<Bytes> {
    if !call.is_post() {
        return authorize::sign_in_again(call);
    }
    match Scene::enter(call).await {
        Ok(scene) => post(&scene).await,
        Err(answer) => *answer,
    }
}

/// The page that asks for the code; with a problem and its status when the last one was wrong.
pub(super) fn page(
    scene: &Scene<'_>,
    username: &str,
    session: &str,
    problem: Option<(StatusCode, Problem)>,
) -> Response<Bytes> {
    let hidden = vec![("username", username.to_owned()), ("session", session.to_owned())];
    let (status, problems) = problem.map_or((StatusCode::OK, vec![]), |(status, problem)| (status, vec![problem]));
    let page = Page {
        problems,
        lead: vec!["Enter the code that your authenticator app shows.".to_owned()],
        forms: vec![Form { hidden, ..scene.form("/mfa/code", "Continue", vec![fields::code("Code")]) }],
        links: vec![scene.link("", "Back to sign in", "/login")],
        ..Page::new("Two-step verification")
    };
    scene.show(status, page)
}

async fn post(scene: &Scene<'_>) -> Response<Bytes> {
    let (username, session) = (scene.given("username"), scene.given("session"));
    let code: String = scene.given("code").split_whitespace().collect();
    let responses = Parameters::from_iter([("SOFTWARE_TOKEN_MFA_CODE", code)]);
    let request = step::answer(scene, ChallengeName::SoftwareTokenMfa, session, responses);
    match scene.call.login.pools.answer(&scene.call.cx, &request).await {
        Ok(outcome) => step::advance(scene, username, outcome).await,
        Err(error) if problem::ends_the_sign_in(&error) => step::stop(scene, &error),
        Err(error) => {
            let names = problem::Names { code: "code", ..problem::Names::default() };
            let problem = Problem { field: Some("code".to_owned()), whole: false, ..problem::of(&error, names) };
            page(scene, username, session, Some((problem::status(&error), problem)))
        }
    }
}
