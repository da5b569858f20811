//! Answers the gateway makes itself, to the byte, and the refusals behind them.

use std::{borrow::Cow, ops::Deref};

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};

use super::body::AnswerBody;

/// An answer of the gateway's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Own {
    BadRequest,
    Unauthorized,
    Forbidden,
    NotFound,
    RequestTimeout,
    TooLarge,
    HeadersTooLarge,
    Internal,
    Unavailable,
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");

impl Own {
    /// Status, body, and whether a content-type is sent: 401, 403 and 503 go without one.
    fn parts(self) -> (StatusCode, &'static [u8], bool) {
        match self {
            Self::BadRequest => (StatusCode::BAD_REQUEST, br#"{"message":"Bad Request"}"#, true),
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, br#"{"message":"Unauthorized"}"#, false),
            Self::Forbidden => (StatusCode::FORBIDDEN, br#"{"message":"Forbidden"}"#, false),
            Self::NotFound => (StatusCode::NOT_FOUND, br#"{"message":"Not Found"}"#, true),
            Self::RequestTimeout => (StatusCode::REQUEST_TIMEOUT, br#"{"message":"Request Timeout"}"#, true),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, br#"{"message":"Request Entity Too Large"}"#, true),
            Self::HeadersTooLarge => {
                (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, br#"{"message":"Request Header Fields Too Large"}"#, true)
            }
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, br#"{"message":"Internal Server Error"}"#, true),
            Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, br#"{"message":"Service Unavailable"}"#, false),
        }
    }

    /// Its status.
    pub(crate) fn status(self) -> StatusCode {
        self.parts().0
    }

    /// The answer, without the headers every answer gets.
    fn response(self) -> Response<AnswerBody> {
        let (status, body, typed) = self.parts();
        let mut response = Response::new(AnswerBody::full(Bytes::from_static(body)));
        *response.status_mut() = status;
        if typed {
            response.headers_mut().insert(header::CONTENT_TYPE, JSON);
        }
        response
    }
}

/// Words about a refusal; most of them are always the same.
pub(crate) type Text = Cow<'static, str>;

/// A refused request. Boxed: it travels in every `Result` of the hot path.
#[derive(Debug)]
pub(crate) struct Refusal(Box<Details>);

/// What the client gets, and what `explain` says.
#[derive(Debug)]
pub(crate) struct Details {
    pub(crate) own: Own,
    /// `www-authenticate`.
    pub(crate) challenge: Option<HeaderValue>,
    pub(crate) rule: &'static str,
    pub(crate) expected: Text,
    pub(crate) got: Text,
    pub(crate) fix: Text,
}

impl Deref for Refusal {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.0
    }
}

impl Refusal {
    /// A refusal without a challenge.
    pub(crate) fn new(
        own: Own,
        rule: &'static str,
        expected: impl Into<Text>,
        got: impl Into<Text>,
        fix: impl Into<Text>,
    ) -> Self {
        let (expected, got, fix) = (expected.into(), got.into(), fix.into());
        Self(Box::new(Details { own, challenge: None, rule, expected, got, fix }))
    }

    /// All of it.
    pub(crate) fn into_details(self) -> Details {
        *self.0
    }

    /// The same with a `www-authenticate` header.
    pub(crate) fn challenged(mut self, challenge: HeaderValue) -> Self {
        self.0.challenge = Some(challenge);
        self
    }

    /// The client's answer.
    pub(crate) fn response(&self) -> Response<AnswerBody> {
        let mut response = self.own.response();
        if let Some(challenge) = &self.challenge {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge.clone());
        }
        response
    }
}

/// What an attacker wrote, fit for a log line: cut, and without control characters.
pub(crate) fn shown(text: &str) -> String {
    let plain = |char: char| if char.is_control() { '\u{fffd}' } else { char };
    text.chars().take(256).map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_have_awss_lengths_and_types() {
        for (own, length, typed) in [
            (Own::Unauthorized, 26, false),
            (Own::Forbidden, 23, false),
            (Own::NotFound, 23, true),
            (Own::Internal, 35, true),
            (Own::Unavailable, 33, false),
        ] {
            let (_, body, has_type) = own.parts();
            assert_eq!((body.len(), has_type), (length, typed), "{own:?}");
        }
    }
}
