//! The REST-JSON protocol: operation from method and path, input from path, query and body, answers and errors back.
//! Order at the door: [`route`], the signature, then [`input`]. The path is split before it is percent-decoded, so
//! that `GET%20%2Fmetadata` is one segment.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderMap, Method, Response, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::check::{self, Refusal, Strictness};
use crate::error::{ErrorForm, ServiceError, respond};
use crate::input::Input;
use crate::json;
use crate::percent;
use crate::schema::{Location, Member, Operation, Service, Shape, StructureShape};

/// The content type of answers.
pub const CONTENT_TYPE: &str = "application/json";

/// The most a request may bring, in bytes (an imported OpenAPI document is the largest).
pub const MAX_BODY: usize = 4 * 1024 * 1024;

/// A request whose operation is known: the path variables, still to be checked.
#[derive(Debug, Clone)]
pub struct Routed {
    /// Which operation.
    pub operation: &'static Operation,
    variables: Vec<(&'static str, String)>,
}

impl Routed {
    /// A path variable by its name in the template.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}

/// Finds the operation for a method, a raw path and a raw query (a few templates ask for a parameter of it). Where a
/// template's literal and a variable both fit, the literal wins. `GET /v2/apis/` with an empty id is the list operation, as on AWS.
pub fn route(
    service: &Service,
    method: &Method,
    raw_path: &str,
    raw_query: Option<&str>,
) -> Result<Routed, ServiceError> {
    let path = raw_path.strip_prefix('/').unwrap_or(raw_path);
    let segments: Vec<&str> = path.strip_suffix('/').unwrap_or(path).split('/').collect();
    let mut best: Option<(usize, Routed)> = None;
    for operation in service.operations.iter().filter(|operation| operation.method == method.as_str()) {
        let (template, parameter) = operation.uri.split_once('?').unwrap_or((operation.uri, ""));
        if !parameter.is_empty() && !raw_query.unwrap_or_default().split('&').any(|pair| pair == parameter) {
            continue;
        }
        let Some((literals, variables)) = fits(template, &segments)? else { continue };
        let literals = literals + usize::from(!parameter.is_empty());
        if best.as_ref().is_none_or(|(most, _)| literals > *most) {
            best = Some((literals, Routed { operation, variables }));
        }
    }
    best.map(|(_, routed)| routed).ok_or_else(|| {
        ServiceError::new("UnknownOperationException", "The requested operation does not exist")
            .status(StatusCode::NOT_FOUND)
            .because(format!("{method} {raw_path} is no operation of {}", service.signing_name))
    })
}

type Fit = (usize, Vec<(&'static str, String)>);

/// How many literal segments fit, and the variables; `None` when the template does not fit.
fn fits(template: &'static str, segments: &[&str]) -> Result<Option<Fit>, ServiceError> {
    let pieces: Vec<&'static str> = template.trim_matches('/').split('/').collect();
    if pieces.len() != segments.len() {
        return Ok(None);
    }
    let (mut literals, mut variables) = (0, Vec::new());
    for (piece, segment) in pieces.iter().zip(segments) {
        if let Some(name) = piece.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            variables.push((name, *segment));
        } else if piece == segment {
            literals += 1;
        } else {
            return Ok(None);
        }
    }
    let decoded = variables.into_iter().map(|(name, raw)| Ok((name, decode(raw, "path")?)));
    Ok(Some((literals, decoded.collect::<Result<_, ServiceError>>()?)))
}

/// What a request brings beside its path.
#[derive(Clone, Copy)]
pub struct Brought<'a> {
    /// Without the question mark.
    pub query: Option<&'a str>,
    /// All headers.
    pub headers: &'a HeaderMap,
    /// The whole body.
    pub body: &'a [u8],
}

/// Gathers path, query and body into one input and checks it. An empty body counts as `{}`. In a PATCH an empty text
/// means "clear this" and passes every constraint.
pub fn input(routed: &Routed, raw_query: Option<&str>, body: &[u8]) -> Result<Input, ServiceError> {
    if body.len() > MAX_BODY {
        return Err(too_large());
    }
    gather(routed, Brought { query: raw_query, headers: &HeaderMap::new(), body })
}

/// The same with headers, for a body of any size. A member that is the whole body stays there: it is not JSON.
pub fn gather(routed: &Routed, brought: Brought<'_>) -> Result<Input, ServiceError> {
    let operation = routed.operation;
    let Some(shape) = operation.input else {
        return Err(bad_request(format!("{} is not supported by this server", operation.name)));
    };
    let mut members = body_members(shape, brought.body)?;
    let query = query_pairs(brought.query.unwrap_or_default())?;
    for member in shape.members {
        let value = match member.location {
            Location::Body => continue,
            Location::Uri => routed.variable(member.wire).map(|text| Value::String(text.to_owned())),
            Location::Query => query_value(member, &query)?,
            Location::Header => header_value(member, brought.headers)?,
            Location::Payload => None,
        };
        match value {
            Some(value) => members.insert(member.wire.to_owned(), value),
            None => members.remove(member.wire),
        };
    }
    let mut value = Value::Object(members);
    let strictness = if operation.method == "PATCH" { Strictness::EmptyTextClears } else { Strictness::Model };
    check::check(shape, &mut value, strictness).map_err(|refusal| match refusal {
        Refusal::WrongType(message) | Refusal::Violations(message) => bad_request(message),
    })?;
    Ok(Input::checked(value))
}

fn body_members(shape: &StructureShape, body: &[u8]) -> Result<Map<String, Value>, ServiceError> {
    if body.is_empty() || !shape.members.iter().any(|member| member.location == Location::Body) {
        return Ok(Map::new());
    }
    match json::parse(body) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(bad_request("The request body must be a JSON object")),
        Err(e) => Err(bad_request("The request body is not valid JSON").because(e)),
    }
}

fn query_pairs(raw: &str) -> Result<Vec<(String, String)>, ServiceError> {
    raw.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode(&key.replace('+', " "), "query")?, decode(&value.replace('+', " "), "query")?))
        })
        .collect()
}

/// A query member's value in the JSON type its shape wants; a text that is not of it stays text and fails the check.
fn query_value(member: &Member, query: &[(String, String)]) -> Result<Option<Value>, ServiceError> {
    let values: Vec<&str> =
        query.iter().filter(|(key, _)| key == member.wire).map(|(_, value)| value.as_str()).collect();
    match (member.shape, values.as_slice()) {
        (_, []) => Ok(None),
        (Shape::List(list), values) => Ok(Some(values.iter().map(|value| typed(list.member, value)).collect())),
        (shape, [value]) => Ok(Some(typed(shape, value))),
        _ => Err(bad_request(format!("The query parameter {} stands there twice", member.wire))),
    }
}

fn header_value(member: &Member, headers: &HeaderMap) -> Result<Option<Value>, ServiceError> {
    let Some(value) = headers.get(member.wire) else { return Ok(None) };
    let text = value.to_str().map_err(|_| bad_request(format!("The header {} is not plain text", member.wire)))?;
    Ok(Some(typed(member.shape, text)))
}

fn typed(shape: &Shape, text: &str) -> Value {
    let parsed = match shape {
        Shape::Boolean => text.parse::<bool>().ok().map(Value::from),
        Shape::Integer(_) | Shape::Long(_) => text.parse::<i64>().ok().map(Value::from),
        _ => None,
    };
    parsed.unwrap_or_else(|| Value::String(text.to_owned()))
}

fn decode<'a>(raw: &'a str, place: &str) -> Result<String, ServiceError> {
    let text: Option<Cow<'a, str>> = percent::decode(raw);
    text.map(Cow::into_owned).ok_or_else(|| bad_request(format!("Invalid percent-encoding in the {place}")))
}

fn bad_request(message: impl Into<Cow<'static, str>>) -> ServiceError {
    ServiceError::new("BadRequestException", message)
}

/// Told when a body is larger than [`MAX_BODY`].
pub fn too_large() -> ServiceError {
    ServiceError::new("RequestEntityTooLargeException", "Request size exceeded the limit")
        .status(StatusCode::PAYLOAD_TOO_LARGE)
}

/// A success with the operation's status. `None` answers no body (deletes).
pub fn answer(operation: &Operation, output: Option<&impl Serialize>, request_id: &str) -> Response<Bytes> {
    let status = StatusCode::from_u16(operation.status).unwrap_or(StatusCode::OK);
    let body = output.map_or(Ok(Vec::new()), serde_json::to_vec);
    match body {
        Ok(body) if body.is_empty() => {
            let mut response = respond(status, CONTENT_TYPE, Bytes::new(), request_id);
            response.headers_mut().remove(http::header::CONTENT_TYPE);
            response
        }
        Ok(body) => respond(status, CONTENT_TYPE, body.into(), request_id),
        Err(e) => error(
            &ServiceError::new("InternalServerErrorException", "Internal server error")
                .status(StatusCode::INTERNAL_SERVER_ERROR)
                .because(format!("an output did not serialise: {e}")),
            request_id,
        ),
    }
}

/// An error.
pub fn error(error: &ServiceError, request_id: &str) -> Response<Bytes> {
    ErrorForm::RestJson.response(error, request_id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apigatewayv2::{CreateRouteRequest, GetRoutesRequest, SERVICE, UntagResourceRequest};
    use serde_json::json;

    fn routed(method: &Method, path: &str) -> Routed {
        route(&SERVICE, method, path, None).unwrap()
    }

    fn refused(method: &Method, path: &str, query: Option<&str>, body: &str) -> ServiceError {
        input(&routed(method, path), query, body.as_bytes()).unwrap_err()
    }

    #[test]
    fn a_path_is_split_before_it_is_decoded() {
        let it = routed(&Method::DELETE, "/v2/apis/a1/stages/%24default/routesettings/GET%20%2Fmetadata");
        assert_eq!(it.operation.name, "DeleteRouteSettings");
        assert_eq!(it.variable("stageName"), Some("$default"));
        assert_eq!(it.variable("routeKey"), Some("GET /metadata"));
    }

    #[test]
    fn a_tag_arn_is_one_segment() {
        let arn = "arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fapis%2Fa1%2Fstages%2F%24default";
        let it = routed(&Method::DELETE, &format!("/v2/tags/{arn}"));
        let read: UntagResourceRequest = input(&it, Some("tagKeys=a&tagKeys=b%20c"), b"").unwrap().read().unwrap();
        assert_eq!(read.resource_arn, "arn:aws:apigateway:us-east-1::/apis/a1/stages/$default");
        assert_eq!(read.tag_keys, ["a", "b c"]);
    }

    #[test]
    fn an_empty_id_lists() {
        assert_eq!(routed(&Method::GET, "/v2/apis/").operation.name, "GetApis");
    }

    #[test]
    fn an_unknown_path_or_method_is_no_operation() {
        for (method, path) in
            [(Method::GET, "/v1/apis"), (Method::TRACE, "/v2/apis"), (Method::GET, "/"), (Method::GET, "")]
        {
            assert_eq!(route(&SERVICE, &method, path, None).unwrap_err().status, 404, "{path}");
        }
    }

    #[test]
    fn members_come_from_path_query_and_body() {
        let it = routed(&Method::POST, "/v2/apis/a1/routes");
        let read: CreateRouteRequest =
            input(&it, None, br#"{"routeKey":"GET /x","apiId":"another","unknown":1}"#).unwrap().read().unwrap();
        assert_eq!((read.api_id.as_str(), read.route_key.as_str()), ("a1", "GET /x"));
        let it = routed(&Method::GET, "/v2/apis/a1/routes");
        let read: GetRoutesRequest = input(&it, Some("maxResults=5&nextToken=a%2Bb"), b"").unwrap().read().unwrap();
        assert_eq!((read.max_results.as_deref(), read.next_token.as_deref()), (Some("5"), Some("a+b")));
    }

    #[test]
    fn a_broken_constraint_is_a_bad_request() {
        let error = refused(&Method::POST, "/v2/apis", None, r#"{"name":"","protocolType":"HTTP"}"#);
        assert_eq!((&*error.code, error.status.as_u16()), ("BadRequestException", 400));
        assert!(error.message.contains("at 'name' failed to satisfy constraint: Member must have length greater"));
        assert!(refused(&Method::POST, "/v2/apis", None, "{}").message.starts_with("2 validation errors"));
        assert!(refused(&Method::POST, "/v2/apis", None, "[]").message.contains("object"));
    }

    #[test]
    fn an_empty_text_in_a_patch_means_clear() {
        let it = routed(&Method::PATCH, "/v2/apis/a1");
        let read = input(&it, None, br#"{"version":"","description":""}"#).unwrap();
        assert_eq!(read.json(), &json!({"apiId": "a1", "version": "", "description": ""}));
        let it = routed(&Method::PATCH, "/v2/apis/a1/integrations/i1");
        assert!(input(&it, None, br#"{"requestParameters":{"append:header.x-a":""}}"#).is_ok());
        assert!(input(&it, None, br#"{"integrationType":""}"#).is_err());
    }

    #[test]
    fn answers_have_the_models_status_and_deletes_no_body() {
        let created = answer(routed(&Method::POST, "/v2/apis").operation, Some(&json!({"apiId": "a1"})), "id");
        assert_eq!((created.status().as_u16(), &created.body()[..]), (201, &br#"{"apiId":"a1"}"#[..]));
        let deleted = answer(routed(&Method::DELETE, "/v2/apis/a1").operation, None::<&Value>, "id");
        assert_eq!((deleted.status().as_u16(), deleted.body().len()), (204, 0));
        assert!(deleted.headers().get("content-type").is_none());
    }

    #[test]
    fn a_broken_escape_is_a_bad_request() {
        assert_eq!(route(&SERVICE, &Method::GET, "/v2/apis/%zz", None).unwrap_err().code, "BadRequestException");
        assert_eq!(refused(&Method::GET, "/v2/apis", Some("nextToken=%f"), "").code, "BadRequestException");
    }

    #[test]
    fn a_websocket_only_operation_is_told_as_unsupported() {
        let it = routed(&Method::GET, "/v2/apis/a1/routes/r1/routeresponses");
        assert_eq!(it.operation.name, "GetRouteResponses");
        assert!(input(&it, None, b"").unwrap_err().message.contains("not supported"));
    }

    #[test]
    fn members_of_lambda_come_from_headers_too_and_a_payload_is_not_read_as_json() {
        let lambda = &crate::lambda::SERVICE;
        let it = route(lambda, &Method::POST, "/2015-03-31/functions/f/invocations", None).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("x-amz-invocation-type", "DryRun".parse().unwrap());
        let read = gather(&it, Brought { query: Some("Qualifier=live"), headers: &headers, body: b"no json" }).unwrap();
        let wanted = json!({"FunctionName": "f", "X-Amz-Invocation-Type": "DryRun", "Qualifier": "live"});
        assert_eq!(read.json(), &wanted);
        headers.insert("x-amz-invocation-type", "Never".parse().unwrap());
        let refused = gather(&it, Brought { query: None, headers: &headers, body: b"" }).unwrap_err();
        assert!(refused.message.contains("at 'invocationType' failed"), "{}", refused.message);
    }

    #[test]
    fn a_template_with_a_parameter_fits_only_a_query_that_has_it() {
        let named = |query| route(&crate::lambda::SERVICE, &Method::GET, "/2018-10-31/layers", query).unwrap();
        assert_eq!(named(None).operation.name, "ListLayers");
        assert_eq!(named(Some("Arn=x&find=LayerVersion")).operation.name, "GetLayerVersionByArn");
    }

    #[test]
    fn no_two_operations_share_a_method_and_a_path() {
        let mut seen = std::collections::BTreeSet::new();
        for operation in SERVICE.operations {
            assert!(seen.insert((operation.method, operation.uri)), "{}", operation.name);
        }
    }
}
