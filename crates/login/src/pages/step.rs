//! What comes after each step of a sign-in: the next challenge's page, or the app.
use super::{Scene, mfa_choice, mfa_code, mfa_set_up, new_password, problem};
use crate::page::Page;
use crate::{answer, finish};
use bytes::Bytes;
use http::{Response, StatusCode};
use user_pools::Error;
use user_pools::sign_in::{Answer, Challenge, ChallengeName, Door, Outcome, Parameters};

/// An answer to a challenge, by the login pages.
pub(super) fn answer(scene: &Scene<'_>, challenge: ChallengeName, session: &str, responses: Parameters) -> Answer {
    Answer {
        door: Door::ManagedLogin,
        client: scene.site().client.id.clone(),
        challenge,
        session: Some(session.to_owned()),
        responses,
    }
}

/// Goes on. `username` is what the user typed, for the pages to come.
pub(super) async fn advance(scene: &Scene<'_>, username: &str, outcome: Outcome) -> Response<Bytes> {
    match outcome {
        Outcome::Authenticated(proof) => finish::signed_in(scene.call, &scene.visit, &proof).await,
        Outcome::Challenge(challenge) => ask(scene, username, &challenge).await,
    }
}

/// A parameter that lists names, as JSON.
pub(super) fn named(challenge: &Challenge, parameter: &str) -> Vec<String> {
    let list = challenge.parameters.get(parameter).map_or("[]", String::as_str);
    serde_json::from_str(list).unwrap_or_default()
}

async fn ask(scene: &Scene<'_>, username: &str, challenge: &Challenge) -> Response<Bytes> {
    match challenge.name {
        ChallengeName::NewPasswordRequired => {
            let required = challenge.parameters.get("requiredAttributes").map_or("[]", String::as_str);
            new_password::first(scene, username, &challenge.session, required)
        }
        ChallengeName::SoftwareTokenMfa | ChallengeName::SmsMfa | ChallengeName::EmailOtp | ChallengeName::SmsOtp => {
            mfa_code::first(scene, username, challenge)
        }
        ChallengeName::SelectMfaType => mfa_choice::first(scene, username, challenge),
        ChallengeName::MfaSetup => mfa_set_up::first(scene, username, challenge).await,
        _ => {
            let what = format!("{} is not supported yet.", challenge.name.as_str());
            stop(scene, &Error::new(user_pools::error::ErrorKind::NotSupportedYet, what))
        }
    }
}

/// The sign-in cannot go on: back to its beginning when its session has ended, else a page that says why.
pub(super) fn stop(scene: &Scene<'_>, error: &Error) -> Response<Bytes> {
    if problem::ends_the_sign_in(error) {
        return answer::redirect(&format!("{}&notice=expired", scene.visit.path("/login")));
    }
    let page = Page {
        problems: vec![problem::of(scene.lang(), error, problem::Names::default())],
        links: vec![scene.link("", scene.lang().back_to_sign_in(), "/login")],
        ..Page::new(scene.lang().sign_in())
    };
    let status = problem::status(error);
    scene.show(if status == StatusCode::OK { StatusCode::BAD_REQUEST } else { status }, page)
}
