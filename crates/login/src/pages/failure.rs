//! Pages for what cannot go on. They show nothing that came in: the reasons are under the request id, for the operator.
use super::app_name;
use crate::authorize::Visit;
use crate::page::{Link, Page};
use crate::routes::Call;
use crate::{answer, encode};
use bytes::Bytes;
use http::{Response, StatusCode};
use user_pools::oauth::{ErrorCode, Refusal, Site};

/// Code in the URL, sentence on the page. Other codes get the last sentence.
const SENTENCES: [(ErrorCode, &str); 3] = [
    (ErrorCode::RedirectMismatch, "The app asked to send you back to an address that is not registered for it."),
    (ErrorCode::UnauthorizedClient, "The app is not allowed to sign people in here."),
    (ErrorCode::InvalidRequest, "The app sent a request that we cannot use."),
];
const OTHERWISE: &str = "The request cannot be answered.";

/// To the error page. Only the code, the client's id and this request's id go along: the reason is noted under the latter.
pub(crate) fn redirect(call: &Call<'_>, code: ErrorCode) -> Response<Bytes> {
    let client = call.query.get("client_id").map(|client| ("client_id", client));
    let id = [("request_id", call.cx.request_id.as_str())];
    let pairs = [("error", code.as_str())].into_iter().chain(client).chain(id);
    answer::redirect(&encode::with("/error", '?', &encode::query(pairs)))
}

/// GET /error.
pub(crate) fn get(call: &Call<'_>) -> Response<Bytes> {
    let code = call.query.text("error");
    let known = SENTENCES.iter().find(|(known, _)| known.as_str() == code);
    let sentence = known.map_or(OTHERWISE, |(_, sentence)| *sentence);
    let advice = "Go back to the app and try again. If it happens again, tell the people who run it.";
    let id = call.query.get("request_id").filter(|id| is_request_id(id)).unwrap_or(&call.cx.request_id);
    let page = Page {
        lead: vec![sentence.to_owned(), advice.to_owned()],
        request_id: Some(id.to_owned()),
        ..Page::new("Something is not right")
    };
    answer::page(StatusCode::BAD_REQUEST, &page, None)
}

/// The id of the request that was refused: shown, so it must look like one of ours.
fn is_request_id(text: &str) -> bool {
    text.len() <= 40 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// A path that leads nowhere.
pub(crate) fn not_found(call: &Call<'_>) -> Response<Bytes> {
    show(call, StatusCode::NOT_FOUND, "Page not found", &["There is nothing at this address."], None)
}

/// A fault of ours, or a refusal that has no better page.
pub(crate) fn fault(call: &Call<'_>, refusal: &Refusal) -> Response<Bytes> {
    let status = answer::fault(refusal).unwrap_or(StatusCode::BAD_REQUEST);
    tracing::error!(
        request_id = %call.cx.request_id,
        rule = refusal.rule,
        reason = refusal.got.as_deref().unwrap_or_default(),
        "a login page could not be answered"
    );
    show(call, status, "Something went wrong", &["We could not answer. Please try again in a moment."], None)
}

/// The end of a sign-in at a provider that cannot be led back to an app.
pub(crate) fn federation(call: &Call<'_>) -> Response<Bytes> {
    let sentences = [
        "This sign-in took too long, was answered before, or was begun in another browser.",
        "Go back to the app and begin again.",
    ];
    show(call, StatusCode::BAD_REQUEST, "Something went wrong", &sentences, None)
}

/// A form without the token of this browser.
pub(crate) fn stale_form(call: &Call<'_>, visit: &Visit, refusal: &Refusal) -> Response<Bytes> {
    call.login.pools.note(&call.cx, "login form", visit.subject(), Err(refusal));
    let link = Link { lead: "", text: "Open the sign-in page".into(), href: visit.path("/login") };
    let sentence = "This form has expired, or cookies are switched off in this browser. Open the page again.";
    show(call, StatusCode::FORBIDDEN, "Please try again", &[sentence], Some(link))
}

/// The end of a session, where no URL to go to was asked for.
pub(crate) fn signed_out(site: &Site) -> Response<Bytes> {
    let page = Page {
        app: Some(app_name(site).to_owned()),
        notice: Some("You are signed out.".to_owned()),
        lead: vec!["You can close this window now.".to_owned()],
        ..Page::new("Signed out")
    };
    answer::page(StatusCode::OK, &page, None)
}

fn show(call: &Call<'_>, status: StatusCode, heading: &str, lead: &[&str], link: Option<Link>) -> Response<Bytes> {
    let page = Page {
        lead: lead.iter().map(|text| (*text).to_owned()).collect(),
        links: link.into_iter().collect(),
        request_id: Some(call.cx.request_id.clone()),
        ..Page::new(heading)
    };
    answer::page(status, &page, None)
}
