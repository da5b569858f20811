//! /changePassword: a user with a temporary password chooses their own, and fills in what the pool requires.
use super::{Scene, confirm_forgot, problem, step};
use crate::authorize;
use crate::fields;
use crate::page::{Field, Form, Page, Problem};
use crate::routes::Call;
use bytes::Bytes;
use http::{Response, StatusCode};
use user_pools::sign_in::{ChallengeName, Parameters};

const PREFIX: &str = "userAttributes.";

pub(crate) async fn handle(call: &Call<'_>) -> Response<Bytes> {
    if !call.is_post() {
        return authorize::sign_in_again(call);
    }
    match Scene::enter(call).await {
        Ok(scene) => post(&scene).await,
        Err(answer) => *answer,
    }
}

/// The page after the temporary password. `required` is the challenge's list: a JSON array of `userAttributes.<name>`.
pub(super) fn first(scene: &Scene<'_>, username: &str, session: &str, required: &str) -> Response<Bytes> {
    let names: Vec<String> = serde_json::from_str(required).unwrap_or_default();
    let names: Vec<_> = names.iter().map(|name| name.strip_prefix(PREFIX).unwrap_or(name)).collect();
    scene.show(StatusCode::OK, page(scene, username, session, &names.join(" "), vec![]))
}

/// The attributes named in the hidden list. The list only decides what is asked for; the pool knows what it requires.
fn attributes(scene: &Scene<'_>, missing: &str) -> Vec<Field> {
    let settings = &scene.site().pool.settings;
    let known = |name: &&str| settings.schema.iter().any(|attribute| attribute.name == **name);
    let filled = |name| {
        let mut field = fields::attribute(scene.lang(), settings, name);
        scene.given(name).clone_into(&mut field.value);
        field
    };
    missing.split(' ').filter(known).map(filled).collect()
}

fn page(scene: &Scene<'_>, username: &str, session: &str, missing: &str, problems: Vec<Problem>) -> Page {
    let settings = &scene.site().pool.settings;
    let mut fields = vec![fields::known_username(scene.lang(), settings, username)];
    fields.extend(attributes(scene, missing));
    fields.push(fields::new_password(
        scene.lang(),
        "new_password",
        scene.lang().new_password(),
        &settings.password_policy,
    ));
    fields.push(fields::repeated_password(scene.lang()));
    let hidden = [("session", session), ("missing", missing)];
    let hidden = hidden.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
    Page {
        problems,
        lead: vec![scene.lang().temporary_lead().to_owned()],
        forms: vec![Form { hidden, ..scene.form("/changePassword", scene.lang().change_password(), fields) }],
        ..Page::new(scene.lang().change_your_password())
    }
}

async fn post(scene: &Scene<'_>) -> Response<Bytes> {
    let (username, session, missing) = (scene.given("username"), scene.given("session"), scene.given("missing"));
    let again = |status, problems| scene.show(status, page(scene, username, session, missing, problems));
    if let Some(problem) = confirm_forgot::mismatch(scene) {
        return again(StatusCode::BAD_REQUEST, vec![problem]);
    }
    if scene.given("new_password").is_empty() {
        return again(StatusCode::BAD_REQUEST, vec![Problem::of("new_password", scene.lang().enter_new_password())]);
    }
    let given = attributes(scene, missing).into_iter().map(|field| (format!("{PREFIX}{}", field.name), field.value));
    let password = ("NEW_PASSWORD".to_owned(), scene.given("new_password").to_owned());
    let responses = given.chain([password]).collect::<Parameters>();
    let request = step::answer(scene, ChallengeName::NewPasswordRequired, session, responses);
    match scene.call.login.pools.answer(&scene.call.cx, &request).await {
        Ok(outcome) => step::advance(scene, username, outcome).await,
        Err(error) if problem::ends_the_sign_in(&error) => step::stop(scene, &error),
        Err(error) => {
            let names = problem::Names { password: "new_password", ..problem::Names::default() };
            again(problem::status(&error), vec![problem::of(scene.lang(), &error, names)])
        }
    }
}
