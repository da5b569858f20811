//! An HTTP backend's address: the integration URI compiled into pieces, filled per request.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher, Hash, Hasher},
    sync::Arc,
    time::Duration,
};

use http::{HeaderValue, Method, uri::PathAndQuery};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use crate::model::{
    Integration, Segment, http_uri,
    mapping::{self, Mapping},
};

/// Everything that may not stand bare in a path segment.
const SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');
/// The same with `/` left alone.
const REST: &AsciiSet = &SEGMENT.remove(b'/');

/// A backend, ready to be called.
pub(crate) struct HttpTarget {
    /// Names the connection pool: scheme, host and port.
    pub(crate) origin: Arc<Origin>,
    /// None: the client's own.
    pub(crate) method: Option<Method>,
    pub(crate) timeout: Duration,
    /// Request mappings.
    pub(crate) requests: Vec<Mapping>,
    /// Response mappings by status.
    pub(crate) responses: BTreeMap<u16, Vec<Mapping>>,
    /// Path and query, where no request changes them.
    pub(crate) fixed: Option<PathAndQuery>,
    path: Vec<Part>,
    query: Option<Box<str>>,
    whole_path: bool,
}

/// Scheme, host and port of a backend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) tls: bool,
    /// Name or address, without brackets.
    pub(crate) host: Box<str>,
    pub(crate) port: u16,
    /// As the backend wants to see it.
    pub(crate) host_header: HeaderValue,
    /// Hash of the others, worked out once: pools are asked with it for every request.
    number: u64,
}

impl Hash for Origin {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.number);
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Part {
    Text(Box<str>),
    /// One segment's value.
    Value(usize),
    /// A greedy value.
    Rest(usize),
}

/// Why no path could be made.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PathError {
    /// `.` or `..` would let the caller of one route reach another route's part of the backend.
    DotSegment,
}

impl HttpTarget {
    /// Compiles an integration whose stage variables are already filled in.
    pub(crate) fn new(
        integration: &Integration,
        uri: &str,
        segments: &[Segment],
        whole_path: bool,
        timeout: Duration,
    ) -> Result<Self, String> {
        let (scheme, authority, rest) = http_uri(uri).ok_or_else(|| format!("{uri} is not an http or https URL"))?;
        let (path, query) = rest.split_once('?').map_or((rest, None), |(path, query)| (path, Some(query.into())));
        let method = match integration.integration_method.as_deref() {
            None | Some("ANY") => None,
            Some(method) => Some(method.parse().map_err(|_| format!("{method} is not a method"))?),
        };
        let mut target = Self {
            origin: Arc::new(
                Origin::new(scheme == "https", authority).ok_or_else(|| format!("{authority} is not a host"))?,
            ),
            method,
            timeout,
            requests: mapping::requests(&integration.request_parameters).map_err(|error| error.to_string())?,
            responses: mapping::responses(&integration.response_parameters).map_err(|error| error.to_string())?,
            path: parts(path, segments)?,
            query,
            whole_path,
            fixed: None,
        };
        if !whole_path && target.path.iter().all(|part| matches!(part, Part::Text(_))) {
            target.fixed = target.path_and_query(&[], None, "", None).ok().and_then(|made| made.try_into().ok());
        }
        Ok(target)
    }

    /// The request target at the backend. `values` are the route's, decoded; `path` is what the route matched, decoded,
    /// `raw_path` the same as sent where the stage can be told off it; `raw_query` as sent.
    pub(crate) fn path_and_query(
        &self,
        values: &[String],
        raw_path: Option<&str>,
        path: &str,
        raw_query: Option<&str>,
    ) -> Result<String, PathError> {
        let mut out = String::with_capacity(64 + path.len() + raw_query.map_or(0, str::len));
        self.write_path(values, raw_path, path, &mut out);
        if has_dot_segment(&out) {
            return Err(PathError::DotSegment);
        }
        self.write_query(raw_query, &mut out);
        Ok(out)
    }

    /// The target when a mapping gives the whole path.
    pub(crate) fn with_path(&self, path: &str, raw_query: Option<&str>) -> Result<String, PathError> {
        let mut out = String::new();
        if !path.starts_with('/') {
            out.push('/');
        }
        out.extend(utf8_percent_encode(path, REST));
        if has_dot_segment(&out) {
            return Err(PathError::DotSegment);
        }
        self.write_query(raw_query, &mut out);
        Ok(out)
    }

    fn write_path(&self, values: &[String], raw_path: Option<&str>, path: &str, out: &mut String) {
        for part in &self.path {
            let value = |index: &usize| values.get(*index).map_or("", String::as_str);
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Value(index) => out.extend(utf8_percent_encode(value(index), SEGMENT)),
                Part::Rest(index) => out.extend(utf8_percent_encode(value(index), REST)),
            }
        }
        if self.whole_path {
            out.truncate(out.trim_end_matches('/').len());
            match raw_path {
                Some(raw) => out.push_str(raw),
                None => out.extend(utf8_percent_encode(path, REST)),
            }
        }
        if out.is_empty() {
            out.push('/');
        }
    }

    fn write_query(&self, raw_query: Option<&str>, out: &mut String) {
        let queries = [self.query.as_deref(), raw_query];
        for (index, query) in queries.into_iter().flatten().enumerate() {
            out.push(if index == 0 { '?' } else { '&' });
            out.push_str(query);
        }
    }
}

impl Origin {
    /// Parses `host[:port]`.
    pub(crate) fn new(tls: bool, authority: &str) -> Option<Self> {
        let parsed: http::uri::Authority = authority.parse().ok()?;
        let host = parsed.host().trim_start_matches('[').trim_end_matches(']');
        let port = parsed.port_u16().unwrap_or(if tls { 443 } else { 80 });
        let header = HeaderValue::from_str(authority).ok()?;
        let number = BuildHasherDefault::<DefaultHasher>::default().hash_one((tls, authority));
        (!host.is_empty()).then(|| Self { tls, host: host.into(), port, host_header: header, number })
    }
}

fn parts(path: &str, segments: &[Segment]) -> Result<Vec<Part>, String> {
    let names: Vec<&str> = segments.iter().filter_map(Segment::name).collect();
    let mut found = Vec::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').ok_or_else(|| format!("{path} has an open brace"))?;
        let name = name.strip_suffix('+').unwrap_or(name);
        let index = names.iter().position(|known| *known == name);
        let index = index.ok_or_else(|| format!("the route has no variable {name}"))?;
        let greedy = segments.iter().any(|segment| matches!(segment, Segment::Greedy(known) if known == name));
        if !before.is_empty() {
            found.push(Part::Text(before.into()));
        }
        found.push(if greedy { Part::Rest(index) } else { Part::Value(index) });
        rest = after;
    }
    if !rest.is_empty() {
        found.push(Part::Text(rest.into()));
    }
    Ok(found)
}

/// `.` and `..` as segments, encoded or not: backends resolve them after us.
fn has_dot_segment(path: &str) -> bool {
    if !path.contains("/.") && !path.contains('%') {
        return false;
    }
    let plain: Cow<'_, str> = percent_decode_str(path).decode_utf8_lossy();
    plain.split(['/', '\\']).any(|segment| segment == "." || segment == "..")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{IntegrationType, RouteKey};

    fn target(uri: &str, key: &str) -> HttpTarget {
        let integration = Integration {
            api_gateway_managed: false,
            connection_type: "INTERNET".into(),
            credentials_arn: None,
            description: None,
            integration_id: "i".into(),
            integration_method: Some("ANY".into()),
            integration_subtype: None,
            integration_type: IntegrationType::HttpProxy,
            integration_uri: Some(uri.into()),
            payload_format_version: "1.0".into(),
            request_parameters: BTreeMap::new(),
            response_parameters: BTreeMap::new(),
            timeout_in_millis: 30_000,
        };
        let key = RouteKey::parse(key).unwrap();
        let segments = match &key {
            RouteKey::Default => Vec::new(),
            RouteKey::Path { path, .. } => path.segments.clone(),
        };
        HttpTarget::new(&integration, uri, &segments, key == RouteKey::Default, Duration::from_secs(1)).unwrap()
    }

    fn made(uri: &str, key: &str, values: &[&str], raw: &str, query: Option<&str>) -> Result<String, PathError> {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        target(uri, key).path_and_query(&values, Some(raw), raw, query)
    }

    #[test]
    fn variables_are_placed_and_encoded_and_the_query_stays_as_sent() {
        let greedy = made("http://b/base/{proxy}", "ANY /{proxy+}", &["a/b"], "/a/b", Some("x=1%2F2"));
        assert_eq!(greedy.as_deref(), Ok("/base/a/b?x=1%2F2"));
        let single = made("http://b/u/{id}?k=v", "GET /u/{id}", &["a/b c\u{e9}"], "/u/x", Some("q"));
        assert_eq!(single.as_deref(), Ok("/u/a%2Fb%20c%C3%A9?k=v&q"));
    }

    #[test]
    fn the_default_route_appends_the_whole_path_as_sent() {
        assert_eq!(made("http://b", "$default", &[], "/a%2Fb", None).as_deref(), Ok("/a%2Fb"));
        assert_eq!(made("http://b/base/", "$default", &[], "/a", None).as_deref(), Ok("/base/a"));
        assert_eq!(made("http://b", "GET /x", &[], "/x", None).as_deref(), Ok("/"));
    }

    #[test]
    fn dot_segments_never_reach_a_backend() {
        for value in ["..", ".", "a/../b", "../x"] {
            let refused = made("http://b/base/{proxy}", "ANY /{proxy+}", &[value], "/x", None);
            assert_eq!(refused, Err(PathError::DotSegment), "{value}");
        }
        for raw in ["/..", "/a/%2e%2E/b", "/%2e", "/..%2f..%2f", "/a/.."] {
            assert_eq!(made("http://b", "$default", &[], raw, None), Err(PathError::DotSegment), "{raw}");
        }
        assert!(made("http://b", "$default", &[], "/a/..b/.c", None).is_ok());
    }

    #[test]
    fn a_uri_variable_that_the_route_lacks_is_an_error() {
        let key = RouteKey::parse("GET /x").unwrap();
        assert!(matches!(key, RouteKey::Path { .. }));
        assert!(parts("/{id}", &[]).is_err());
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        let v6 = Origin::new(false, "[::1]:81").unwrap();
        assert_eq!((&*v6.host, v6.port), ("::1", 81));
        assert_eq!(Origin::new(true, "b.example").unwrap().port, 443);
    }
}
