//! /login: username and password.
use super::{Scene, code_sign_in, confirm, confirm_forgot, problem, step};
use crate::authorize;
use crate::federation;
use crate::fields;
use crate::finish;
use crate::language::Lang;
use crate::page::{Link, Page, Problem};
use crate::pages::failure;
use crate::routes::Call;
use bytes::Bytes;
use http::{Response, StatusCode};
use user_pools::error::ErrorKind;
use user_pools::federation::Offered;
use user_pools::identity_provider::ProviderKind;
use user_pools::sign_in::{Door, Flow, Parameters, Start};

pub(crate) async fn handle(call: &Call<'_>) -> Response<Bytes> {
    let scene = match Scene::enter(call).await {
        Ok(scene) => scene,
        Err(answer) => return *answer,
    };
    if call.is_post() {
        return post(&scene).await;
    }
    match authorize::live_login(call, &scene.visit).await {
        Ok(Some(login)) => finish::to_app(call, &scene.visit, &login).await,
        Ok(None) => get(&scene),
        Err(refusal) => failure::fault(call, &refusal),
    }
}

fn get(scene: &Scene<'_>) -> Response<Bytes> {
    let said = scene.call.query.text("notice");
    let lang = scene.lang();
    // What a page before this one has to say: `notice=<word>` in the query. Only these words say anything.
    let notice = match said {
        "confirmed" => Some(lang.notice_confirmed().to_owned()),
        "password" => Some(lang.notice_password().to_owned()),
        "out" => Some(lang.signed_out().to_owned()),
        _ => None,
    };
    let problems = if said == "expired" { vec![Problem::general(lang.sign_in_expired())] } else { vec![] };
    let hint = scene.visit.ask.login_hint.as_deref().unwrap_or_default();
    scene.show(StatusCode::OK, Page { notice, problems, ..page(scene, hint) })
}

fn page(scene: &Scene<'_>, username: &str) -> Page {
    let (settings, lang) = (&scene.site().pool.settings, scene.lang());
    let providers = scene.visit.offered.iter().map(|offered| Link {
        lead: "",
        text: lang.continue_with(called(offered)).into(),
        href: federation::start_path(&scene.visit, &offered.name),
    });
    if !scene.visit.takes_own_users() {
        return Page { links: providers.collect(), ..Page::new(lang.sign_in()) };
    }
    let fields = vec![fields::username(lang, settings, username), fields::current_password(lang)];
    let mut links: Vec<_> = providers.collect();
    if code_sign_in::is_offered(scene.site()) {
        links.push(scene.link("", lang.sign_in_with_code(), "/login/code"));
    }
    links.push(scene.link("", lang.forgot_password(), "/forgotPassword"));
    if !settings.admin_create_only {
        links.push(scene.link(lang.new_here(), lang.create_account(), "/signup"));
    }
    Page { forms: vec![scene.form("/login", lang.sign_in(), fields)], links, ..Page::new(lang.sign_in()) }
}

/// The name people know.
fn called(offered: &Offered) -> &str {
    match offered.kind {
        ProviderKind::LoginWithAmazon => "Amazon",
        ProviderKind::SignInWithApple => "Apple",
        _ => &offered.name,
    }
}

async fn post(scene: &Scene<'_>) -> Response<Bytes> {
    let (username, password) = (scene.given("username"), scene.given("password"));
    let missing = missing(scene.lang(), username, password);
    if !missing.is_empty() {
        return scene.show(StatusCode::BAD_REQUEST, Page { problems: missing, ..page(scene, username) });
    }
    let start = Start {
        session: None,
        door: Door::ManagedLogin,
        client: scene.site().client.id.clone(),
        flow: Flow::UserPassword,
        parameters: Parameters::from_iter([("USERNAME", username), ("PASSWORD", password)]),
    };
    let error = match scene.call.login.pools.start(&scene.call.cx, &start).await {
        Ok(outcome) => return step::advance(scene, username, outcome).await,
        Err(error) => error,
    };
    match error.kind {
        // Both are said only to who knows the password, or where the client does not hide users.
        ErrorKind::UserNotConfirmed => confirm::after_the_password(scene, username).await,
        ErrorKind::PasswordResetRequired => confirm_forgot::required(scene, username),
        _ => {
            let mut problem = problem::of(scene.lang(), &error, problem::Names::default());
            problem.field = Some("username".to_owned());
            problem.whole = true;
            scene.show(problem::status(&error), Page { problems: vec![problem], ..page(scene, username) })
        }
    }
}

fn missing(lang: Lang, username: &str, password: &str) -> Vec<Problem> {
    let username = username.is_empty().then(|| Problem::of("username", lang.enter_username()));
    let password = password.is_empty().then(|| Problem::of("password", lang.enter_password()));
    username.into_iter().chain(password).collect()
}
