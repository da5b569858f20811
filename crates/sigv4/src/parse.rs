//! Reads the signature out of a request: Authorization header or presigned query parameters.
use crate::canonical::{ALGORITHM, decode_query, sha256};
use crate::error::SigV4Error;
use crate::request::RequestParts;
use crate::time::{parse_basic, parse_date};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, DATE};

const TERMINATOR: &str = "aws4_request";

/// What a key's signature is good for: `key/20150830/us-east-1/service/aws4_request`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialScope {
    /// Public half of the key pair.
    pub access_key_id: String,
    /// UTC day, `YYYYMMDD`.
    pub date: String,
    /// AWS region.
    pub region: String,
    /// Signing name of the service, e.g. `cognito-idp`, `apigateway`, `execute-api`, `s3`.
    pub service: String,
    /// `aws4_request` in every usable scope.
    pub terminator: String,
}

impl CredentialScope {
    /// The scope a request claims, unverified: for choosing a region before (or without) verification.
    pub fn peek(request: &RequestParts<'_>) -> Option<Self> {
        let credential = match request.single(AUTHORIZATION.as_str()) {
            Some(header) => field(header, "Credential")?.to_owned(),
            None => query_value(request.query, "X-Amz-Credential")?,
        };
        Self::parse(&credential)
    }

    /// The key id may itself hold slashes; the four last parts are fixed.
    pub(crate) fn parse(credential: &str) -> Option<Self> {
        let mut parts = credential.rsplitn(5, '/').map(str::to_owned);
        let (terminator, service, region, date) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let access_key_id = parts.next().filter(|id| !id.is_empty())?;
        Some(Self { access_key_id, date, region, service, terminator })
    }

    pub(crate) fn new(access_key_id: &str, time: &str, region: &str, service: &str) -> Self {
        Self {
            access_key_id: access_key_id.to_owned(),
            date: time.chars().take(8).collect(),
            region: region.to_owned(),
            service: service.to_owned(),
            terminator: TERMINATOR.to_owned(),
        }
    }

    pub(crate) fn without_key(&self) -> String {
        format!("{}/{}/{}/{}", self.date, self.region, self.service, self.terminator)
    }

    pub(crate) fn with_key(&self) -> String {
        format!("{}/{}", self.access_key_id, self.without_key())
    }

    /// AWS's sentence about the terminator, if it is wrong.
    pub(crate) fn terminator_fault(&self) -> Option<String> {
        (self.terminator != TERMINATOR).then(|| {
            format!("Credential should be scoped with a valid terminator: '{TERMINATOR}', not '{}'.", self.terminator)
        })
    }
}

/// A signature as it came, nothing verified.
#[derive(Debug)]
pub(crate) struct Claimed {
    pub(crate) scope: CredentialScope,
    /// Lower-case, sorted, no doubles.
    pub(crate) signed_headers: Vec<String>,
    pub(crate) signature: String,
    /// Basic ISO-8601, as it goes into the string to sign.
    pub(crate) time: String,
    pub(crate) time_ms: i64,
    /// Seconds of life; `None` in the header form.
    pub(crate) expires_s: Option<i64>,
    pub(crate) session_token: Option<String>,
}

/// Reads the one signature of a request.
pub(crate) fn claimed(request: &RequestParts<'_>) -> Result<Claimed, SigV4Error> {
    let has_header = request.headers.contains_key(AUTHORIZATION);
    let has_query = request.query.split('&').any(|pair| pair.starts_with("X-Amz-Algorithm="));
    match (has_header, has_query) {
        (false, false) => Err(SigV4Error::MissingAuthenticationToken),
        (true, true) => Err(incomplete("Only one auth mechanism allowed.")),
        (true, false) => from_header(request),
        (false, true) => from_query(request),
    }
}

fn incomplete(text: impl Into<String>) -> SigV4Error {
    SigV4Error::IncompleteSignature(text.into())
}

fn from_header(request: &RequestParts<'_>) -> Result<Claimed, SigV4Error> {
    let header = request
        .single(AUTHORIZATION.as_str())
        .ok_or_else(|| incomplete("Authorization header must be one line of text."))?;
    if header.starts_with("AWS4-ECDSA-P256-SHA256") {
        return Err(SigV4Error::Unsupported("SigV4A (AWS4-ECDSA-P256-SHA256)"));
    }
    let time = header_time(request);
    let parts = ["Credential", "Signature", "SignedHeaders"].map(|name| field(header, name));
    let ([Some(credential), Some(signature), Some(signed_headers)], Some((time, time_ms)), true) =
        (parts, time.clone(), header.starts_with(ALGORITHM))
    else {
        return Err(incomplete(missing_parts(header, parts, time.is_some())));
    };
    Ok(Claimed {
        scope: scope(credential)?,
        signed_headers: signed_header_names(signed_headers)?,
        signature: signature.to_owned(),
        time,
        time_ms,
        expires_s: None,
        session_token: request.single("x-amz-security-token").map(str::to_owned),
    })
}

/// `X-Amz-Date`, else `Date`.
fn header_time(request: &RequestParts<'_>) -> Option<(String, i64)> {
    let ms = match request.single("x-amz-date") {
        Some(text) => parse_basic(text.trim())?,
        None => parse_date(request.single(DATE.as_str())?.trim())?,
    };
    Some((crate::time::basic(ms), ms))
}

/// The value of `Name=` in an Authorization header.
fn field<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    let (_, fields) = header.split_once(' ')?;
    let mut found = fields.split(',').filter_map(|field| field.trim().strip_prefix(name)?.strip_prefix('='));
    let value = found.next().filter(|value| !value.is_empty())?;
    found.next().is_none().then_some(value)
}

/// AWS lists all that is missing, and shows a hash of what came rather than the header itself.
fn missing_parts(header: &str, parts: [Option<&str>; 3], has_date: bool) -> String {
    let mut text = String::new();
    for (name, part) in ["Credential", "Signature", "SignedHeaders"].iter().zip(parts) {
        if part.is_none() {
            text.push_str("Authorization header requires '");
            text.push_str(name);
            text.push_str("' parameter. ");
        }
    }
    if !has_date {
        text.push_str("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ");
    }
    if text.is_empty() {
        text.push_str("Authorization header requires 'AWS4-HMAC-SHA256' as its algorithm. ");
    }
    let hashed = STANDARD.encode(sha256(header.as_bytes()));
    format!("{text}(Hashed with SHA-256 and encoded with Base64) Authorization={hashed}")
}

fn from_query(request: &RequestParts<'_>) -> Result<Claimed, SigV4Error> {
    let part = |name: &str| {
        query_value(request.query, name).filter(|value| !value.is_empty()).ok_or_else(|| {
            incomplete(format!("AWS query-string parameters must include '{name}' exactly once. Re-examine the query-string parameters."))
        })
    };
    if part("X-Amz-Algorithm")? != ALGORITHM {
        return Err(SigV4Error::Unsupported("An algorithm other than AWS4-HMAC-SHA256"));
    }
    let time = part("X-Amz-Date")?;
    let time_ms = parse_basic(&time)
        .ok_or_else(|| incomplete("Date must be in ISO-8601 'basic format', such as 20150830T123600Z."))?;
    Ok(Claimed {
        scope: scope(&part("X-Amz-Credential")?)?,
        signed_headers: signed_header_names(&part("X-Amz-SignedHeaders")?)?,
        signature: part("X-Amz-Signature")?,
        time,
        time_ms,
        expires_s: Some(expires(&part("X-Amz-Expires")?)?),
        session_token: query_value(request.query, "X-Amz-Security-Token"),
    })
}

fn expires(text: &str) -> Result<i64, SigV4Error> {
    let digits = !text.is_empty() && text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds: i64 = if digits { text.parse().unwrap_or(0) } else { 0 };
    if (1..=i64::from(crate::MAX_EXPIRES_SECONDS)).contains(&seconds) {
        return Ok(seconds);
    }
    Err(incomplete(format!("X-Amz-Expires must be a number of seconds between 1 and {}.", crate::MAX_EXPIRES_SECONDS)))
}

fn scope(credential: &str) -> Result<CredentialScope, SigV4Error> {
    CredentialScope::parse(credential).ok_or_else(|| {
        incomplete("Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.")
    })
}

/// Canonical order is demanded by AWS's definition; a name twice would make one header cover for another.
fn signed_header_names(list: &str) -> Result<Vec<String>, SigV4Error> {
    let names: Vec<String> = list.split(';').map(str::to_ascii_lowercase).collect();
    let sorted = names.windows(2).all(|pair| pair[0] < pair[1]);
    if sorted && names.iter().all(|name| !name.is_empty()) {
        return Ok(names);
    }
    Err(incomplete("SignedHeaders must be a sorted, semicolon-separated list of header names."))
}

/// A query parameter that stands exactly once, decoded; names are compared as AWS spells them.
pub(crate) fn query_value(query: &str, name: &str) -> Option<String> {
    let mut found = query.split('&').filter_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        (decode_query(key) == name.as_bytes()).then_some(value)
    });
    let value = found.next()?;
    if found.next().is_some() {
        return None;
    }
    String::from_utf8(decode_query(value)).ok()
}
