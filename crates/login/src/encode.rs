//! Text into URLs. One function, so that nothing is put into a URL unencoded.
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but RFC 3986's unreserved characters: a space is `%20`, which every decoder reads.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// `a=b&c=d`, encoded.
pub(crate) fn query<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let encoded = |text| utf8_percent_encode(text, RESERVED);
    pairs.into_iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect::<Vec<_>>().join("&")
}

/// A URL with parameters added, the URL itself left exactly as it is. `mark` is `?` for the query, `#` for the fragment.
pub(crate) fn with(url: &str, mark: char, parameters: &str) -> String {
    let mark = if mark == '?' && url.contains('?') { '&' } else { mark };
    format!("{url}{mark}{parameters}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_join_a_query_that_is_there() {
        assert_eq!(with("https://a.example/cb", '?', "code=1"), "https://a.example/cb?code=1");
        assert_eq!(with("https://a.example/cb?x=1", '?', "code=1"), "https://a.example/cb?x=1&code=1");
        assert_eq!(with("myapp://cb", '#', "id_token=1"), "myapp://cb#id_token=1");
    }

    #[test]
    fn nothing_that_has_a_meaning_in_a_url_or_a_header_survives_encoding() {
        assert_eq!(query([("state", "a b&c=d#e\r\nSet-Cookie: x")]), "state=a%20b%26c%3Dd%23e%0D%0ASet-Cookie%3A%20x");
    }
}
