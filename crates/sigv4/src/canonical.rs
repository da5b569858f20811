//! The canonical request and what is computed from it.
use crate::credentials::signing_key;
use crate::parse::CredentialScope;
use crate::request::{RequestParts, Style};
use aws_lc_rs::{digest, hmac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};

pub(crate) const ALGORITHM: &str = "AWS4-HMAC-SHA256";
pub(crate) const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// Everything but RFC 3986's unreserved characters.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// As `COMPONENT`, but slashes stay.
const PATH: &AsciiSet = &COMPONENT.remove(b'/');

/// Percent-encodes a decoded path or object key as signatures want it; slashes stay.
pub fn encode_path(path: &str) -> String {
    percent_encode(path.as_bytes(), PATH).to_string()
}

/// Percent-encodes a query name or value as signatures want it.
pub fn encode_query_value(value: &str) -> String {
    percent_encode(value.as_bytes(), COMPONENT).to_string()
}

pub(crate) fn unsigned() -> String {
    UNSIGNED_PAYLOAD.to_owned()
}

pub(crate) fn sha256(bytes: &[u8]) -> digest::Digest {
    digest::digest(&digest::SHA256, bytes)
}

pub(crate) fn hex_sha256(bytes: &[u8]) -> String {
    hex::encode(sha256(bytes))
}

pub(crate) fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message);
    let mut bytes = [0; 32];
    bytes.copy_from_slice(tag.as_ref());
    bytes
}

/// The canonical request. `signed_headers` are lower-case and sorted; `None` when one of them is missing.
pub(crate) fn canonical_request(
    request: &RequestParts<'_>,
    style: Style,
    query: &[(String, String)],
    signed_headers: &[String],
    payload: &str,
) -> Option<Vec<u8>> {
    let mut text = Vec::with_capacity(512);
    for line in [request.method, &canonical_path(request.path, style), &join_query(query)] {
        text.extend_from_slice(line.as_bytes());
        text.push(b'\n');
    }
    for name in signed_headers {
        text.extend_from_slice(name.as_bytes());
        text.push(b':');
        text.extend_from_slice(&request.header(name)?);
        text.push(b'\n');
    }
    text.push(b'\n');
    text.extend_from_slice(signed_headers.join(";").as_bytes());
    text.push(b'\n');
    text.extend_from_slice(payload.as_bytes());
    Some(text)
}

/// Lower-case hex signature over a canonical request.
pub(crate) fn signature(secret: &str, scope: &CredentialScope, time: &str, canonical: &[u8]) -> String {
    let to_sign = format!("{ALGORITHM}\n{time}\n{}\n{}", scope.without_key(), hex_sha256(canonical));
    let key = signing_key(secret, &scope.date, &scope.region, &scope.service);
    hex::encode(hmac_sha256(&key, to_sign.as_bytes()))
}

/// Decoded and encoded again, so that all spellings of one path have one form; outside S3 the result is encoded once more.
pub(crate) fn canonical_path(path: &str, style: Style) -> String {
    let path = if path.is_empty() { "/" } else { path };
    match style {
        Style::S3 => {
            let decoded: Vec<u8> = percent_decode_str(path).collect();
            percent_encode(&decoded, PATH).to_string()
        }
        Style::Standard => encode_path(&without_dot_segments(path)),
    }
}

/// RFC 3986 5.2.4, and empty segments removed too.
fn without_dot_segments(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            name => kept.push(name),
        }
    }
    let trailing = if path.ends_with('/') && !kept.is_empty() { "/" } else { "" };
    format!("/{}{trailing}", kept.join("/"))
}

/// The query's pairs, each name and value encoded afresh, sorted by name and then value. `+` reads as a space.
pub(crate) fn query_pairs(raw: &str) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = raw
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (reencode(name), reencode(value))
        })
        .collect();
    pairs.sort();
    pairs
}

fn reencode(raw: &str) -> String {
    percent_encode(&decode_query(raw), COMPONENT).to_string()
}

/// Bytes behind a raw query name or value.
pub(crate) fn decode_query(raw: &str) -> Vec<u8> {
    percent_decode_str(&raw.replace('+', " ")).collect()
}

pub(crate) fn join_query(pairs: &[(String, String)]) -> String {
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn standard_paths_lose_dots_and_double_slashes() {
        for (raw, canonical) in [
            ("", "/"),
            ("//", "/"),
            ("/./", "/"),
            ("/example/..", "/"),
            ("//example//", "/example/"),
            ("/./example", "/example"),
            ("/a/../../b", "/b"),
            ("/v2/tags/arn%3Aaws", "/v2/tags/arn%253Aaws"),
            ("/example space/", "/example%20space/"),
        ] {
            assert_eq!(canonical_path(raw, Style::Standard), canonical, "{raw}");
        }
    }

    #[test]
    fn s3_paths_are_encoded_once_and_kept() {
        for (raw, canonical) in
            [("", "/"), ("/a//b/../c", "/a//b/../c"), ("/a%20b/%c3%a9!", "/a%20b/%C3%A9%21"), ("/%zz", "/%25zz")]
        {
            assert_eq!(canonical_path(raw, Style::S3), canonical, "{raw}");
        }
    }

    #[test]
    fn a_query_is_sorted_after_encoding() {
        assert_eq!(
            join_query(&query_pairs("b=2&a=~&a=!&&c&d=a+b&e=a%2Bb&f=x=y")),
            "a=%21&a=~&b=2&c=&d=a%20b&e=a%2Bb&f=x%3Dy"
        );
        assert_eq!(join_query(&query_pairs("")), "");
    }

    proptest! {
        #[test]
        fn canonicalising_an_s3_path_twice_changes_nothing(path in "/.{0,40}") {
            let once = canonical_path(&path, Style::S3);
            prop_assert_eq!(canonical_path(&once, Style::S3), once);
        }

        #[test]
        fn all_spellings_of_an_s3_path_have_one_form(path in "/.{0,30}") {
            let spelled: String = path.bytes().flat_map(|byte| ["%".to_owned(), hex::encode([byte])]).collect();
            prop_assert_eq!(canonical_path(&encode_path(&path), Style::S3), canonical_path(&spelled, Style::S3));
        }

        #[test]
        fn a_canonical_standard_path_has_no_dot_or_empty_segments(path in "[/.a%]{0,30}") {
            let canonical = canonical_path(&path, Style::Standard);
            prop_assert!(canonical.starts_with('/'));
            let inner = canonical.trim_start_matches('/').trim_end_matches('/');
            prop_assert!(inner.is_empty() || inner.split('/').all(|segment| !matches!(segment, "" | "." | "..")));
        }

        #[test]
        fn the_order_of_query_pairs_does_not_matter(mut pairs in prop::collection::vec("[a-c%=+ é]{0,6}", 0..6)) {
            let forward = query_pairs(&pairs.join("&"));
            pairs.reverse();
            prop_assert_eq!(query_pairs(&pairs.join("&")), forward);
        }

        #[test]
        fn a_canonical_query_holds_only_unreserved_characters(raw in ".{0,40}") {
            for (name, value) in query_pairs(&raw) {
                let clean = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~%".contains(&byte));
                prop_assert!(clean(&name) && clean(&value));
            }
        }
    }
}
