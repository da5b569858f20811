//! One error type for every AWS door, and the one place that turns it into bytes.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};

use crate::xml;

/// A refusal on its way to an AWS client: AWS's exception name, the public sentence, the HTTP status; and, apart from
/// what the client sees, the private reason that the log and `explain` show.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ServiceError {
    /// AWS's exception name, e.g. `NotAuthorizedException`.
    pub code: Cow<'static, str>,
    /// What the client reads.
    pub message: Cow<'static, str>,
    /// HTTP status.
    pub status: StatusCode,
    /// Further members of the body, e.g. `resourceType`.
    pub extra: Vec<(&'static str, String)>,
    /// Why, for the operator. Never sent, never a secret.
    pub reason: Option<Cow<'static, str>>,
}

impl ServiceError {
    /// An error with HTTP status 400. The generated `ErrorCode`s give the right status: `ErrorCode::X.with("..")`.
    pub fn new(code: impl Into<Cow<'static, str>>, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
            status: StatusCode::BAD_REQUEST,
            extra: Vec::new(),
            reason: None,
        }
    }

    /// With another status.
    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// With another member in the body.
    #[must_use]
    pub fn extra(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.extra.push((name, value.into()));
        self
    }

    /// With the private reason.
    #[must_use]
    pub fn because(mut self, reason: impl Into<Cow<'static, str>>) -> Self {
        self.reason = Some(reason.into());
        self
    }
}

/// How a client wants to be told an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorForm {
    /// JSON 1.0: `__type` and `message`.
    Json10,
    /// JSON 1.1: `__type` and `message`.
    Json11,
    /// REST-JSON: `message`, the code in a header.
    RestJson,
    /// The query protocol: XML `<ErrorResponse>`.
    Query,
    /// REST-XML (S3): `<Error>`.
    RestXml,
}

impl ErrorForm {
    /// The error as an HTTP response. `request_id` stands in the header and, in XML, in the body.
    pub fn response(self, error: &ServiceError, request_id: &str) -> Response<Bytes> {
        let (content_type, body) = match self {
            Self::Json10 => ("application/x-amz-json-1.0", json_body(error, true)),
            Self::Json11 => ("application/x-amz-json-1.1", json_body(error, true)),
            Self::RestJson => ("application/json", json_body(error, false)),
            Self::Query => ("text/xml", xml::error_response(error, request_id)),
            Self::RestXml => ("application/xml", xml::rest_error(error, request_id)),
        };
        let mut response = respond(error.status, content_type, body.into(), request_id);
        let error_type = match self {
            Self::Json10 | Self::Json11 => format!("{}:", error.code),
            _ => error.code.to_string(),
        };
        set(&mut response, ERROR_TYPE, &error_type);
        response
    }
}

/// `x-amzn-requestid`.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");

/// A response with the headers every AWS answer has.
pub(crate) fn respond(
    status: StatusCode,
    content_type: &'static str,
    body: Bytes,
    request_id: &str,
) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    set(&mut response, REQUEST_ID, request_id);
    response
}

/// Sets a header; a value that no header can hold is left out.
fn set(response: &mut Response<Bytes>, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

fn json_body(error: &ServiceError, with_type: bool) -> String {
    let mut body = serde_json::Map::new();
    if with_type {
        body.insert("__type".to_owned(), error.code.clone().into());
    }
    body.insert("message".to_owned(), error.message.clone().into());
    for (name, value) in &error.extra {
        body.insert((*name).to_owned(), value.clone().into());
    }
    serde_json::Value::Object(body).to_string()
}

/// The modelled exceptions of a service, each with its HTTP status.
macro_rules! error_codes {
    ($name:ident { $($code:ident = $status:literal,)+ }) => {
        /// The modelled exceptions; the names are AWS's.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($code,)+ }

        impl $name {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$code,)+];

            /// AWS's name.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$code => stringify!($code),)+ }
            }

            /// The HTTP status it is told with.
            pub const fn status(self) -> u16 {
                match self { $(Self::$code => $status,)+ }
            }

            /// An error of this code.
            pub fn with(self, message: impl Into<std::borrow::Cow<'static, str>>) -> $crate::ServiceError {
                let error = $crate::ServiceError::new(self.as_str(), message);
                match http::StatusCode::from_u16(self.status()) {
                    Ok(status) => error.status(status),
                    Err(_) => error,
                }
            }
        }
    };
}
pub(crate) use error_codes;

#[cfg(test)]
mod tests {
    use super::*;

    fn error() -> ServiceError {
        ServiceError::new("NotFoundException", "No <such> \"thing\"")
            .status(StatusCode::NOT_FOUND)
            .because("secret cause")
    }

    fn body(response: &Response<Bytes>) -> String {
        String::from_utf8(response.body().to_vec()).unwrap()
    }

    #[test]
    fn json_11_carries_type_message_and_headers() {
        let response = ErrorForm::Json11.response(&error().extra("reasonCode", "x"), "id-1");
        assert_eq!(response.status(), 404);
        assert_eq!(response.headers()["content-type"], "application/x-amz-json-1.1");
        assert_eq!(response.headers()["x-amzn-requestid"], "id-1");
        assert_eq!(response.headers()["x-amzn-errortype"], "NotFoundException:");
        assert_eq!(
            body(&response),
            r#"{"__type":"NotFoundException","message":"No <such> \"thing\"","reasonCode":"x"}"#
        );
    }

    #[test]
    fn rest_json_carries_the_code_in_a_header_only() {
        let response = ErrorForm::RestJson.response(&error(), "id-1");
        assert_eq!(response.headers()["x-amzn-errortype"], "NotFoundException");
        assert_eq!(body(&response), r#"{"message":"No <such> \"thing\""}"#);
    }

    #[test]
    fn xml_is_escaped() {
        assert!(body(&ErrorForm::Query.response(&error(), "id")).contains("No &lt;such&gt; &quot;thing&quot;"));
        assert!(body(&ErrorForm::RestXml.response(&error(), "id")).contains("No &lt;such&gt; &quot;thing&quot;"));
    }

    #[test]
    fn the_private_reason_never_leaves() {
        for form in [ErrorForm::Json10, ErrorForm::Json11, ErrorForm::RestJson, ErrorForm::Query, ErrorForm::RestXml] {
            let response = form.response(&error(), "id");
            assert!(!format!("{response:?}").contains("secret cause"));
        }
    }
}
