//! The one place where a [`RequestContext`] is made: who asks, when, under which id, through which scheme.
use crate::platform::{Clock, SystemRandom};
use http::HeaderMap;
use std::net::{IpAddr, SocketAddr};
use user_pools::RequestContext;

/// A network whose members may tell us the client's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl std::str::FromStr for Network {
    type Err = String;

    /// `10.0.0.0/8`, or a single address.
    fn from_str(text: &str) -> Result<Self, String> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.parse().map_err(|_| format!("{text}: not an IP address or network"))?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(longest), |prefix| {
            prefix.parse().map_err(|_| format!("{text}: the prefix length must be a number"))
        })?;
        if prefix > longest {
            Err(format!("{text}: the prefix length must be at most {longest}"))
        } else {
            Ok(Self { address, prefix })
        }
    }
}

impl Network {
    fn holds(self, ip: IpAddr) -> bool {
        match (self.address, ip) {
            (IpAddr::V4(net), IpAddr::V4(ip)) => {
                leading(u128::from(net.to_bits()) << 96, u128::from(ip.to_bits()) << 96, self.prefix)
            }
            (IpAddr::V6(net), IpAddr::V6(ip)) => leading(net.to_bits(), ip.to_bits(), self.prefix),
            _ => false,
        }
    }
}

fn leading(a: u128, b: u128, bits: u8) -> bool {
    bits == 0 || (a ^ b) >> (128 - u32::from(bits)) == 0
}

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
    let chain = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    let hops: Vec<IpAddr> = chain.map_while(|hop| hop.trim().parse().ok()).collect();
    let ip = hops.iter().rev().copied().find(|ip| !is_trusted(*ip)).or(hops.first().copied()).unwrap_or(peer);
    let said = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    let scheme = match said.map(str::trim) {
        Some("https") => "https",
        Some("http") => "http",
        _ => own_scheme,
    };
    Client { ip, scheme }
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
        locale: text("accept-language"),
        user_agent: text("user-agent").map(|agent| agent.chars().take(256).collect()),
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
    fn networks_are_read_and_compared_by_prefix() {
        let net: Network = "192.168.4.0/22".parse().unwrap();
        assert!(net.holds(ip("192.168.7.255")) && !net.holds(ip("192.168.8.0")) && !net.holds(ip("::1")));
        assert!("300.1.1.1".parse::<Network>().is_err() && "10.0.0.0/33".parse::<Network>().is_err());
        assert!("::/0".parse::<Network>().unwrap().holds(ip("2001:db8::1")));
    }
}
