//! Headers across the gateway: what ends here, what is added towards a backend.

use std::net::IpAddr;

use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::gateway::{Call, Worker};

pub(super) const TRACE_ID: HeaderName = HeaderName::from_static("x-amzn-trace-id");
pub(super) const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const VIA: HeaderValue = HeaderValue::from_static("HTTP/1.1 AmazonAPIGateway");

/// What a client may have written to pose as a proxy.
const FORWARDING: [HeaderName; 5] = [
    header::FORWARDED,
    X_FORWARDED_FOR,
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-forwarded-port"),
    HeaderName::from_static("x-forwarded-proto"),
];

/// Makes a client's headers a backend's: what ends here goes, what the gateway says about the request comes.
pub(super) fn towards_backend(headers: &mut HeaderMap, call: &Call, worker: &Worker, host: HeaderValue) {
    drop_hop_by_hop(headers);
    drop_forwarding(headers);
    headers.remove(header::EXPECT);
    // The body says its own length: one that was announced and one that is sent must never differ.
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::HOST, host);
    if let Ok(forwarded) = HeaderValue::from_str(&forwarded(call)) {
        headers.insert(header::FORWARDED, forwarded);
    }
    headers.append(header::VIA, VIA);
    if let Ok(trace) = HeaderValue::from_str(&trace_id(headers, worker, call.context.now)) {
        headers.insert(TRACE_ID, trace);
    }
}

/// Removes everything by which a client could pose as a proxy.
pub(super) fn drop_forwarding(headers: &mut HeaderMap) {
    for name in FORWARDING {
        headers.remove(name);
    }
}

/// `Root=<new>`, or `Self=<new>;Root=<the client's>`.
pub(super) fn trace_id(headers: &HeaderMap, worker: &Worker, now: i64) -> String {
    let fresh = worker.entropy().trace_id(now);
    let given = headers.get(TRACE_ID).and_then(|value| value.to_str().ok());
    match given.filter(|given| given.starts_with("Root=") && given.len() <= 256) {
        Some(given) => format!("Self={fresh};{given}"),
        None => format!("Root={fresh}"),
    }
}

/// RFC 7239: whom the request came to and from, under which host and scheme.
fn forwarded(call: &Call) -> String {
    let by = node(call.context.local.ip());
    let of = node(call.context.client);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    // A Host header is the client's text: nothing of it may end the parameter it stands in.
    let host = match call.host.as_str() {
        host if host.bytes().all(plain) => host.to_owned(),
        host if host.bytes().all(|byte| plain(byte) || b":[]".contains(&byte)) => format!("\"{host}\""),
        _ => "unknown".to_owned(),
    };
    format!("by={by};for={of};host={host};proto={}", call.scheme())
}

fn node(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("\"[{ip}]\""),
    }
}

/// Headers that end at a connection (RFC 9110 section 7.6.1), those listed in `Connection` included.
pub(super) fn drop_hop_by_hop(headers: &mut HeaderMap) {
    const HOP: [HeaderName; 8] = [
        header::CONNECTION,
        HeaderName::from_static("keep-alive"),
        HeaderName::from_static("proxy-connection"),
        header::PROXY_AUTHENTICATE,
        header::PROXY_AUTHORIZATION,
        header::TE,
        header::TRAILER,
        header::UPGRADE,
    ];
    if headers.contains_key(header::CONNECTION) {
        let listed: Vec<HeaderName> = (headers.get_all(header::CONNECTION).iter())
            .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
            .filter_map(|name| HeaderName::from_bytes(name.trim_ascii()).ok())
            .collect();
        for name in listed {
            headers.remove(name);
        }
    }
    for name in HOP {
        headers.remove(name);
    }
    headers.remove(header::TRANSFER_ENCODING);
}

#[cfg(test)]
mod tests {
    use super::*;

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
