//! CORS for the configured page origins, and for nobody else.
use crate::body::ObjectBody;
use crate::error::ObjectError;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderValue, ORIGIN, VARY,
};
use http::{HeaderMap, Response, StatusCode};

const METHODS: [&str; 3] = ["GET", "HEAD", "PUT"];
const HEADERS: [&str; 4] = ["content-type", "range", "if-range", "if-none-match"];
const EXPOSED: &str = "etag, content-length, content-range, content-disposition, accept-ranges, last-modified";

/// The request's origin, if it is one of the allowed. Compared exactly, as the Fetch standard serialises origins.
pub(crate) fn allowed_origin(headers: &HeaderMap, allowed: &[String]) -> Option<HeaderValue> {
    let mut origins = headers.get_all(ORIGIN).iter();
    let origin = origins.next()?;
    let known = allowed.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes());
    (known && origins.next().is_none()).then(|| origin.clone())
}

/// Answers a preflight: 204 with what is allowed, or a refusal.
pub(crate) fn preflight(headers: &HeaderMap, allowed: &[String]) -> Result<Response<ObjectBody>, ObjectError> {
    let method = headers.get(ACCESS_CONTROL_REQUEST_METHOD).and_then(|value| value.to_str().ok());
    let asked = headers.get(ACCESS_CONTROL_REQUEST_HEADERS).map_or(Ok(""), HeaderValue::to_str).unwrap_or("?");
    let headers_fit = asked
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .all(|name| HEADERS.iter().any(|known| name.eq_ignore_ascii_case(known)));
    let fits = allowed_origin(headers, allowed).is_some()
        && method.is_some_and(|method| METHODS.contains(&method))
        && headers_fit;
    if !fits {
        return Err(ObjectError::CorsForbidden);
    }
    let mut answer = Response::new(ObjectBody::empty());
    *answer.status_mut() = StatusCode::NO_CONTENT;
    let set = answer.headers_mut();
    set.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD, PUT"));
    set.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type, range, if-range, if-none-match"));
    set.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    Ok(answer)
}

/// Lets an allowed origin read the answer, errors included, and tells caches that the origin matters.
pub(crate) fn decorate(answer: &mut HeaderMap, origin: Option<HeaderValue>) {
    answer.append(VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origin {
        answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        answer.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    }
}
