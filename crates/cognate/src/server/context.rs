//! The one place where a [`RequestContext`] is made: who asks, when, under which id, through which scheme.
use crate::platform::{Clock, SystemRandom};
use http::HeaderMap;
use std::net::{IpAddr, SocketAddr};
use user_pools::{Carried, RequestContext};

pub use user_pools::network::Network;

/// What the peer's word about itself comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// The client's address.
    pub ip: IpAddr,
    /// `https` or `http`, as the client speaks it.
    pub scheme: &'static str,
}

/// The client behind `peer`. Forwarding headers count only when a trusted proxy wrote them; the right-most address that is not itself
/// a trusted proxy is the client (what stands further left, the client may have invented).
pub fn client(peer: IpAddr, tls: bool, headers: &HeaderMap, trusted: &[Network]) -> Client {
    let is_trusted = |ip: IpAddr| trusted.iter().any(|network| network.holds(ip));
    let own_scheme = if tls { "https" } else { "http" };
    if !is_trusted(peer) {
        return Client { ip: peer, scheme: own_scheme };
    }
    let hops = last_first(headers, "x-forwarded-for").map_while(hop);
    let mut ip = peer;
    for hop in hops {
        ip = hop;
        if !is_trusted(hop) {
            break;
        }
    }
    let scheme = match last_first(headers, "x-forwarded-proto").next() {
        Some("https") => "https",
        Some("http") => "http",
        _ => own_scheme,
    };
    Client { ip, scheme }
}

/// The members of a list header, those the nearest proxy wrote first. What is not text reads as empty.
fn last_first<'h>(headers: &'h HeaderMap, name: &str) -> impl Iterator<Item = &'h str> {
    let lines: Vec<&str> = headers.get_all(name).iter().map(|value| value.to_str().unwrap_or_default()).collect();
    lines.into_iter().rev().flat_map(|line| line.rsplit(',')).map(str::trim)
}

/// A hop's address; some proxies write its port too.
fn hop(text: &str) -> Option<IpAddr> {
    let bare = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|hop| hop.ip());
    text.parse().ok().or_else(bare).or_else(with_port).map(|ip: IpAddr| ip.to_canonical())
}

/// A context for a request through the AWS or login doors.
pub fn context(clock: &Clock, client: &Client, headers: &HeaderMap) -> RequestContext {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let now = clock.now();
    RequestContext {
        now,
        request_id: uuid(),
        client_ip: client.ip,
        trace_id: trace_id(now, headers),
        locale: text("accept-language").map(|languages| languages.chars().take(256).collect()),
        user_agent: text("user-agent").map(|agent| agent.chars().take(256).collect()),
        carried: Carried::default(),
    }
}

/// A random UUID, the form of AWS's request ids on the JSON doors.
pub fn uuid() -> String {
    let mut bytes = [0; 16];
    SystemRandom::fill(&mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// The trace that came in, or a new root (`Root=1-<seconds>-<96 bits>`).
fn trace_id(now: i64, headers: &HeaderMap) -> String {
    let given = headers.get("x-amzn-trace-id").and_then(|value| value.to_str().ok());
    if let Some(given) = given.filter(|text| text.len() <= 256 && text.contains("Root=")) {
        return given.to_owned();
    }
    let mut tail = [0; 12];
    SystemRandom::fill(&mut tail);
    format!("Root=1-{:08x}-{}", now / 1000, hex::encode(tail))
}

/// The peer's address as a plain IPv4 where it is one.
pub fn plain_ip(peer: SocketAddr) -> IpAddr {
    peer.ip().to_canonical()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_stranger_cannot_name_another_address() {
        let forged = headers(&[("x-forwarded-for", "9.9.9.9"), ("x-forwarded-proto", "https")]);
        assert_eq!(client(ip("203.0.113.5"), false, &forged, &[]), Client { ip: ip("203.0.113.5"), scheme: "http" });
    }

    #[test]
    fn behind_a_trusted_proxy_the_right_most_foreign_address_is_the_client() {
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let chain = headers(&[("x-forwarded-for", "1.1.1.1, 203.0.113.5, 10.0.0.7"), ("x-forwarded-proto", "https")]);
        assert_eq!(client(ip("10.0.0.9"), false, &chain, &trusted), Client { ip: ip("203.0.113.5"), scheme: "https" });
    }

    #[test]
    fn what_the_client_wrote_to_the_left_hides_nobody() {
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let seen = |pairs: &[(&'static str, &'static str)]| client(ip("10.0.0.9"), false, &headers(pairs), &trusted);
        for left in
            ["unknown, 203.0.113.5", "9.9.9.9,203.0.113.5:4711", ", 203.0.113.5, 10.0.0.7", "::ffff:203.0.113.5"]
        {
            assert_eq!(seen(&[("x-forwarded-for", left)]).ip, ip("203.0.113.5"), "{left}");
        }
        assert_eq!(seen(&[("x-forwarded-for", "9.9.9.9"), ("x-forwarded-for", "203.0.113.5")]).ip, ip("203.0.113.5"));
        assert_eq!(seen(&[("x-forwarded-for", "9.9.9.9, unknown")]).ip, ip("10.0.0.9"));
        assert_eq!(seen(&[("x-forwarded-for", "[2001:db8::1]:443")]).ip, ip("2001:db8::1"));
        assert_eq!(seen(&[("x-forwarded-proto", "https"), ("x-forwarded-proto", "http")]).scheme, "http");
        assert_eq!(seen(&[("x-forwarded-proto", "http, https")]).scheme, "https");
    }
}
