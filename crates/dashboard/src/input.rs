//! Reads requests into types; every rule a client can break is worded here.
use crate::answer::Refusal;
use crate::content_type::is_media_type;
use crate::next_token;
use crate::ports::Position;
use events::{HttpRequestV2, RequestBody};
use serde_json::{Map, Value};

const MAX_KEY_BYTES: usize = 1024;
const DEFAULT_LIMIT: usize = 50;

/// A file that is to be uploaded.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Announcement {
    pub(crate) file_name: String,
    pub(crate) content_type: String,
    pub(crate) size: u64,
}

impl Announcement {
    /// From the body of `POST /upload-url`.
    pub(crate) fn read(event: &HttpRequestV2, max_size: u64) -> Result<Self, Refusal> {
        let body = object(event)?;
        Ok(Self { file_name: file_name(&body)?, content_type: content_type(&body)?, size: size(&body, max_size)? })
    }
}

fn object(event: &HttpRequestV2) -> Result<Map<String, Value>, Refusal> {
    let bytes = RequestBody::decode(event.body.as_deref(), event.is_base64_encoded).unwrap_or_default();
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(body)) => Ok(body),
        _ => Err(Refusal::Body("The body must be a JSON object")),
    }
}

fn text<'a>(body: &'a Map<String, Value>, field: &'static str) -> Result<&'a str, Refusal> {
    body.get(field).and_then(Value::as_str).ok_or_else(|| Refusal::Field(field, "a string".into()))
}

fn file_name(body: &Map<String, Value>) -> Result<String, Refusal> {
    let name = text(body, "fileName")?;
    let rules: [(bool, &str); 5] = [
        ((1..=255).contains(&name.chars().count()), "1 to 255 characters long"),
        (!name.chars().any(char::is_control), "free of control characters"),
        (!name.contains(['/', '\\']), "free of path separators"),
        (!name.chars().any(turns_text), "free of characters that turn the direction of text"),
        (!name.trim().is_empty() && !matches!(name, "." | ".."), "a name, not blank, \".\" or \"..\""),
    ];
    match rules.into_iter().find(|(holds, _)| !holds) {
        Some((_, rule)) => Err(Refusal::Field("fileName", rule.into())),
        None => Ok(name.to_owned()),
    }
}

/// With these a name can show another extension than it has.
fn turns_text(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{061c}')
}

fn content_type(body: &Map<String, Value>) -> Result<String, Refusal> {
    let content_type = text(body, "contentType")?;
    if is_media_type(content_type) {
        return Ok(content_type.to_owned());
    }
    Err(Refusal::Field("contentType", "a media type such as image/png, at most 255 characters long".into()))
}

fn size(body: &Map<String, Value>, max: u64) -> Result<u64, Refusal> {
    let size = body.get("size").and_then(Value::as_u64).filter(|size| (1..=max).contains(size));
    size.ok_or_else(|| Refusal::Field("size", format!("an integer from 1 to {max}")))
}

/// `?key=`.
pub(crate) fn key(event: &HttpRequestV2) -> Result<String, Refusal> {
    let key = event.query_string_parameters.get("key").filter(|key| !key.is_empty() && key.len() <= MAX_KEY_BYTES);
    key.cloned().ok_or_else(|| Refusal::Field("key", format!("a file's key, 1 to {MAX_KEY_BYTES} bytes long")))
}

/// `?limit=`.
pub(crate) fn limit(event: &HttpRequestV2) -> Result<usize, Refusal> {
    let Some(text) = event.query_string_parameters.get("limit") else { return Ok(DEFAULT_LIMIT) };
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let limit = text.parse().ok().filter(|limit| digits && (1..=100).contains(limit));
    limit.ok_or_else(|| Refusal::Field("limit", "an integer from 1 to 100".into()))
}

/// `?nextToken=`.
pub(crate) fn after(event: &HttpRequestV2) -> Result<Option<Position>, Refusal> {
    let Some(token) = event.query_string_parameters.get("nextToken") else { return Ok(None) };
    match next_token::unwrap(token) {
        Some(position) => Ok(Some(position)),
        None => Err(Refusal::Field("nextToken", "one that an earlier answer gave".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn announce(body: &Value) -> Result<Announcement, Refusal> {
        let event = HttpRequestV2 { body: Some(body.to_string()), ..HttpRequestV2::default() };
        Announcement::read(&event, 1000)
    }

    fn broken_field(body: &Value) -> &'static str {
        match announce(body) {
            Err(Refusal::Field(field, _)) => field,
            other => panic!("{body}: {other:?}"),
        }
    }

    fn body(name: &str, value: Value) -> Value {
        let mut body = json!({"fileName": "a.png", "contentType": "image/png", "size": 5});
        body[name] = value;
        body
    }

    #[test]
    fn a_good_announcement_is_read() {
        let expected = Announcement { file_name: "é b.PNG".into(), content_type: "image/png".into(), size: 1000 };
        let mut good = body("fileName", json!("é b.PNG"));
        good["size"] = json!(1000);
        assert_eq!(announce(&good).unwrap(), expected);
        let base64 = HttpRequestV2 {
            body: events::RequestBody::encode(None, good.to_string().as_bytes()).body,
            is_base64_encoded: true,
            ..HttpRequestV2::default()
        };
        assert_eq!(Announcement::read(&base64, 1000).unwrap(), expected);
    }

    #[test]
    fn a_bad_file_name_is_named() {
        let longest = "é".repeat(255);
        assert!(announce(&body("fileName", json!(longest))).is_ok());
        let too_long = "é".repeat(256);
        for bad in
            ["", " ", ".", "..", "a/b", "a\\b", "a\u{0}b", "a\nb", "a\u{7f}", "a\u{85}", "gpj.\u{202e}exe", &too_long]
        {
            assert_eq!(broken_field(&body("fileName", json!(bad))), "fileName", "{bad:?}");
        }
        for bad in [json!(null), json!(5), json!(["a"])] {
            assert_eq!(broken_field(&body("fileName", bad)), "fileName");
        }
    }

    #[test]
    fn a_bad_type_or_size_is_named() {
        for bad in [json!(""), json!("png"), json!("a/b\r\nc: d"), json!(7)] {
            assert_eq!(broken_field(&body("contentType", bad)), "contentType");
        }
        for bad in [json!(0), json!(-1), json!(1001), json!(1.5), json!(5.0), json!("5"), json!(null), json!(1e300)] {
            assert_eq!(broken_field(&body("size", bad)), "size");
        }
    }

    #[test]
    fn a_body_that_is_no_object_is_refused() {
        for body in [None, Some(""), Some("[]"), Some("{\"fileName\":"), Some("null")] {
            let event = HttpRequestV2 { body: body.map(str::to_owned), ..HttpRequestV2::default() };
            assert!(matches!(Announcement::read(&event, 1), Err(Refusal::Body(_))), "{body:?}");
        }
        let event = HttpRequestV2 { body: Some("***".into()), is_base64_encoded: true, ..HttpRequestV2::default() };
        assert!(matches!(Announcement::read(&event, 1), Err(Refusal::Body(_))));
    }

    #[test]
    fn a_limit_is_one_to_a_hundred() {
        let with = |limit: &str| {
            let mut event = HttpRequestV2::default();
            event.query_string_parameters.insert("limit".into(), limit.into());
            super::limit(&event)
        };
        assert_eq!(
            (with("1").ok(), with("100").ok(), super::limit(&HttpRequestV2::default()).ok()),
            (Some(1), Some(100), Some(50))
        );
        for bad in ["", "0", "101", "-1", "+5", "1.0", "x", "1,2", "99999999999999999999"] {
            assert!(matches!(with(bad), Err(Refusal::Field("limit", _))), "{bad}");
        }
    }
}
