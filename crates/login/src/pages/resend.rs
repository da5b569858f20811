//! /resendcode: another code for a sign-up.
use super::{Scene, confirm, problem};
use crate::authorize;
use crate::routes::Call;
use bytes::Bytes;
use http::{Response, StatusCode};
use user_pools::Error;

pub(crate) async fn handle(call: &Call<'_>) -> Response<Bytes> {
    if !call.is_post() {
        return authorize::sign_in_again(call);
    }
    let scene = match Scene::enter(call).await {
        Ok(scene) => scene,
        Err(answer) => return *answer,
    };
    let waiting = confirm::waiting(&scene);
    match send(&scene, &waiting.username).await {
        Ok(destination) => {
            let notice = Some(scene.lang().sent_to(&destination));
            confirm::page(&scene, StatusCode::OK, &confirm::Waiting { notice, ..waiting })
        }
        Err(error) => {
            let problem = Some(problem::of(scene.lang(), &error, problem::Names::default()));
            confirm::page(&scene, problem::status(&error), &confirm::Waiting { problem, ..waiting })
        }
    }
}

async fn send(scene: &Scene<'_>, username: &str) -> Result<String, Error> {
    let pools = &scene.call.login.pools;
    let asking = pools.page_asking(&scene.site().client, username)?;
    Ok(pools.resend_confirmation_code(&scene.call.cx, asking).await?.destination)
}
