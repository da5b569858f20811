//! /confirmForgotPassword: the code and a new password.
use super::{Scene, problem};
use crate::answer;
use crate::fields;
use crate::page::{Form, Page, Problem};
use crate::routes::Call;
use bytes::Bytes;
use http::{Response, StatusCode};
use user_pools::Error;
use user_pools::users::ConfirmForgotPassword;

pub(crate) async fn handle(call: &Call<'_>) -> Response<Bytes> {
    let scene = match Scene::enter(call).await {
        Ok(scene) => scene,
        Err(answer) => return *answer,
    };
    if call.is_post() {
        return post(&scene).await;
    }
    page(&scene, StatusCode::OK, &Asked::of(scene.visit.ask.login_hint.as_deref().unwrap_or_default()))
}

/// Somebody who has asked for a code.
pub(super) struct Asked {
    pub username: String,
    pub notice: Option<String>,
    pub problems: Vec<Problem>,
}

impl Asked {
    pub fn of(username: &str) -> Self {
        Self { username: username.to_owned(), notice: None, problems: vec![] }
    }
}

/// The page that asks for the code and the new password.
pub(super) fn page(scene: &Scene<'_>, status: StatusCode, asked: &Asked) -> Response<Bytes> {
    let settings = &scene.site().pool.settings;
    let known = !asked.username.is_empty();
    let username = if known {
        fields::known_username(scene.lang(), settings, &asked.username)
    } else {
        fields::username(scene.lang(), settings, "")
    };
    let fields = vec![
        username,
        fields::code(scene.lang().code()),
        fields::new_password(scene.lang(), "new_password", scene.lang().new_password(), &settings.password_policy),
        fields::repeated_password(scene.lang()),
    ];
    let mut forms = vec![scene.form("/confirmForgotPassword", scene.lang().change_password(), fields)];
    if known {
        let hidden = vec![("username", asked.username.clone())];
        forms.push(Form { hidden, quiet: true, ..scene.form("/forgotPassword", scene.lang().send_again(), vec![]) });
    }
    let page = Page {
        notice: asked.notice.clone(),
        problems: asked.problems.clone(),
        forms,
        links: vec![scene.link("", scene.lang().back_to_sign_in(), "/login")],
        ..Page::new(scene.lang().choose_password())
    };
    scene.show(status, page)
}

/// An operator has reset the password: the code is on its way already.
pub(super) fn required(scene: &Scene<'_>, username: &str) -> Response<Bytes> {
    let problem = Problem::general(scene.lang().reset_required());
    page(scene, StatusCode::BAD_REQUEST, &Asked { problems: vec![problem], ..Asked::of(username) })
}

async fn post(scene: &Scene<'_>) -> Response<Bytes> {
    let username = scene.given("username");
    let refused = |status, problems| page(scene, status, &Asked { problems, ..Asked::of(username) });
    let missing = missing(scene);
    if !missing.is_empty() {
        return refused(StatusCode::BAD_REQUEST, missing);
    }
    match change(scene, username).await {
        Ok(()) => answer::redirect(&format!("{}&notice=password", scene.visit.path("/login"))),
        Err(error) => {
            let names = problem::Names { username: "username", password: "new_password", code: "code" };
            refused(problem::status(&error), vec![problem::of(scene.lang(), &error, names)])
        }
    }
}

fn missing(scene: &Scene<'_>) -> Vec<Problem> {
    let lang = scene.lang();
    let needed =
        [("username", lang.enter_username()), ("code", lang.enter_code()), ("new_password", lang.enter_new_password())];
    let mut problems: Vec<_> = needed
        .into_iter()
        .filter(|(name, _)| scene.given(name).is_empty())
        .map(|(name, text)| Problem::of(name, text))
        .collect();
    problems.extend(mismatch(scene));
    problems
}

/// The two entries of a new password differ.
pub(super) fn mismatch(scene: &Scene<'_>) -> Option<Problem> {
    let same = scene.given("new_password") == scene.given("confirm_password");
    (!same).then(|| Problem::of("confirm_password", scene.lang().passwords_differ()))
}

async fn change(scene: &Scene<'_>, username: &str) -> Result<(), Error> {
    let pools = &scene.call.login.pools;
    let asking = pools.page_asking(&scene.site().client, username)?;
    let (code, password) = (scene.given("code").trim().to_owned(), scene.given("new_password").to_owned());
    pools.confirm_forgot_password(&scene.call.cx, ConfirmForgotPassword { asking, code, password }).await
}
