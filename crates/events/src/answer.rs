//! What a function returned, read as the gateway reads it (httpapi.md F.5 and F.6): well-formed answers, shorthands and nonsense.
use crate::body::decode_base64;
use serde_json::{Map, Value};
use std::fmt;

const JSON: &str = "application/json";
const PLAIN: &str = "text/plain; charset=utf-8";

/// An answer ready for the wire. `content-length` and connection-level headers are the writer's business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// 100..=599.
    pub status: u16,
    /// In the function's order and case; a name may stand several times. Names are tokens, values hold no control characters.
    pub headers: Vec<(String, String)>,
    /// One `set-cookie` line each, before any `set-cookie` among `headers`.
    pub cookies: Vec<String>,
    /// The bytes, base64 already undone; empty for 204 and 304.
    pub body: Vec<u8>,
}

/// Why an answer cannot be used. The client sees only 500 `{"message":"Internal Server Error"}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadAnswer {
    /// Payload 1.0 wants a JSON object.
    NotAnObject,
    /// `statusCode` is missing (1.0), not an integer, or out of 100..=599.
    Status,
    /// `headers`, `multiValueHeaders` or one of their names or values is not usable; carries the name.
    Header(String),
    /// `cookies` is not a list of usable strings.
    Cookies,
    /// `body` is not a string.
    Body,
    /// `isBase64Encoded` is not a boolean, or is true and `body` is not base64.
    Base64,
}

impl fmt::Display for BadAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnObject => f.write_str("the function's answer is not a JSON object"),
            Self::Status => f.write_str("statusCode is not an integer between 100 and 599"),
            Self::Header(name) => write!(f, "header {name:?} is not usable"),
            Self::Cookies => f.write_str("cookies is not a list of usable strings"),
            Self::Body => f.write_str("body is not a string"),
            Self::Base64 => f.write_str("isBase64Encoded is not a boolean, or body is not base64"),
        }
    }
}

impl std::error::Error for BadAnswer {}

impl Answer {
    /// Reads the answer of a function with payload format 2.0: anything that is not an object with a `statusCode` is a body.
    pub fn read_v2(payload: &[u8]) -> Result<Self, BadAnswer> {
        match serde_json::from_slice(payload) {
            Ok(Value::Object(mut answer)) if answer.contains_key("statusCode") => {
                let headers = single_headers(answer.remove("headers"))?;
                let cookies = cookies(answer.remove("cookies"))?;
                Self::finish(answer, headers, cookies)
            }
            Ok(Value::String(text)) => Ok(Self::bare(text.into_bytes())),
            _ => Ok(Self::bare(payload.to_vec())),
        }
    }

    /// Reads the answer of a function with payload format 1.0: an object with a `statusCode`, or nothing.
    pub fn read_v1(payload: &[u8]) -> Result<Self, BadAnswer> {
        let Ok(Value::Object(mut answer)) = serde_json::from_slice(payload) else {
            return Err(BadAnswer::NotAnObject);
        };
        let single = single_headers(answer.remove("headers"))?;
        let multi = multi_headers(answer.remove("multiValueHeaders"))?;
        Self::finish(answer, merge(single, multi), Vec::new())
    }

    /// All header lines in wire order: cookies first.
    pub fn header_lines(&self) -> impl Iterator<Item = (&str, &str)> {
        let cookies = self.cookies.iter().map(|cookie| ("set-cookie", cookie.as_str()));
        cookies.chain(self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    }

    fn bare(body: Vec<u8>) -> Self {
        Self { status: 200, headers: vec![("content-type".into(), JSON.into())], cookies: Vec::new(), body }
    }

    fn finish(
        mut answer: Map<String, Value>,
        mut headers: Vec<(String, String)>,
        cookies: Vec<String>,
    ) -> Result<Self, BadAnswer> {
        let status = status(answer.get("statusCode"))?;
        let mut body = body(answer.remove("body"), answer.get("isBase64Encoded"))?;
        if matches!(status, 204 | 304) {
            body.clear();
        } else if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            headers.push(("content-type".into(), PLAIN.into()));
        }
        Ok(Self { status, headers, cookies, body })
    }
}

/// An integer, or its digits in a string. `200.0` is a float, and refused.
fn status(value: Option<&Value>) -> Result<u16, BadAnswer> {
    let status = match value {
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(digits)) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok(),
        _ => None,
    };
    let status = status.filter(|status| (100..=599).contains(status)).ok_or(BadAnswer::Status)?;
    u16::try_from(status).map_err(|_| BadAnswer::Status)
}

fn body(value: Option<Value>, is_base64: Option<&Value>) -> Result<Vec<u8>, BadAnswer> {
    let text = match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text,
        Some(_) => return Err(BadAnswer::Body),
    };
    match is_base64 {
        None | Some(Value::Null | Value::Bool(false)) => Ok(text.into_bytes()),
        Some(Value::Bool(true)) => decode_base64(&text).map_err(|_| BadAnswer::Base64),
        Some(_) => Err(BadAnswer::Base64),
    }
}

fn cookies(value: Option<Value>) -> Result<Vec<String>, BadAnswer> {
    let items = match value {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(items)) => items,
        Some(_) => return Err(BadAnswer::Cookies),
    };
    items
        .into_iter()
        .map(|item| match item {
            Value::String(cookie) if is_value(&cookie) => Ok(cookie),
            _ => Err(BadAnswer::Cookies),
        })
        .collect()
}

/// `headers`: a null value is left out, numbers and booleans are printed.
fn single_headers(value: Option<Value>) -> Result<Vec<(String, String)>, BadAnswer> {
    let mut lines = Vec::new();
    for (name, value) in object(value, "headers")? {
        if !value.is_null() {
            lines.push(header(name, value)?);
        }
    }
    Ok(lines)
}

/// `multiValueHeaders`: a list of values per name.
fn multi_headers(value: Option<Value>) -> Result<Vec<(String, String)>, BadAnswer> {
    let mut lines = Vec::new();
    for (name, values) in object(value, "multiValueHeaders")? {
        match values {
            Value::Null => {}
            Value::Array(values) => {
                for value in values {
                    lines.push(header(name.clone(), value)?);
                }
            }
            _ => return Err(BadAnswer::Header(name)),
        }
    }
    Ok(lines)
}

/// A single value stands before the multi values of its name, unless it is one of them: functions built with common adapters
/// send every header in both maps.
fn merge(single: Vec<(String, String)>, mut multi: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut lines = Vec::with_capacity(single.len() + multi.len());
    for (name, value) in single {
        let (same_name, others): (Vec<_>, Vec<_>) =
            multi.into_iter().partition(|(other, _)| other.eq_ignore_ascii_case(&name));
        multi = others;
        if !same_name.iter().any(|(_, other)| *other == value) {
            lines.push((name, value));
        }
        lines.extend(same_name);
    }
    lines.extend(multi);
    lines
}

fn object(value: Option<Value>, name: &str) -> Result<Map<String, Value>, BadAnswer> {
    match value {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(map)) => Ok(map),
        Some(_) => Err(BadAnswer::Header(name.to_owned())),
    }
}

/// A function's words become header lines here, so a line break in them must not start a line of its own.
fn header(name: String, value: Value) -> Result<(String, String), BadAnswer> {
    let text = match value {
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        _ => return Err(BadAnswer::Header(name)),
    };
    if is_token(&name) && is_value(&text) { Ok((name, text)) } else { Err(BadAnswer::Header(name)) }
}

/// RFC 9110 field name.
fn is_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// RFC 9110 field value: no control characters but the tab.
fn is_value(value: &str) -> bool {
    value.bytes().all(|byte| byte == b'\t' || (byte >= b' ' && byte != 0x7f))
}

#[cfg(test)]
mod tests;
