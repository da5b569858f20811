//! /mfa/code: the code of the authenticator app, or the one that was sent as first or second factor.
use super::{Scene, problem, step};
use crate::authorize;
use crate::fields;
use crate::language::Lang;
use crate::page::{Form, Page, Problem};
use crate::routes::Call;
use bytes::Bytes;
use http::{Response, StatusCode};
use user_pools::sign_in::{Challenge, ChallengeName, Parameters};

pub(crate) async fn handle(call: &Call<'_>) -> Response<Bytes> {
    if !call.is_post() {
        return authorize::sign_in_again(call);
    }
    match Scene::enter(call).await {
        Ok(scene) => post(&scene).await,
        Err(answer) => *answer,
    }
}

/// The code that is asked for.
struct Asked<'a> {
    username: &'a str,
    session: &'a str,
    challenge: ChallengeName,
}

/// The page that asks for the code.
pub(super) fn first(scene: &Scene<'_>, username: &str, challenge: &Challenge) -> Response<Bytes> {
    let asked = Asked { username, session: &challenge.session, challenge: challenge.name };
    let lead = match challenge.parameters.get("CODE_DELIVERY_DESTINATION") {
        Some(destination) => scene.lang().sent_to_enter(destination),
        None => scene.lang().enter_app_code().to_owned(),
    };
    page(scene, &asked, lead, None)
}

/// With a problem and its status when the last code was wrong.
fn page(scene: &Scene<'_>, asked: &Asked<'_>, lead: String, problem: Option<(StatusCode, Problem)>) -> Response<Bytes> {
    let hidden = vec![
        ("username", asked.username.to_owned()),
        ("session", asked.session.to_owned()),
        ("challenge", asked.challenge.as_str().to_owned()),
    ];
    let (status, problems) = problem.map_or((StatusCode::OK, vec![]), |(status, problem)| (status, vec![problem]));
    let page = Page {
        problems,
        lead: vec![lead],
        forms: vec![Form {
            hidden,
            ..scene.form("/mfa/code", scene.lang().go_on(), vec![fields::code(scene.lang().code())])
        }],
        links: vec![scene.link("", scene.lang().back_to_sign_in(), "/login")],
        ..Page::new(if asked.challenge == ChallengeName::SoftwareTokenMfa {
            scene.lang().two_step()
        } else {
            scene.lang().enter_the_code()
        })
    };
    scene.show(status, page)
}

/// The challenge that a form answers, the name of its code, and what is said when that was wrong.
fn kind(lang: Lang, challenge: &str) -> (ChallengeName, &'static str, &'static str) {
    let sent = lang.enter_sent_code();
    match ChallengeName::from_name(challenge) {
        name @ ChallengeName::SmsMfa => (name, "SMS_MFA_CODE", sent),
        name @ ChallengeName::EmailOtp => (name, "EMAIL_OTP_CODE", sent),
        name @ ChallengeName::SmsOtp => (name, "SMS_OTP_CODE", sent),
        _ => (ChallengeName::SoftwareTokenMfa, "SOFTWARE_TOKEN_MFA_CODE", lang.enter_app_code()),
    }
}

async fn post(scene: &Scene<'_>) -> Response<Bytes> {
    let (challenge, name, lead) = kind(scene.lang(), scene.given("challenge"));
    let asked = Asked { username: scene.given("username"), session: scene.given("session"), challenge };
    let code: String = scene.given("code").split_whitespace().collect();
    let request = step::answer(scene, challenge, asked.session, Parameters::from_iter([(name, code)]));
    match scene.call.login.pools.answer(&scene.call.cx, &request).await {
        Ok(outcome) => step::advance(scene, asked.username, outcome).await,
        Err(error) if problem::ends_the_sign_in(&error) => step::stop(scene, &error),
        Err(error) => {
            let names = problem::Names { code: "code", ..problem::Names::default() };
            let problem =
                Problem { field: Some("code".to_owned()), whole: false, ..problem::of(scene.lang(), &error, names) };
            page(scene, &asked, lead.to_owned(), Some((problem::status(&error), problem)))
        }
    }
}
