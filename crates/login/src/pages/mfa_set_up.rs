//! /mfa/setup: enrolling an authenticator app, or an address where the pool takes no apps: it wants a second factor and the user has none.
use super::{Scene, app_name, problem, step};
use crate::authorize;
use crate::fields;
use crate::page::{Form, Page, Problem};
use crate::qr;
use crate::routes::Call;
use bytes::Bytes;
use http::{Response, StatusCode};
use user_pools::mfa::Enroller;
use user_pools::sign_in::{Challenge, ChallengeName, Outcome, Parameters};
use user_pools::{Error, Result};

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

/// Begins the enrolment of an app and shows the key; where the pool takes none, asks for an address.
pub(super) async fn first(scene: &Scene<'_>, username: &str, challenge: &Challenge) -> Response<Bytes> {
    let (pools, session) = (&scene.call.login.pools, challenge.session.as_str());
    let takes = step::named(challenge, "MFAS_CAN_SETUP");
    if !takes.iter().any(|factor| factor == "SOFTWARE_TOKEN_MFA") {
        let by_mail = takes.iter().any(|factor| factor == "EMAIL_OTP");
        return address_page(scene, (username, session), if by_mail { "email" } else { "phone_number" }, None);
    }
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
    let enrolment =
        if qr::is_key(now.key) { qr::shown(scene.lang(), app_name(scene.site()), now.username, now.key) } else { None };
    let hidden = [("username", now.username), ("session", now.session), ("key", now.key)];
    let hidden = hidden.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
    let fields =
        vec![fields::code(scene.lang().code_from_app()), fields::optional("device_name", scene.lang().device_name())];
    let page = Page {
        problems,
        lead: vec![scene.lang().set_up_app_lead().to_owned()],
        enrolment,
        forms: vec![Form { hidden, ..scene.form("/mfa/setup", scene.lang().go_on(), fields) }],
        links: vec![scene.link("", scene.lang().back_to_sign_in(), "/login")],
        ..Page::new(scene.lang().set_up_two_step())
    };
    scene.show(status, page)
}

/// Asks for the address to which the codes of this and later sign-ins go.
fn address_page(
    scene: &Scene<'_>,
    (username, session): (&str, &str),
    attribute: &'static str,
    error: Option<&Error>,
) -> Response<Bytes> {
    let problem = |error| Problem {
        field: Some(attribute.to_owned()),
        ..problem::of(scene.lang(), error, problem::Names::default())
    };
    let settings = &scene.site().pool.settings;
    let hidden = vec![("username", username.to_owned()), ("session", session.to_owned())];
    let page = Page {
        problems: error.map(problem).into_iter().collect(),
        lead: vec![scene.lang().set_up_address_lead().to_owned()],
        forms: vec![Form {
            hidden,
            ..scene.form(
                "/mfa/setup",
                scene.lang().send_a_code(),
                vec![fields::attribute(scene.lang(), settings, attribute)],
            )
        }],
        links: vec![scene.link("", scene.lang().back_to_sign_in(), "/login")],
        ..Page::new(scene.lang().set_up_two_step())
    };
    scene.show(error.map_or(StatusCode::OK, problem::status), page)
}

async fn post(scene: &Scene<'_>) -> Response<Bytes> {
    let addresses = [("email", "EMAIL"), ("phone_number", "PHONE_NUMBER")];
    match addresses.into_iter().find(|(attribute, _)| !scene.given(attribute).is_empty()) {
        Some(address) => post_address(scene, address).await,
        None => post_app(scene).await,
    }
}

async fn post_address(scene: &Scene<'_>, (attribute, name): (&'static str, &str)) -> Response<Bytes> {
    let (username, session) = (scene.given("username"), scene.given("session"));
    let address = Parameters::from_iter([(name, scene.given(attribute).trim())]);
    let request = step::answer(scene, ChallengeName::MfaSetup, session, address);
    match scene.call.login.pools.answer(&scene.call.cx, &request).await {
        Ok(outcome) => step::advance(scene, username, outcome).await,
        Err(error) if problem::ends_the_sign_in(&error) => step::stop(scene, &error),
        Err(error) => address_page(scene, (username, session), attribute, Some(&error)),
    }
}

async fn post_app(scene: &Scene<'_>) -> Response<Bytes> {
    let now = Enrolling { username: scene.given("username"), session: scene.given("session"), key: scene.given("key") };
    match enrol(scene, now.session).await {
        Ok(outcome) => step::advance(scene, now.username, outcome).await,
        Err(error) if problem::ends_the_sign_in(&error) => step::stop(scene, &error),
        Err(error) => {
            let names = problem::Names { code: "code", ..problem::Names::default() };
            page(scene, &now, problem::status(&error), vec![problem::of(scene.lang(), &error, names)])
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
