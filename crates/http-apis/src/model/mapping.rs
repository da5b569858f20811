//! Parameter mapping: the grammar of `requestParameters` and `responseParameters`. Bodies as a source are refused at
//! create until they can be served; nothing is stored and then ignored.

use std::collections::BTreeMap;

use crate::errors::ApiError;

/// What a mapping changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A header, name in lower case.
    Header(String),
    /// A query parameter.
    Query(String),
    /// The whole path at the backend.
    Path,
    /// The status.
    Status,
}

/// How it changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Adds a value.
    Append,
    /// Replaces all values.
    Overwrite,
    /// Takes it away.
    Remove,
}

/// A part of a mapping's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// As it stands.
    Text(String),
    /// `$request.header.NAME`, lower case.
    Header(String),
    /// `$request.querystring.NAME`.
    Query(String),
    /// `$request.path`, without the stage.
    Path,
    /// `$request.path.NAME`.
    PathVariable(String),
    /// `$response.header.NAME`, lower case.
    ResponseHeader(String),
    /// `$context.NAME`.
    Context(String),
    /// `$stageVariables.NAME`.
    StageVariable(String),
}

/// One parsed mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// What changes.
    pub target: Target,
    /// How.
    pub verb: Verb,
    /// The value's parts, in order; empty for `remove`.
    pub value: Vec<Piece>,
}

/// Headers that mappings may neither write nor remove.
const RESERVED: [&str; 19] = [
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-location",
    "forwarded",
    "keep-alive",
    "origin",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailers",
    "transfer-encoding",
    "upgrade",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "via",
    "host",
];
const RESERVED_PREFIXES: [&str; 4] = ["access-control-", "apigw-", "x-amz-", "x-amzn-"];

/// `$context` names the data plane can fill.
const CONTEXT: [&str; 16] = [
    "accountId",
    "apiId",
    "domainName",
    "domainPrefix",
    "extendedRequestId",
    "httpMethod",
    "identity.sourceIp",
    "identity.userAgent",
    "path",
    "protocol",
    "requestId",
    "requestTime",
    "requestTimeEpoch",
    "routeKey",
    "stage",
    "authorizer.principalId",
];

/// Parses `requestParameters`.
pub fn requests(parameters: &BTreeMap<String, String>) -> Result<Vec<Mapping>, ApiError> {
    parameters.iter().map(|(key, value)| parse(key, value, Side::Request)).collect()
}

/// Parses `responseParameters`: status to mappings.
pub fn responses(
    parameters: &BTreeMap<String, BTreeMap<String, String>>,
) -> Result<BTreeMap<u16, Vec<Mapping>>, ApiError> {
    let mut all = BTreeMap::new();
    for (status, entries) in parameters {
        let number = status.parse().ok().filter(|number| (200..600).contains(number));
        let number: u16 = number.ok_or_else(|| ApiError::BadMapping(status.clone()))?;
        let parsed: Result<Vec<_>, _> = entries.iter().map(|(key, value)| parse(key, value, Side::Response)).collect();
        all.insert(number, parsed?);
    }
    Ok(all)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Request,
    Response,
}

fn parse(key: &str, value: &str, side: Side) -> Result<Mapping, ApiError> {
    let bad = || ApiError::BadMapping(key.to_owned());
    let (verb, place) = key.split_once(':').ok_or_else(bad)?;
    let verb = match verb {
        "append" => Verb::Append,
        "overwrite" => Verb::Overwrite,
        "remove" => Verb::Remove,
        _ => return Err(bad()),
    };
    let target = target(place, verb, side).ok_or_else(bad)?;
    let value = if verb == Verb::Remove { Vec::new() } else { pieces(value, side)? };
    Ok(Mapping { target, verb, value })
}

fn target(place: &str, verb: Verb, side: Side) -> Option<Target> {
    if let Some(name) = place.strip_prefix("header.") {
        return writable(name).map(Target::Header);
    }
    match (place, side) {
        ("path", Side::Request) if verb == Verb::Overwrite => Some(Target::Path),
        ("statuscode", Side::Response) if verb == Verb::Overwrite => Some(Target::Status),
        (_, Side::Request) => {
            let name = place.strip_prefix("querystring.").filter(|name| !name.is_empty())?;
            Some(Target::Query(name.to_owned()))
        }
        _ => None,
    }
}

/// The lower-case name of a header that mappings may touch.
fn writable(name: &str) -> Option<String> {
    let name = http::HeaderName::from_bytes(name.as_bytes()).ok()?.as_str().to_owned();
    let reserved = RESERVED.contains(&name.as_str()) || RESERVED_PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    (!reserved).then_some(name)
}

/// `$x.y` alone, or text with `${x.y}` in it.
fn pieces(value: &str, side: Side) -> Result<Vec<Piece>, ApiError> {
    if let Some(expression) = value.strip_prefix('$').filter(|rest| !rest.starts_with('{')) {
        return Ok(vec![piece(expression, side)?]);
    }
    let mut found = Vec::new();
    let mut rest = value;
    while let Some(start) = rest.find("${") {
        let end = rest[start..].find('}').ok_or_else(|| ApiError::BadMapping(value.to_owned()))? + start;
        if start > 0 {
            found.push(Piece::Text(rest[..start].to_owned()));
        }
        found.push(piece(&rest[start + 2..end], side)?);
        rest = &rest[end + 1..];
    }
    if !rest.is_empty() {
        found.push(Piece::Text(rest.to_owned()));
    }
    Ok(found)
}

fn piece(expression: &str, side: Side) -> Result<Piece, ApiError> {
    let bad = || ApiError::BadMapping(format!("${expression}"));
    let expression = expression.trim();
    let side_prefix = if side == Side::Request { "request." } else { "response." };
    if let Some(name) = expression.strip_prefix("context.") {
        let known = CONTEXT.contains(&name) || name.starts_with("authorizer.claims.");
        return if known { Ok(Piece::Context(name.to_owned())) } else { Err(bad()) };
    }
    if let Some(name) = expression.strip_prefix("stageVariables.") {
        return Ok(Piece::StageVariable(name.to_owned()));
    }
    let source = expression.strip_prefix(side_prefix).ok_or_else(bad)?;
    if source == "body" || source.starts_with("body.") {
        return Err(ApiError::MappingUnsupported(format!("${expression}")));
    }
    let named = |prefix| source.strip_prefix(prefix).filter(|name: &&str| !name.is_empty());
    match side {
        Side::Request if source == "path" => Ok(Piece::Path),
        Side::Request => named("header.")
            .map(|name| Piece::Header(name.to_ascii_lowercase()))
            .or_else(|| named("querystring.").map(|name| Piece::Query(name.to_owned())))
            .or_else(|| named("path.").map(|name| Piece::PathVariable(name.to_owned())))
            .ok_or_else(bad),
        Side::Response => named("header.").map(|name| Piece::ResponseHeader(name.to_ascii_lowercase())).ok_or_else(bad),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(key: &str, value: &str) -> Result<Mapping, ApiError> {
        parse(key, value, Side::Request)
    }

    #[test]
    fn values_are_sources_or_texts_with_sources_in_braces() {
        let sub = request("overwrite:header.x-sub", "$context.authorizer.claims.sub").unwrap();
        assert_eq!(sub.value, [Piece::Context("authorizer.claims.sub".into())]);
        let path = request("overwrite:path", "/v2${request.path}").unwrap();
        assert_eq!(path.value, [Piece::Text("/v2".into()), Piece::Path]);
        let two = request("append:querystring.q", "${request.path.name} ${request.path.id}").unwrap();
        assert_eq!(two.value.len(), 3);
        assert_eq!(request("remove:header.x", "''").unwrap().value, []);
    }

    #[test]
    fn reserved_headers_and_unknown_sources_are_refused() {
        for key in [
            "overwrite:header.Authorization",
            "append:header.x-amzn-trace-id",
            "remove:header.apigw-requestid",
            "overwrite:header.",
            "set:header.a",
            "append:path",
            "overwrite:statuscode",
        ] {
            assert!(matches!(request(key, "x"), Err(ApiError::BadMapping(_))), "{key}");
        }
        for value in ["$context.nonsense", "$response.header.a", "${request.header.a", "$request.header."] {
            assert!(matches!(request("overwrite:header.a", value), Err(ApiError::BadMapping(_))), "{value}");
        }
        assert!(matches!(request("overwrite:header.a", "$request.body.x"), Err(ApiError::MappingUnsupported(_))));
    }
}
