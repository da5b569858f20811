//! /signup: a new account, with the attributes the pool requires.
use super::{Scene, confirm, problem, step};
use crate::fields;
use crate::page::{Field, Link, Page, Problem};
use crate::routes::Call;
use bytes::Bytes;
use http::{Response, StatusCode};
use user_pools::Error;
use user_pools::error::ErrorKind;
use user_pools::users::{SignUp, SignedUp};

pub(crate) async fn handle(call: &Call<'_>) -> Response<Bytes> {
    let scene = match Scene::enter(call).await {
        Ok(scene) => scene,
        Err(answer) => return *answer,
    };
    if scene.site().pool.settings.admin_create_only {
        return closed(&scene);
    }
    if call.is_post() { post(&scene).await } else { scene.show(StatusCode::OK, page(&scene).await) }
}

fn closed(scene: &Scene<'_>) -> Response<Bytes> {
    let page = Page {
        lead: vec![scene.lang().accounts_by_administrator().to_owned()],
        links: vec![scene.link("", scene.lang().back_to_sign_in(), "/login")],
        ..Page::new(scene.lang().sign_up())
    };
    scene.show(StatusCode::FORBIDDEN, page)
}

/// The fields, filled with what came in. The first one is the username.
fn asked(scene: &Scene<'_>) -> Vec<Field> {
    let mut fields = fields::sign_up(scene.lang(), &scene.site().pool.settings, &scene.site().client.settings);
    for field in &mut fields {
        scene.given(&field.name).clone_into(&mut field.value);
    }
    fields
}

async fn page(scene: &Scene<'_>) -> Page {
    let mut fields = asked(scene);
    fields.push(fields::new_password(
        scene.lang(),
        "password",
        scene.lang().password(),
        &scene.site().pool.settings.password_policy,
    ));
    let mut links = vec![scene.link(scene.lang().have_account(), scene.lang().sign_in(), "/login")];
    links.extend(terms(scene).await);
    Page {
        forms: vec![scene.form("/signup", scene.lang().sign_up(), fields)],
        links,
        ..Page::new(scene.lang().create_account())
    }
}

/// The app's terms of use and privacy policy, when it has both. A page without them is better than none.
async fn terms(scene: &Scene<'_>) -> Vec<Link> {
    let lang = scene.lang();
    let found = scene.call.login.pools.terms_links(&scene.site().client, lang.cognito_name()).await;
    let Ok(Some(links)) = found else { return Vec::new() };
    let link = |text: &'static str, href| Link { lead: "", text: text.into(), href };
    vec![link(lang.terms_of_use(), links.terms_of_use), link(lang.privacy_policy(), links.privacy_policy)]
}

async fn post(scene: &Scene<'_>) -> Response<Bytes> {
    let fields = asked(scene);
    let missing: Vec<_> = fields
        .iter()
        .map(|field| (field.name.as_str(), field.label.as_str(), field.value.is_empty()))
        .chain([("password", scene.lang().password(), scene.given("password").is_empty())])
        .filter(|(_, _, empty)| *empty)
        .map(|(name, label, _)| Problem::of(name, scene.lang().is_missing(label)))
        .collect();
    if !missing.is_empty() {
        return scene.show(StatusCode::BAD_REQUEST, Page { problems: missing, ..page(scene).await });
    }
    let username = fields.first().map(|field| field.value.clone()).unwrap_or_default();
    let attributes = fields.into_iter().skip(1).map(|field| (field.name, field.value)).collect();
    match sign_up(scene, &username, attributes).await {
        Ok(signed_up) => signed_up_as(scene, &username, &signed_up).await,
        Err(error) if error.kind == ErrorKind::CodeDeliveryFailure => confirm::page(
            scene,
            StatusCode::BAD_REQUEST,
            &confirm::Waiting {
                problem: Some(problem::of(scene.lang(), &error, problem::Names::default())),
                ..confirm::Waiting::of(&username)
            },
        ),
        Err(error) => refused(scene, &error).await,
    }
}

async fn sign_up(scene: &Scene<'_>, username: &str, attributes: Vec<(String, String)>) -> Result<SignedUp, Error> {
    let pools = &scene.call.login.pools;
    let asking = pools.page_asking(&scene.site().client, username)?;
    let password = Some(scene.given("password").to_owned());
    pools.sign_up(&scene.call.cx, SignUp { asking, password, attributes }).await
}

async fn refused(scene: &Scene<'_>, error: &Error) -> Response<Bytes> {
    let first = asked(scene).into_iter().next().map(|field| field.name).unwrap_or_default();
    let names = problem::Names { username: &first, password: "password", code: "" };
    let page = Page { problems: vec![problem::of(scene.lang(), error, names)], ..page(scene).await };
    scene.show(problem::status(error), page)
}

/// The browser gets a ticket: confirming the account in it signs the user in.
async fn signed_up_as(scene: &Scene<'_>, username: &str, signed_up: &SignedUp) -> Response<Bytes> {
    let pools = &scene.call.login.pools;
    let (cx, client, secret) = (&scene.call.cx, &scene.site().client, scene.browser.secret());
    let ticket = pools.sign_up_ticket(cx, client, &signed_up.sub, secret).await.ok();
    if signed_up.confirmed {
        let ticket = ticket.unwrap_or_default();
        return match pools.continue_sign_up(cx, &client.id, &ticket, secret).await {
            Ok(outcome) => step::advance(scene, username, outcome).await,
            Err(error) => step::stop(scene, &error),
        };
    }
    let notice = signed_up.delivery.as_ref().map(|delivery| scene.lang().sent_to(&delivery.destination));
    let waiting =
        confirm::Waiting { ticket, notice, sent: signed_up.delivery.is_some(), ..confirm::Waiting::of(username) };
    confirm::page(scene, StatusCode::OK, &waiting)
}
