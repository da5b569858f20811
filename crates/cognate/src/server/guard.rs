//! Keeping web pages of others away from what administers this server.
//! A browser says where a request comes from (`Origin`, `Sec-Fetch-Site`); SDKs and command lines say nothing.
use http::{HeaderMap, header};

/// A web page of somebody else's asked for something only the owner may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForeignPage;

/// Refuses a request that a page outside the server's own origins made.
pub fn own_origin(headers: &HeaderMap, own: impl Fn(&str) -> bool) -> Result<(), ForeignPage> {
    let text = |name: &header::HeaderName| headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("?"));
    let crossing = headers.get_all("sec-fetch-site").iter().any(|value| value == "cross-site");
    if crossing || text(&header::ORIGIN).any(|origin| !own(origin)) { Err(ForeignPage) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pairs: &[(&'static str, &'static str)]) -> Result<(), ForeignPage> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        own_origin(&headers, |origin| origin == "http://localhost:4566")
    }

    #[test]
    fn a_command_line_and_our_own_page_pass() {
        assert_eq!(check(&[]), Ok(()));
        assert_eq!(check(&[("origin", "http://localhost:4566"), ("sec-fetch-site", "same-origin")]), Ok(()));
    }

    #[test]
    fn another_page_is_refused_however_it_asks() {
        for pairs in [
            &[("origin", "https://evil.example")][..],
            &[("origin", "null")],
            &[("origin", "http://localhost:4567")],
            &[("sec-fetch-site", "cross-site")],
            &[("origin", "http://localhost:4566"), ("origin", "https://evil.example")],
        ] {
            assert_eq!(check(pairs), Err(ForeignPage), "{pairs:?}");
        }
    }
}
