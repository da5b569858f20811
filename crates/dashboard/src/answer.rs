//! Answers and refusals. A refusal of bad input names the field and the rule; a failure of ours says only that it is ours.
use crate::ports::{StoreError, UrlError};
use events::HttpResponseV2;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Why a request is not served.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Bad input: this field breaks this rule ("field must be rule").
    Field(&'static str, String),
    /// The body as a whole.
    Body(&'static str),
    /// No claims came along.
    Unauthorized,
    /// No such file, or somebody else's: the two read alike.
    NoSuchFile,
    NoSuchRoute,
    /// The path exists with these methods.
    Method(&'static str),
    /// The file is changing under the request.
    Conflict,
    Full,
    /// The cause, for the log.
    Unavailable(String),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NoSuchFile,
            StoreError::Conflict | StoreError::Exists => Self::Conflict,
            StoreError::Full => Self::Full,
            StoreError::Unavailable(cause) => Self::Unavailable(cause),
        }
    }
}

impl From<UrlError> for Refusal {
    fn from(error: UrlError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl Refusal {
    /// Status and message.
    fn wire(&self) -> (u16, String) {
        match self {
            Self::Field(field, rule) => (400, format!("{field} must be {rule}")),
            Self::Body(message) => (400, (*message).to_owned()),
            Self::Unauthorized => (401, "Unauthorized".into()),
            Self::NoSuchFile => (404, "There is no such file".into()),
            Self::NoSuchRoute => (404, "Not Found".into()),
            Self::Method(_) => (405, "Method Not Allowed".into()),
            Self::Conflict => (409, "The file is being changed; try again".into()),
            Self::Full => (507, "The server has no room left".into()),
            Self::Unavailable(_) => (503, "Service Unavailable".into()),
        }
    }

    /// The answer; a failure of ours is logged here, once, under the request's id.
    pub(crate) fn answer(&self, request_id: &str) -> HttpResponseV2 {
        let (status, message) = self.wire();
        match self {
            Self::Unavailable(cause) => tracing::error!(request_id, cause, "a dashboard request failed"),
            Self::Full => tracing::error!(request_id, "a dashboard request failed: no room left"),
            _ => {}
        }
        let mut document = Map::from_iter([("message".to_owned(), message.into())]);
        match self {
            Self::Field(field, rule) => {
                document.insert("field".into(), (*field).into());
                document.insert("rule".into(), rule.as_str().into());
            }
            Self::Body(rule) => {
                document.insert("field".into(), "body".into());
                document.insert("rule".into(), (*rule).into());
            }
            _ => {}
        }
        let mut answer = response(status, Some(Value::Object(document).to_string()));
        if let Self::Method(allowed) = self {
            answer.headers.insert("allow".into(), (*allowed).to_owned());
        }
        answer
    }
}

/// 200 with a document.
pub(crate) fn ok(document: &impl Serialize) -> HttpResponseV2 {
    let document = serde_json::to_value(document).unwrap_or_else(|_| json!({}));
    response(200, Some(document.to_string()))
}

/// 204.
pub(crate) fn no_content() -> HttpResponseV2 {
    response(204, None)
}

fn response(status_code: u16, body: Option<String>) -> HttpResponseV2 {
    let mut headers = std::collections::BTreeMap::from([("cache-control".to_owned(), "no-store".to_owned())]);
    if body.is_some() {
        headers.insert("content-type".into(), "application/json".into());
    }
    HttpResponseV2 { status_code, headers, body, ..HttpResponseV2::default() }
}
