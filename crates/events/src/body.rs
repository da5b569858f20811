//! Text or base64: how a request body travels inside a JSON event (httpapi.md F.4).
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Types that travel as text besides `text/*`; everything else is base64, forms and bodies without a type included.
const TEXT_TYPES: [&str; 4] = ["application/json", "application/xml", "application/javascript", "application/graphql"];

/// A request body as an event carries it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestBody {
    /// The text, or the base64 of the bytes; `None` when the request had no body.
    pub body: Option<String>,
    /// Whether `body` is base64.
    pub is_base64_encoded: bool,
}

impl RequestBody {
    /// Chooses text or base64 from the `content-type` header (as sent) and the bytes.
    pub fn encode(content_type: Option<&str>, bytes: &[u8]) -> Self {
        if bytes.is_empty() {
            return Self::default();
        }
        match std::str::from_utf8(bytes) {
            Ok(text) if content_type.is_some_and(is_text) => {
                Self { body: Some(text.to_owned()), is_base64_encoded: false }
            }
            _ => Self { body: Some(STANDARD.encode(bytes)), is_base64_encoded: true },
        }
    }

    /// The bytes behind an event's `body` and `isBase64Encoded`.
    pub fn decode(body: Option<&str>, is_base64_encoded: bool) -> Result<Vec<u8>, BadBase64> {
        match body {
            None => Ok(Vec::new()),
            Some(text) if is_base64_encoded => decode_base64(text),
            Some(text) => Ok(text.as_bytes().to_vec()),
        }
    }
}

/// A body that says it is base64 and is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadBase64;

/// Standard alphabet, with padding.
pub(crate) fn decode_base64(text: &str) -> Result<Vec<u8>, BadBase64> {
    STANDARD.decode(text).map_err(|_| BadBase64)
}

/// Whether a content type travels as text: its media type is in the list and its charset, if any, is UTF-8.
fn is_text(content_type: &str) -> bool {
    let mut parts = content_type.split(';');
    let media_type = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
    (media_type.starts_with("text/") || TEXT_TYPES.contains(&media_type.as_str())) && parts.all(allows_utf8)
}

/// False only for a `charset` parameter that names something else than UTF-8.
fn allows_utf8(parameter: &str) -> bool {
    match parameter.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            let value = value.trim().trim_matches('"');
            value.eq_ignore_ascii_case("utf-8") || value.eq_ignore_ascii_case("utf8")
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_base64(content_type: Option<&str>, bytes: &[u8]) -> bool {
        RequestBody::encode(content_type, bytes).is_base64_encoded
    }

    #[test]
    fn bytes_of_an_octet_stream_travel_as_base64() {
        let body = RequestBody::encode(Some("application/octet-stream"), &[1, 2, 3, 4, 5]);
        assert_eq!(body, RequestBody { body: Some("AQIDBAU=".into()), is_base64_encoded: true });
    }

    #[test]
    fn a_form_and_a_body_without_a_type_travel_as_base64() {
        assert!(is_base64(Some("application/x-www-form-urlencoded"), b"a=b"));
        assert!(is_base64(None, b"{}"));
        assert!(is_base64(Some(""), b"{}"));
    }

    #[test]
    fn the_measured_media_types_travel_as_text() {
        for media_type in [
            "text/plain",
            "text/html",
            "text/csv",
            "text/xml",
            "application/json",
            "application/xml",
            "application/javascript",
            "application/graphql",
            "Application/JSON; charset=\"UTF-8\"",
        ] {
            assert!(!is_base64(Some(media_type), b"{}"), "{media_type}");
        }
        assert!(is_base64(Some("application/vnd.api+json"), b"{}"));
    }

    #[test]
    fn another_charset_or_broken_utf8_travels_as_base64() {
        assert!(is_base64(Some("text/plain; charset=iso-8859-1"), b"abc"));
        assert!(is_base64(Some("application/json"), &[0x1f, 0x8b, 0xff]));
    }

    #[test]
    fn an_empty_body_is_no_body() {
        assert_eq!(RequestBody::encode(Some("application/json"), b""), RequestBody::default());
        assert_eq!(RequestBody::decode(None, false), Ok(vec![]));
    }

    #[test]
    fn what_was_encoded_decodes_to_the_same_bytes() {
        for bytes in [&b"plain"[..], &[0, 255, 10]] {
            let body = RequestBody::encode(Some("text/plain"), bytes);
            assert_eq!(RequestBody::decode(body.body.as_deref(), body.is_base64_encoded).as_deref(), Ok(bytes));
        }
        assert_eq!(RequestBody::decode(Some("%%%"), true), Err(BadBase64));
    }
}
