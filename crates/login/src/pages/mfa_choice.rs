//! /mfa/choice: which of several second factors.
use super::{Scene, step};
use crate::authorize;
use crate::page::{Form, Page};
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

/// One button for each factor that the user has.
pub(super) fn first(scene: &Scene<'_>, username: &str, challenge: &Challenge) -> Response<Bytes> {
    let lang = scene.lang();
    // A factor, and the text of its button.
    let ways = [("SOFTWARE_TOKEN_MFA", lang.use_app()), ("SMS_MFA", lang.use_sms()), ("EMAIL_OTP", lang.use_email())];
    let offered = step::named(challenge, "MFAS_CAN_CHOOSE");
    let form = |(factor, button): (&str, &'static str)| Form {
        hidden: vec![
            ("username", username.to_owned()),
            ("session", challenge.session.clone()),
            ("factor", factor.to_owned()),
        ],
        ..scene.form("/mfa/choice", button, vec![])
    };
    let page = Page {
        lead: vec![lang.how_to_prove().to_owned()],
        forms: ways.into_iter().filter(|(factor, _)| offered.iter().any(|one| one == factor)).map(form).collect(),
        links: vec![scene.link("", lang.back_to_sign_in(), "/login")],
        ..Page::new(lang.two_step())
    };
    scene.show(StatusCode::OK, page)
}

async fn post(scene: &Scene<'_>) -> Response<Bytes> {
    let choice = Parameters::from_iter([("ANSWER", scene.given("factor"))]);
    let request = step::answer(scene, ChallengeName::SelectMfaType, scene.given("session"), choice);
    match scene.call.login.pools.answer(&scene.call.cx, &request).await {
        Ok(outcome) => step::advance(scene, scene.given("username"), outcome).await,
        Err(error) => step::stop(scene, &error),
    }
}
