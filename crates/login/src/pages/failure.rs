//! Pages for what cannot go on. They show nothing that came in: the reasons are under the request id, for the operator.
use super::app_name;
use crate::authorize::Visit;
use crate::page::{Link, Page};
use crate::routes::Call;
use crate::{answer, encode};
use bytes::Bytes;
use http::{Response, StatusCode};
use user_pools::oauth::{ErrorCode, Refusal, Site};

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
    let lang = call.lang;
    let known = [
        (ErrorCode::RedirectMismatch, lang.wrong_address()),
        (ErrorCode::UnauthorizedClient, lang.wrong_app()),
        (ErrorCode::InvalidRequest, lang.wrong_request()),
    ];
    let known = known.iter().find(|(known, _)| known.as_str() == code);
    let sentence = known.map_or(lang.cannot_answer(), |(_, sentence)| sentence);
    let id = call.query.get("request_id").filter(|id| is_request_id(id)).unwrap_or(&call.cx.request_id);
    let page = Page {
        lead: vec![sentence.to_owned(), lang.go_back_advice().to_owned()],
        request_id: Some(id.to_owned()),
        ..Page::new(lang.wrong_heading())
    };
    answer::page(call, StatusCode::BAD_REQUEST, page, None)
}

/// The id of the request that was refused: shown, so it must look like one of ours.
fn is_request_id(text: &str) -> bool {
    text.len() <= 40 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// A path that leads nowhere.
pub(crate) fn not_found(call: &Call<'_>) -> Response<Bytes> {
    show(call, StatusCode::NOT_FOUND, call.lang.not_found_heading(), &[call.lang.not_found()], None)
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
    show(call, status, call.lang.fault_heading(), &[call.lang.fault()], None)
}

/// The end of a sign-in at a provider that cannot be led back to an app.
pub(crate) fn federation(call: &Call<'_>) -> Response<Bytes> {
    let sentences = [call.lang.federation_ended(), call.lang.begin_in_app()];
    show(call, StatusCode::BAD_REQUEST, call.lang.fault_heading(), &sentences, None)
}

/// A form without the token of this browser.
pub(crate) fn stale_form(call: &Call<'_>, visit: &Visit, refusal: &Refusal) -> Response<Bytes> {
    call.login.pools.note(&call.cx, "login form", visit.subject(), Err(refusal));
    let link = Link { lead: "", text: call.lang.open_sign_in().into(), href: visit.path("/login") };
    let sentence = call.lang.stale_form();
    show(call, StatusCode::FORBIDDEN, call.lang.try_again_heading(), &[sentence], Some(link))
}

/// The end of a session, where no URL to go to was asked for.
pub(crate) fn signed_out(call: &Call<'_>, site: &Site) -> Response<Bytes> {
    let page = Page {
        app: Some(app_name(site).to_owned()),
        notice: Some(call.lang.signed_out().to_owned()),
        lead: vec![call.lang.close_window().to_owned()],
        ..Page::new(call.lang.signed_out_heading())
    };
    answer::page(call, StatusCode::OK, page, None)
}

fn show(call: &Call<'_>, status: StatusCode, heading: &str, lead: &[&str], link: Option<Link>) -> Response<Bytes> {
    let page = Page {
        lead: lead.iter().map(|text| (*text).to_owned()).collect(),
        links: link.into_iter().collect(),
        request_id: Some(call.cx.request_id.clone()),
        ..Page::new(heading)
    };
    answer::page(call, status, page, None)
}
