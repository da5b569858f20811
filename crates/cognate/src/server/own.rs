//! The server's own paths: the home page, the bare issuer, the mailbox, `/_cognate/…`.
use super::body::{Body, collect, full};
use super::hall::{Hall, plain, reads};
use crate::mail::{Kept, Mailbox};
use askama::Template;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use serde::Deserialize;
use user_pools::pool::UserPool;

/// Styles only; no script anywhere.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
const STYLE: &str = include_str!("own.css");

/// 9999-12-31, in epoch milliseconds.
const END_OF_TIME: i64 = 253_402_214_400_000;

#[derive(Template)]
#[template(path = "mailbox.html")]
struct MailboxPage {
    messages: Vec<Shown>,
}

struct Shown {
    kept: Kept,
    at: String,
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage<'a> {
    base: &'a str,
    mailbox: bool,
}

#[derive(Template)]
#[template(path = "issuer.html")]
struct IssuerPage<'a> {
    name: &'a str,
    issuer: &'a str,
    discovery: &'a str,
    keys: &'a str,
}

/// `/<pool id>`: where the issuer's two documents are, as a page for browsers and as JSON for everybody else. The links are paths, so that they lead
/// somewhere when the issuer is spelt as Amazon's.
pub fn issuer(issuer: &str, pool: &UserPool, asked: &HeaderMap) -> Response<Body> {
    let discovery = format!("/{}/.well-known/openid-configuration", pool.id);
    let keys = format!("/{}/.well-known/jwks.json", pool.id);
    if accepts(asked, "text/html") {
        return page(&IssuerPage { name: &pool.settings.name, issuer, discovery: &discovery, keys: &keys });
    }
    json(&serde_json::json!({ "issuer": issuer, "openid_configuration": discovery, "jwks": keys }))
}

/// `/`
pub fn home(hall: &Hall) -> Response<Body> {
    page(&HomePage { base: &hall.public_base, mailbox: hall.mailbox.is_some() })
}

/// `/mailbox`: a page, or JSON when asked for (`?format=json`, `Accept: application/json`); `?to=` filters.
pub fn mailbox(mailbox: Option<&Mailbox>, request: &Request<Incoming>) -> Response<Body> {
    let Some(mailbox) = mailbox.filter(|_| reads(request.method())) else {
        return plain(StatusCode::NOT_FOUND, "there is no mailbox here");
    };
    let query = |name: &str| {
        form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    };
    let messages = mailbox.read(query("to").as_deref());
    if accepts(request.headers(), "application/json") || query("format").as_deref() == Some("json") {
        let mut answer = Response::new(full(serde_json::json!({ "messages": messages }).to_string()));
        answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        return answer;
    }
    let shown = |kept: Kept| Shown {
        at: jiff::Timestamp::from_millisecond(kept.at)
            .map(|at| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
            .unwrap_or_default(),
        kept,
    };
    page(&MailboxPage { messages: messages.into_iter().map(shown).collect() })
}

/// Whether a client names a media type among those it takes.
fn accepts(headers: &HeaderMap, media_type: &str) -> bool {
    headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains(media_type))
}

fn page(template: &impl Template) -> Response<Body> {
    let Ok(html) = template.render() else {
        return plain(StatusCode::INTERNAL_SERVER_ERROR, "the page could not be made");
    };
    let mut answer = Response::new(full(html));
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// `POST /_cognate/clock`: `{"advanceSeconds": 3600}` or `{"now": <epoch milliseconds>}`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct MoveClock {
    advance_seconds: Option<i64>,
    now: Option<i64>,
}

/// `/_cognate/…`
pub async fn answer(hall: &Hall, request: Request<Incoming>) -> Response<Body> {
    let path = request.uri().path().to_owned();
    match (request.method(), path.as_str()) {
        (&Method::GET, "/_cognate/style.css") => style(),
        (&Method::GET, "/_cognate/health") => json(&serde_json::json!({ "status": "ok" })),
        (&Method::GET, "/_cognate/clock") => json(&serde_json::json!({ "now": hall.clock.now() })),
        (&Method::POST, "/_cognate/clock") if !hall.test_clock => {
            plain(StatusCode::FORBIDDEN, "the clock can only be moved in `cognate dev --test-clock`")
        }
        (&Method::POST, "/_cognate/clock") => move_clock(hall, request).await,
        _ => plain(StatusCode::NOT_FOUND, "there is nothing here"),
    }
}

async fn move_clock(hall: &Hall, request: Request<Incoming>) -> Response<Body> {
    let Ok(body) = collect(request.into_body(), 1024).await else {
        return plain(StatusCode::BAD_REQUEST, "the body is too large");
    };
    match serde_json::from_slice(&body) {
        Ok(MoveClock { advance_seconds: Some(seconds), now: None }) => {
            set_clock(hall, hall.clock.now().saturating_add(seconds.saturating_mul(1000)))
        }
        Ok(MoveClock { advance_seconds: None, now: Some(now) }) => set_clock(hall, now),
        Ok(_) => plain(StatusCode::BAD_REQUEST, "give exactly one of advanceSeconds and now"),
        Err(error) => {
            plain(StatusCode::BAD_REQUEST, &format!("the body must be JSON like {{\"advanceSeconds\": 3600}}: {error}"))
        }
    }
}

/// Times are added to everywhere, so the clock stays among those that have room.
fn set_clock(hall: &Hall, now: i64) -> Response<Body> {
    if !(0..=END_OF_TIME).contains(&now) {
        return plain(StatusCode::BAD_REQUEST, "the clock can be set to any moment from 1970 to 9999");
    }
    json(&serde_json::json!({ "now": hall.clock.set(now) }))
}

fn style() -> Response<Body> {
    let mut answer = Response::new(full(STYLE));
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"));
    answer
}

fn json(value: &serde_json::Value) -> Response<Body> {
    let mut answer = Response::new(full(value.to_string()));
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
