//! /forgotPassword: asks for a code by which a new password can be set.
use super::{Scene, confirm_forgot, problem};
use crate::fields;
use crate::page::{Page, Problem};
use crate::routes::Call;
use bytes::Bytes;
use http::{Response, StatusCode};
use user_pools::Error;

pub(crate) async fn handle(call: &Call<'_>) -> Response<Bytes> {
    let scene = match Scene::enter(call).await {
        Ok(scene) => scene,
        Err(answer) => return *answer,
    };
    if call.is_post() {
        return post(&scene).await;
    }
    let hint = scene.visit.ask.login_hint.as_deref().unwrap_or_default();
    scene.show(StatusCode::OK, page(&scene, hint, vec![]))
}

fn page(scene: &Scene<'_>, username: &str, problems: Vec<Problem>) -> Page {
    let fields = vec![fields::username(scene.lang(), &scene.site().pool.settings, username)];
    Page {
        problems,
        lead: vec![scene.lang().forgot_lead().to_owned()],
        forms: vec![scene.form("/forgotPassword", scene.lang().reset_password(), fields)],
        links: vec![scene.link("", scene.lang().back_to_sign_in(), "/login")],
        ..Page::new(scene.lang().forgot_password())
    }
}

async fn post(scene: &Scene<'_>) -> Response<Bytes> {
    let username = scene.given("username");
    if username.is_empty() {
        let problems = vec![Problem::of("username", scene.lang().enter_username())];
        return scene.show(StatusCode::BAD_REQUEST, page(scene, "", problems));
    }
    match send(scene, username).await {
        Ok(destination) => {
            let notice = Some(scene.lang().sent_to(&destination));
            confirm_forgot::page(
                scene,
                StatusCode::OK,
                &confirm_forgot::Asked { notice, ..confirm_forgot::Asked::of(username) },
            )
        }
        Err(error) => {
            let names = problem::Names { username: "username", ..problem::Names::default() };
            scene.show(problem::status(&error), page(scene, username, vec![problem::of(scene.lang(), &error, names)]))
        }
    }
}

async fn send(scene: &Scene<'_>, username: &str) -> Result<String, Error> {
    let pools = &scene.call.login.pools;
    let asking = pools.page_asking(&scene.site().client, username)?;
    Ok(pools.forgot_password(&scene.call.cx, asking).await?.destination)
}
