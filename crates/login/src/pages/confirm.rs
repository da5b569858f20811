//! /confirmUser: the code of the sign-up mail, or its link. Who confirms in the browser that signed up is signed in and sent on.
use super::{Scene, failure, problem, step};
use crate::authorize::Done;
use crate::fields;
use crate::page::{Form, Page, Problem};
use crate::routes::Call;
use crate::{answer, encode};
use bytes::Bytes;
use http::{Response, StatusCode};
use user_pools::client::AppClient;
use user_pools::error::ErrorKind;
use user_pools::oauth::{ErrorCode, Site};
use user_pools::users::ConfirmSignUp;
use user_pools::{Error, messages};

/// Parameter and words of the page that a link leads to.
const NOTICE: &str = "notice";
const CONFIRMED: &str = "confirmed";
const USED: &str = "used";

pub(crate) async fn handle(call: &Call<'_>) -> Response<Bytes> {
    if !call.is_post() && call.query.get("confirmation_code").is_some() {
        return link(call).await;
    }
    if !call.is_post() && [CONFIRMED, USED].contains(&call.query.text(NOTICE)) {
        return noticed(call).await;
    }
    let scene = match Scene::enter(call).await {
        Ok(scene) => scene,
        Err(answer) => return *answer,
    };
    if call.is_post() {
        return post(&scene).await;
    }
    page(&scene, StatusCode::OK, &Waiting::of(scene.visit.ask.login_hint.as_deref().unwrap_or_default()))
}

/// An account that waits for its code.
pub(super) struct Waiting {
    /// What the user typed as username.
    pub username: String,
    /// The ticket of the browser that signed up.
    pub ticket: Option<String>,
    pub notice: Option<String>,
    pub problem: Option<Problem>,
    /// A code has been or can be sent.
    pub sent: bool,
}

impl Waiting {
    pub fn of(username: &str) -> Self {
        Self { username: username.to_owned(), ticket: None, notice: None, problem: None, sent: true }
    }
}

/// The page that asks for the code.
pub(super) fn page(scene: &Scene<'_>, status: StatusCode, waiting: &Waiting) -> Response<Bytes> {
    let back = scene.link("", scene.lang().back_to_sign_in(), "/login");
    let heading = scene.lang().confirm_heading();
    if !waiting.sent {
        let lead = vec![scene.lang().confirm_by_administrator().to_owned()];
        return scene.show(status, Page { lead, links: vec![back], ..Page::new(heading) });
    }
    let known = !waiting.username.is_empty();
    let settings = &scene.site().pool.settings;
    let username = (!known).then(|| fields::username(scene.lang(), settings, ""));
    let fields = username.into_iter().chain([fields::code(scene.lang().confirmation_code())]).collect();
    let mut forms =
        vec![Form { hidden: hidden(waiting), ..scene.form("/confirmUser", scene.lang().confirm_account(), fields) }];
    if known {
        let again = scene.form("/resendcode", scene.lang().send_again(), vec![]);
        forms.push(Form { hidden: hidden(waiting), quiet: true, ..again });
    }
    let problems = waiting.problem.iter().cloned().collect();
    let lead = vec![scene.lang().confirm_lead().to_owned()];
    scene.show(
        status,
        Page { notice: waiting.notice.clone(), problems, lead, forms, links: vec![back], ..Page::new(heading) },
    )
}

fn hidden(waiting: &Waiting) -> Vec<(&'static str, String)> {
    let username = (!waiting.username.is_empty()).then(|| ("username", waiting.username.clone()));
    username.into_iter().chain(waiting.ticket.clone().map(|ticket| ("ticket", ticket))).collect()
}

/// The password was right, but the account waits for its code: the same page, with a ticket of its own.
pub(super) async fn after_the_password(scene: &Scene<'_>, username: &str) -> Response<Bytes> {
    let pools = &scene.call.login.pools;
    let user = pools.find_user(&scene.site().pool, username).await.ok().flatten();
    let ticket = match user {
        Some(user) => {
            let secret = scene.browser.secret();
            pools.sign_up_ticket(&scene.call.cx, &scene.site().client, &user.sub, secret).await.ok()
        }
        None => None,
    };
    let problem = Problem::general(scene.lang().not_confirmed());
    page(scene, StatusCode::BAD_REQUEST, &Waiting { ticket, problem: Some(problem), ..Waiting::of(username) })
}

/// What the form brings back.
pub(super) fn waiting(scene: &Scene<'_>) -> Waiting {
    let ticket = scene.call.form.get("ticket").map(str::to_owned);
    Waiting { ticket, ..Waiting::of(scene.given("username")) }
}

async fn post(scene: &Scene<'_>) -> Response<Bytes> {
    let waiting = waiting(scene);
    match confirm(scene.call, &scene.visit.site, &waiting.username, scene.given("code")).await {
        Ok(()) => confirmed(scene, &waiting).await,
        Err(error) => {
            let names = problem::Names { username: "username", password: "", code: "code" };
            let problem = Some(problem::of(scene.lang(), &error, names));
            page(scene, problem::status(&error), &Waiting { problem, ..waiting })
        }
    }
}

async fn confirmed(scene: &Scene<'_>, waiting: &Waiting) -> Response<Bytes> {
    let pools = &scene.call.login.pools;
    if let Some(ticket) = &waiting.ticket {
        let (cx, client) = (&scene.call.cx, &scene.site().client.id);
        if let Ok(outcome) = pools.continue_sign_up(cx, client, ticket, scene.browser.secret()).await {
            return step::advance(scene, &waiting.username, outcome).await;
        }
    }
    answer::redirect(&format!("{}&notice=confirmed", scene.visit.path("/login")))
}

async fn confirm(call: &Call<'_>, site: &Site, username: &str, code: &str) -> Result<(), Error> {
    if username.is_empty() || code.is_empty() {
        return Err(messages::CODE_MISMATCH);
    }
    let asking = call.login.pools.page_asking(&site.client, username)?;
    let request = ConfirmSignUp { asking, code: code.trim().to_owned(), force_alias: false };
    let confirmed = call.login.pools.confirm_sign_up(&call.cx, request).await;
    confirmed.map_err(|error| concealed(&site.client, error))
}

/// The API tells the status of somebody who has been confirmed already, and of a code that has ended, as AWS does. A page of ours need not:
/// where the client prevents existence errors, both look like somebody who does not exist.
fn concealed(client: &AppClient, error: Error) -> Error {
    if client.settings.hides_users() && matches!(error.kind, ErrorKind::NotAuthorized | ErrorKind::ExpiredCode) {
        return messages::CODE_MISMATCH;
    }
    error
}

/// The link of the mail: `client_id`, `user_name`, `confirmation_code` and nothing else. The code is the proof, as in the form; it signs
/// nobody in, because it may be opened in any browser. It leads on to a page without the code, which can be read again in another language.
async fn link(call: &Call<'_>) -> Response<Bytes> {
    let site = match linked_site(call).await {
        Ok(site) => site,
        Err(answer) => return *answer,
    };
    let noticed = |word| {
        let pairs = [("client_id", site.client.id.0.as_str()), (NOTICE, word)];
        answer::redirect(&encode::with("/confirmUser", '?', &encode::query(pairs)))
    };
    match confirm(call, &site, call.query.text("user_name"), call.query.text("confirmation_code")).await {
        Ok(()) => noticed(CONFIRMED),
        // A link that was used, that another has replaced, or that nobody was sent: one page.
        Err(error)
            if matches!(error.kind, ErrorKind::NotAuthorized | ErrorKind::CodeMismatch | ErrorKind::ExpiredCode) =>
        {
            noticed(USED)
        }
        Err(error) => {
            let problems = vec![problem::of(call.lang, &error, problem::Names::default())];
            let app = Some(super::app_name(&site).to_owned());
            let look = super::look(call, &site).await;
            let page = Page { look, app, problems, ..Page::new(call.lang.confirm_heading()) };
            answer::page(call, problem::status(&error), page, Some(&site.client))
        }
    }
}

/// The site of a link, which names the client only.
async fn linked_site(call: &Call<'_>) -> Result<Site, Done> {
    let invalid = || Box::new(failure::redirect(call, ErrorCode::InvalidRequest));
    if call.query.repeated().is_some() {
        return Err(invalid());
    }
    match call.login.pools.site(call.domain(), call.query.text("client_id")).await {
        Ok(site) => Ok(site),
        Err(refusal) if answer::fault(&refusal).is_some() => Err(Box::new(failure::fault(call, &refusal))),
        Err(_) => Err(invalid()),
    }
}

/// How the link went.
async fn noticed(call: &Call<'_>) -> Response<Bytes> {
    let site = match linked_site(call).await {
        Ok(site) => site,
        Err(answer) => return *answer,
    };
    let (lang, app) = (call.lang, Some(super::app_name(&site).to_owned()));
    let (status, page) = if call.query.get(NOTICE) == Some(CONFIRMED) {
        let notice = Some(lang.notice_confirmed().to_owned());
        (StatusCode::OK, Page { app, notice, ..Page::new(lang.confirmed_heading()) })
    } else {
        let lead = vec![lang.link_used().to_owned()];
        (StatusCode::BAD_REQUEST, Page { app, lead, ..Page::new(lang.nothing_to_confirm()) })
    };
    let page = Page { look: super::look(call, &site).await, ..page };
    answer::page(call, status, page, Some(&site.client))
}
