//! Answers: pages, redirects, JSON, and the headers each kind always carries.
use crate::page::Page;
use crate::routes::Call;
use askama::Template as _;
use bytes::Bytes;
use http::header::{self, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use user_pools::client::AppClient;
use user_pools::oauth::{ErrorCode, Refusal};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amz-cognito-request-id");

fn empty(status: StatusCode) -> Response<Bytes> {
    let mut answer = Response::new(Bytes::new());
    *answer.status_mut() = status;
    answer
}

fn set(answer: &mut Response<Bytes>, name: HeaderName, value: &'static str) {
    answer.headers_mut().insert(name, HeaderValue::from_static(value));
}

/// A status without a body.
pub(crate) fn status(status: StatusCode) -> Response<Bytes> {
    let mut answer = empty(status);
    no_store(&mut answer);
    answer
}

fn no_store(answer: &mut Response<Bytes>) {
    set(answer, header::CACHE_CONTROL, "no-store");
    set(answer, header::PRAGMA, "no-cache");
}

/// A page. `client` is the one whose sign-in it belongs to: forms may lead to its registered URLs.
pub(crate) fn page(call: &Call<'_>, status: StatusCode, page: Page, client: Option<&AppClient>) -> Response<Bytes> {
    let page = page.in_language_of(call);
    let Ok(html) = page.render() else { return empty(StatusCode::INTERNAL_SERVER_ERROR) };
    let mut answer = empty(status);
    *answer.body_mut() = Bytes::from(html);
    set(&mut answer, header::CONTENT_TYPE, "text/html; charset=utf-8");
    no_store(&mut answer);
    let policy = content_security_policy(client, page.look.is_some());
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    set(&mut answer, header::CONTENT_LANGUAGE, call.lang.tag());
    set(&mut answer, header::X_FRAME_OPTIONS, "DENY");
    set(&mut answer, HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(&mut answer, HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    answer
}

/// Nothing but our own style sheet; forms lead to us and on to the origins this client has registered (Chromium blocks the redirect otherwise).
fn content_security_policy(client: Option<&AppClient>, images: bool) -> String {
    let mut sources = vec!["'self'".to_owned()];
    if let Some(client) = client {
        for url in client.settings.callback_urls.iter().chain(&client.settings.logout_urls) {
            if let Some(source) = source(url).filter(|source| !sources.contains(source)) {
                sources.push(source);
            }
        }
    }
    format!(
        "default-src 'none'; style-src 'self'; {}form-action {}; frame-ancestors 'none'; base-uri 'none'",
        if images { "img-src 'self'; " } else { "" },
        sources.join(" ")
    )
}

/// The CSP source of a registered URL: its origin, or the scheme alone for an app's own scheme. `url` prints both in plain ASCII.
fn source(url: &str) -> Option<String> {
    let url = url::Url::parse(url).ok()?;
    let origin = url.origin();
    if origin.is_tuple() { Some(origin.ascii_serialization()) } else { Some(format!("{}:", url.scheme())) }
}

/// 302. A location that cannot stand in a header (never with [`crate::encode`]) is a fault of ours.
pub(crate) fn redirect(to: &str) -> Response<Bytes> {
    let Ok(location) = HeaderValue::from_str(to) else { return status(StatusCode::INTERNAL_SERVER_ERROR) };
    let mut answer = status(StatusCode::FOUND);
    answer.headers_mut().insert(header::LOCATION, location);
    answer
}

/// JSON that is never stored.
pub(crate) fn json(status: StatusCode, value: &serde_json::Value) -> Response<Bytes> {
    let mut answer = empty(status);
    *answer.body_mut() = Bytes::from(value.to_string());
    set(&mut answer, header::CONTENT_TYPE, "application/json;charset=UTF-8");
    no_store(&mut answer);
    answer
}

/// An error in OAuth's JSON form.
pub(crate) fn oauth_error(status: StatusCode, refusal: &Refusal) -> Response<Bytes> {
    let mut body = serde_json::Map::new();
    body.insert("error".into(), refusal.code.as_str().into());
    if let Some(description) = &refusal.description {
        body.insert("error_description".into(), description.as_ref().into());
    }
    let mut answer = json(status, &body.into());
    if status == StatusCode::SERVICE_UNAVAILABLE {
        set(&mut answer, header::RETRY_AFTER, "1");
    }
    answer
}

/// The status of a refusal that is our own fault; `None` for the client's faults.
pub(crate) fn fault(refusal: &Refusal) -> Option<StatusCode> {
    match refusal.code {
        ErrorCode::ServerError => Some(StatusCode::INTERNAL_SERVER_ERROR),
        ErrorCode::TemporarilyUnavailable => Some(StatusCode::SERVICE_UNAVAILABLE),
        _ => None,
    }
}

/// 405.
pub(crate) fn method_not_allowed(allow: &'static str) -> Response<Bytes> {
    let mut answer = status(StatusCode::METHOD_NOT_ALLOWED);
    set(&mut answer, header::ALLOW, allow);
    answer
}

/// Opens an answer to pages of any origin: tokens and codes are in the request, never in a cookie.
pub(crate) fn open_to_pages(mut answer: Response<Bytes>) -> Response<Bytes> {
    set(&mut answer, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    set(&mut answer, header::ACCESS_CONTROL_EXPOSE_HEADERS, "WWW-Authenticate,x-amz-cognito-request-id");
    answer
}

/// The answer to a preflight. Amplify sends `x-amz-user-agent` with its exchange of a code.
pub(crate) fn preflight(methods: &'static str) -> Response<Bytes> {
    let mut answer = open_to_pages(status(StatusCode::NO_CONTENT));
    set(&mut answer, header::ACCESS_CONTROL_ALLOW_METHODS, methods);
    set(
        &mut answer,
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        "authorization,content-type,accept,cache-control,x-requested-with,x-amz-user-agent",
    );
    set(&mut answer, header::ACCESS_CONTROL_MAX_AGE, "7200");
    answer
}

/// A file that may be kept for good: its name changes with its content.
pub(crate) fn file(content_type: &'static str, body: Bytes) -> Response<Bytes> {
    let mut answer = empty(StatusCode::OK);
    *answer.body_mut() = body;
    // An image of a customer's may be an SVG with a script: opened by itself, it runs nothing, fetches nothing and has no origin.
    set(&mut answer, header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; sandbox");
    set(&mut answer, header::CONTENT_TYPE, content_type);
    set(&mut answer, header::CACHE_CONTROL, "public, max-age=31536000, immutable");
    answer
}

/// A public document that may be kept for a while.
pub(crate) fn document(value: &serde_json::Value) -> Response<Bytes> {
    let mut answer = empty(StatusCode::OK);
    *answer.body_mut() = Bytes::from(value.to_string());
    set(&mut answer, header::CONTENT_TYPE, "application/json");
    set(&mut answer, header::CACHE_CONTROL, "public, max-age=300");
    open_to_pages(answer)
}

/// Adds a cookie.
pub(crate) fn with_cookie(mut answer: Response<Bytes>, cookie: &str) -> Response<Bytes> {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        answer.headers_mut().append(header::SET_COOKIE, value);
    }
    answer
}

/// Whether an origin is this machine under a name of its own. Browsers pin whole hosts: the pin of one server here would break every other, and
/// this one without TLS.
pub(crate) fn is_this_machine(origin: &str) -> bool {
    let host = url::Url::parse(origin).ok().and_then(|url| url.host().map(|host| host.to_owned()));
    match host {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// What every answer carries. `pinned`: browsers shall ask this host by https only.
pub(crate) fn finish(mut answer: Response<Bytes>, request_id: &str, pinned: bool) -> Response<Bytes> {
    if let Ok(id) = HeaderValue::from_str(request_id) {
        answer.headers_mut().insert(REQUEST_ID, id);
    }
    set(&mut answer, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(&mut answer, header::REFERRER_POLICY, "same-origin");
    if pinned {
        set(&mut answer, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_may_lead_to_the_origins_of_registered_urls_only() {
        assert_eq!(source("https://app.example/callback?x=1").as_deref(), Some("https://app.example"));
        assert_eq!(source("http://localhost:4567/").as_deref(), Some("http://localhost:4567"));
        assert_eq!(source("myapp://callback").as_deref(), Some("myapp:"));
        assert_eq!(source("https://b\u{fc}cher.example/").as_deref(), Some("https://xn--bcher-kva.example"));
        assert_eq!(source("not a url"), None);
    }

    #[test]
    fn a_name_of_this_machine_is_not_pinned_to_https() {
        for here in ["https://localhost:4566", "https://x.auth.localhost:4566", "https://127.0.0.1", "https://[::1]:1"]
        {
            assert!(is_this_machine(here), "{here}");
        }
        for there in ["https://login.example.com", "https://localhost.example.com", "https://notlocalhost", "nonsense"]
        {
            assert!(!is_this_machine(there), "{there}");
        }
        let pinned = finish(empty(StatusCode::OK), "id", true);
        assert_eq!(pinned.headers()[header::STRICT_TRANSPORT_SECURITY], "max-age=31536000");
        assert!(!finish(empty(StatusCode::OK), "id", false).headers().contains_key(header::STRICT_TRANSPORT_SECURITY));
    }

    #[test]
    fn a_registered_url_cannot_add_a_directive() {
        for url in ["https://a.example/;script-src *", "x;y://host/", "https://a.example; script-src 'unsafe-inline'/"]
        {
            let Some(source) = source(url) else { continue };
            assert!(!source.contains([';', ' ', ',', '\'']), "{source}");
        }
    }
}
