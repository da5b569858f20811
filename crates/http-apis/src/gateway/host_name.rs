//! The one reading of a Host header: whatever chooses by host, in this room and in the rooms that ask it, compares this name.

use std::{borrow::Cow, net::Ipv6Addr};

/// The name in `host[:port]` as it is compared: without port and final dot, in lower case; IPv6 addresses keep their brackets.
/// None for whatever is not exactly that: what stands behind a bracket, a port that is no number, two final dots, other characters.
pub fn host_name(authority: &str) -> Option<Cow<'_, str>> {
    if let Some(rest) = authority.strip_prefix('[') {
        let (address, port) = rest.split_once(']')?;
        address.parse::<Ipv6Addr>().ok()?;
        return is_port(port).then(|| lower(&authority[..address.len() + 2]));
    }
    let end = authority.find(':').unwrap_or(authority.len());
    let (name, port) = authority.split_at(end);
    let name = name.strip_suffix('.').unwrap_or(name);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    let whole = !name.is_empty() && !name.ends_with('.') && name.bytes().all(plain);
    (whole && is_port(port)).then(|| lower(name))
}

/// Nothing, or a colon with digits behind it (none of them is the scheme's own port, RFC 3986 section 3.2.3).
fn is_port(text: &str) -> bool {
    text.is_empty()
        || text.strip_prefix(':').is_some_and(|port| port.len() <= 5 && port.bytes().all(|b| b.is_ascii_digit()))
}

fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) { name.to_ascii_lowercase().into() } else { name.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_a_final_dot_and_case_do_not_matter() {
        for (authority, name) in [
            ("ABC.Execute-Api.Localhost.:4566", "abc.execute-api.localhost"),
            ("localhost.", "localhost"),
            ("localhost:", "localhost"),
            ("[::1]:80", "[::1]"),
            ("[2001:DB8::1]", "[2001:db8::1]"),
            ("127.0.0.1:4566", "127.0.0.1"),
        ] {
            assert_eq!(host_name(authority).as_deref(), Some(name), "{authority}");
        }
    }

    #[test]
    fn what_is_not_exactly_host_and_port_has_no_name() {
        for authority in [
            "",
            ".",
            ":80",
            "[::1]evil.example",
            "[::1].evil.example",
            "[localhost]",
            "[::1",
            "::1",
            "localhost:80:80",
            "localhost:x",
            "localhost:123456",
            "localhost..",
            "localhost/x",
            "user@localhost",
            "local host",
            "[::1]:8x",
            "[::1%25lo]",
            "l\u{f6}calhost",
        ] {
            assert_eq!(host_name(authority), None, "{authority}");
        }
    }

    #[test]
    fn a_name_is_its_own_name() {
        for name in ["localhost", "[::1]", "abc.execute-api.us-east-1.amazonaws.com"] {
            assert!(matches!(host_name(name), Some(Cow::Borrowed(same)) if same == name));
        }
    }
}
