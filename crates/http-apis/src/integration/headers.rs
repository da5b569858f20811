//! Headers across the gateway: what ends here, what is added towards a backend.

use std::{fmt, io::Write as _, net::IpAddr};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::gateway::{Call, Worker};

pub(super) const TRACE_ID: HeaderName = HeaderName::from_static("x-amzn-trace-id");
pub(super) const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const VIA: HeaderValue = HeaderValue::from_static("HTTP/1.1 AmazonAPIGateway");

/// Makes a client's headers a backend's: what ends here goes, what the gateway says about the request comes. `forwarded` is
/// [`forwarded`]'s, made while the call still had its headers.
pub(super) fn towards_backend(headers: &mut HeaderMap, forwarded: Vec<u8>, trace: String, host: HeaderValue) {
    drop_listed(headers);
    // The body says its own length: one that was announced and one that is sent must never differ.
    drop_all(headers, |name| is_hop_by_hop(name) || is_forwarding(name) || matches!(name, "expect" | "content-length"));
    join_cookies(headers);
    headers.insert(header::HOST, host);
    if let Ok(forwarded) = HeaderValue::from_maybe_shared(Bytes::from(forwarded)) {
        headers.insert(header::FORWARDED, forwarded);
    }
    headers.append(header::VIA, VIA);
    if let Ok(trace) = HeaderValue::try_from(trace) {
        headers.insert(TRACE_ID, trace);
    }
}

/// HTTP/2 clients may send each cookie by itself; HTTP/1.1 knows one line (RFC 9113 section 8.2.3).
fn join_cookies(headers: &mut HeaderMap) {
    if headers.get_all(header::COOKIE).iter().nth(1).is_none() {
        return;
    }
    let lines: Vec<&[u8]> = headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes).collect();
    if let Ok(joined) = HeaderValue::from_bytes(&lines.join(&b"; "[..])) {
        headers.insert(header::COOKIE, joined);
    }
}

/// What a client may have written to pose as a proxy.
fn is_forwarding(name: &str) -> bool {
    matches!(name, "forwarded" | "x-forwarded-for" | "x-forwarded-host" | "x-forwarded-port" | "x-forwarded-proto")
}

/// Removes everything by which a client could pose as a proxy.
pub(super) fn drop_forwarding(headers: &mut HeaderMap) {
    drop_all(headers, is_forwarding);
}

/// Removes what `ends` names. Most messages have few of the many names that end here, so the names that are there are looked at once,
/// instead of the map being asked for each that might be.
fn drop_all(headers: &mut HeaderMap, ends: impl Fn(&str) -> bool) {
    while let Some(name) = headers.keys().find(|name| ends(name.as_str())).cloned() {
        headers.remove(name);
    }
}

/// `Root=<new>`, or `Self=<new>;Root=<the client's>`.
pub(super) fn trace_id(headers: &HeaderMap, worker: &Worker, now: i64) -> String {
    let given = headers.get(TRACE_ID).and_then(|value| value.to_str().ok());
    let given = given.filter(|given| given.starts_with("Root=") && given.len() <= 256);
    let mut trace = String::with_capacity(48);
    trace.push_str(if given.is_some() { "Self=" } else { "Root=" });
    worker.entropy().trace_id(now, &mut trace);
    if let Some(given) = given {
        trace.push(';');
        trace.push_str(given);
    }
    trace
}

/// RFC 7239: whom the request came to and from, under which host and scheme.
pub(super) fn forwarded(call: &Call) -> Vec<u8> {
    let (by, of) = (Node(call.context.local.ip()), Node(call.context.client));
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    // A Host header is the client's text: nothing of it may end the parameter it stands in.
    let (quote, host) = match call.host() {
        host if host.bytes().all(plain) => ("", host),
        host if host.bytes().all(|byte| plain(byte) || b":[]".contains(&byte)) => ("\"", host),
        _ => ("", "unknown"),
    };
    let mut out = Vec::with_capacity(96 + host.len());
    // Writing to memory cannot fail.
    let _ = write!(out, "by={by};for={of}");
    for piece in [";host=", quote, host, quote, ";proto=", call.scheme()] {
        out.extend_from_slice(piece.as_bytes());
    }
    out
}

/// An address as RFC 7239 writes it.
struct Node(IpAddr);

impl fmt::Display for Node {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.to_canonical() {
            IpAddr::V4(ip) => ip.fmt(out),
            IpAddr::V6(ip) => write!(out, "\"[{ip}]\""),
        }
    }
}

/// Headers that end at a connection (RFC 9110 section 7.6.1).
fn is_hop_by_hop(name: &str) -> bool {
    matches!(
        name,
        "connection"
            | "keep-alive"
            | "proxy-connection"
            | "proxy-authenticate"
            | "proxy-authorization"
            | "te"
            | "trailer"
            | "transfer-encoding"
            | "upgrade"
    )
}

/// Removes the headers that end at a connection, those listed in `Connection` included.
pub(super) fn drop_hop_by_hop(headers: &mut HeaderMap) {
    drop_listed(headers);
    drop_all(headers, is_hop_by_hop);
}

fn drop_listed(headers: &mut HeaderMap) {
    if headers.contains_key(header::CONNECTION) {
        let listed: Vec<HeaderName> = (headers.get_all(header::CONNECTION).iter())
            .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
            .filter_map(|name| HeaderName::from_bytes(name.trim_ascii()).ok())
            .collect();
        for name in listed {
            headers.remove(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_written_as_rfc_7239_wants_them() {
        let node = |text: &str| Node(text.parse().unwrap()).to_string();
        assert_eq!(node("10.0.0.1"), "10.0.0.1");
        assert_eq!(node("::ffff:10.0.0.1"), "10.0.0.1");
        assert_eq!(node("2001:db8::1"), "\"[2001:db8::1]\"");
    }

    #[test]
    fn cookies_sent_apart_become_one_line() {
        let mut headers = HeaderMap::new();
        for value in ["a=1", "b=2"] {
            headers.append(header::COOKIE, HeaderValue::from_static(value));
        }
        join_cookies(&mut headers);
        assert_eq!(headers.get_all(header::COOKIE).iter().collect::<Vec<_>>(), ["a=1; b=2"]);
    }

    #[test]
    fn hop_by_hop_headers_go_and_so_do_those_connection_lists() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "keep-alive, X-Secret ,content-length"),
            ("x-secret", "1"),
            ("keep-alive", "timeout=5"),
            ("te", "trailers"),
            ("transfer-encoding", "chunked"),
            ("upgrade", "websocket"),
            ("proxy-authorization", "Basic x"),
            ("x-kept", "1"),
        ] {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        drop_hop_by_hop(&mut headers);
        let left: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        assert_eq!(left, ["x-kept"]);
    }
}
