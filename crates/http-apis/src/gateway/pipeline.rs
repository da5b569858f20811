//! The one pass of a request: head -> place -> route -> CORS preflight -> authorizer -> integration -> CORS -> answer.
//! The order is `run`, on one screen; each step either adds a fact or refuses.

use std::sync::Arc;

use http::{HeaderName, HeaderValue, Method, Response, StatusCode, header, request::Parts};
use percent_encoding::percent_decode_str;

use super::{
    AnswerBody, Call, Own, Refusal, RequestBody, RequestContext, Text, Worker,
    call::authority,
    entropy::RequestId,
    host_name,
    hosts::{self, Nowhere},
    shown,
};
use crate::{
    authorizer, integration,
    ports::Refused,
    snapshot::{ServedStage, Snapshot},
};

/// Request line and header values together.
const MAX_HEAD: usize = 10_240;
/// A request's body.
pub(crate) const MAX_BODY: u64 = 10 * 1024 * 1024;

const REQUEST_ID: HeaderName = HeaderName::from_static("apigw-requestid");

type Refuse<T> = Result<T, Refusal>;

/// What is needed to finish an answer after the request itself has been passed on or dropped.
struct Trace {
    id: RequestId,
    context: RequestContext,
    method: Method,
    uri: http::Uri,
    origin: Option<HeaderValue>,
    stage: Option<Arc<ServedStage>>,
    route: Option<usize>,
}

/// Serves a request; every refusal becomes its answer here and is recorded.
pub(super) async fn serve(
    worker: &Worker,
    head: Parts,
    body: RequestBody,
    context: RequestContext,
) -> Response<AnswerBody> {
    let mut trace = Trace {
        id: worker.entropy().request_id(),
        context,
        method: head.method.clone(),
        uri: head.uri.clone(),
        origin: head.headers.get(header::ORIGIN).cloned(),
        stage: None,
        route: None,
    };
    let mut response = match run(worker, head, body, &mut trace).await {
        Ok(response) => response,
        Err(refusal) => refuse(worker, refusal, &trace),
    };
    if let Some(id) = trace.id.header() {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// The steps, in order.
async fn run(worker: &Worker, head: Parts, body: RequestBody, trace: &mut Trace) -> Refuse<Response<AnswerBody>> {
    check_head(&head)?;
    let mut call = place(worker, head, body, trace)?;
    find_route(&mut call, trace);
    if let Some(answer) = preflight(&call) {
        return Ok(answer);
    }
    let call = routed(call)?;
    check_length(&call)?;
    let permitted = authorizer::admit(worker, call).await.map_err(|(refusal, _)| refusal)?;
    let mut response = integration::call(worker, permitted).await?;
    if let Some(cors) = trace.stage.as_ref().and_then(|stage| stage.cors.as_ref()) {
        cors.decorate(trace.origin.as_ref(), response.headers_mut());
    }
    Ok(response)
}

/// Sizes, and what makes a request ambiguous. The parser has refused what is malformed.
fn check_head(head: &Parts) -> Refuse<()> {
    let line = head.method.as_str().len() + head.uri.path_and_query().map_or(1, |target| target.as_str().len()) + 10;
    let size = head.headers.values().fold(line, |sum, value| sum + value.len());
    if size > MAX_HEAD {
        let fix = "send fewer or shorter headers (a token of many groups or attributes is the usual cause)";
        let expected = format!("at most {MAX_HEAD} bytes of request line and header values");
        return Err(Refusal::new(Own::HeadersTooLarge, "request.head", expected, format!("{size} bytes"), fix));
    }
    if head.headers.get_all(header::HOST).iter().nth(1).is_some() {
        return Err(bad_host());
    }
    Ok(())
}

fn bad_host() -> Refusal {
    let fix = "send one Host header with a host name or address, and a port where it is not the scheme's own";
    Refusal::new(Own::BadRequest, "request.host", "one Host header: host[:port]", "none, several, or another form", fix)
}

/// The path decoded once, the API and the stage.
fn place(worker: &Worker, head: Parts, body: RequestBody, trace: &mut Trace) -> Refuse<Call> {
    let decoded = decode(head.uri.path())?;
    let snapshot: arc_swap::Guard<Arc<Snapshot>> = worker.shared().snapshot.load();
    let path = decoded.as_deref().unwrap_or_else(|| head.uri.path());
    let host = host_name(authority(&head)).ok_or_else(bad_host)?;
    let place = hosts::resolve(&snapshot, &worker.shared().options, &host, path, head.uri.path()).map_err(nowhere)?;
    trace.stage = Some(Arc::clone(&place.stage));
    Ok(Call { context: trace.context, id: trace.id, head, body, place, decoded, route: None, values: Vec::new() })
}

fn decode(raw: &str) -> Refuse<Option<String>> {
    if !raw.starts_with('/') {
        let fix = "send a path that starts with a slash";
        return Err(Refusal::new(Own::BadRequest, "request.path", "a path", shown(raw), fix));
    }
    if !raw.contains('%') {
        return Ok(None);
    }
    let decoded = percent_decode_str(raw).decode_utf8().map_err(|_| {
        Refusal::new(Own::BadRequest, "request.path", "a path of UTF-8", shown(raw), "percent-encode the UTF-8 bytes")
    })?;
    Ok(Some(decoded.into_owned()))
}

fn nowhere(nowhere: Nowhere) -> Refusal {
    Refusal::new(Own::NotFound, nowhere.rule, nowhere.expected, nowhere.got, nowhere.fix)
}

fn find_route(call: &mut Call, trace: &mut Trace) {
    let found = call.stage().router.find(call.method().as_str(), call.routed_path());
    let Some(found) = found else { return };
    let (route, values) = (found.route, found.values.iter().map(|value| (*value).to_owned()).collect());
    (call.route, call.values) = (Some(route), values);
    trace.route = Some(route);
}

/// The automatic answer to a preflight, for paths where no route takes OPTIONS. A route that does goes first, with its
/// authorizer and all.
fn preflight(call: &Call) -> Option<Response<AnswerBody>> {
    let cors = call.stage().cors.as_ref().filter(|_| call.route.is_none() && call.method() == Method::OPTIONS)?;
    let origin = call.headers().get(header::ORIGIN)?;
    let method = call.headers().get(header::ACCESS_CONTROL_REQUEST_METHOD)?;
    let mut response = Response::new(AnswerBody::Empty);
    *response.status_mut() = StatusCode::NO_CONTENT;
    *response.headers_mut() = cors.preflight(origin, method, call.headers());
    Some(response)
}

fn routed(call: Call) -> Refuse<Call> {
    if call.route.is_some() {
        return Ok(call);
    }
    let got = format!("{} {}", call.method(), shown(call.routed_path()));
    let expected =
        format!("a route of stage {} (no route: no 405, no automatic HEAD, slashes count)", call.stage().name);
    let fix = "create the route, or deploy the stage if the route is new and autoDeploy is off";
    Err(Refusal::new(Own::NotFound, "route", expected, got, fix))
}

/// A body that says it is too long is refused before it is read.
fn check_length(call: &Call) -> Refuse<()> {
    let said = call.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    match said.filter(|said| *said > MAX_BODY) {
        Some(said) => Err(too_large(format!("{said} bytes"))),
        None => Ok(()),
    }
}

/// The refusal of a body beyond the limit.
pub(crate) fn too_large(got: impl Into<Text>) -> Refusal {
    let fix = "upload large files by a presigned URL, not through the API";
    Refusal::new(Own::TooLarge, "request.body", format!("at most {MAX_BODY} bytes"), got, fix)
}

/// The client's answer to a refusal, with CORS headers when the page may read them; and its record.
fn refuse(worker: &Worker, refusal: Refusal, trace: &Trace) -> Response<AnswerBody> {
    let mut response = refusal.response();
    record(worker, refusal, trace);
    if worker.shared().options.cors_on_refusals
        && let Some(cors) = trace.stage.as_ref().and_then(|stage| stage.cors.as_ref())
    {
        cors.decorate(trace.origin.as_ref(), response.headers_mut());
    }
    response
}

fn record(worker: &Worker, refusal: Refusal, trace: &Trace) {
    let recorder = &worker.shared().ports.recorder;
    if !recorder.wants(trace.context.client, trace.context.now) {
        return;
    }
    let stage = trace.stage.as_deref();
    let route = stage.and_then(|stage| stage.routes.get(trace.route?));
    let details = refusal.into_details();
    recorder.refused(Refused {
        request_id: trace.id.as_str().to_owned(),
        at: trace.context.now,
        client: trace.context.client,
        method: trace.method.clone(),
        path: shown(trace.uri.path()),
        api_id: stage.map(|stage| Arc::clone(&stage.api_id)),
        stage: stage.map(|stage| Arc::clone(&stage.name)),
        route: route.map(|route| Arc::clone(&route.key)),
        status: details.own.status().as_u16(),
        rule: details.rule,
        expected: details.expected,
        got: details.got,
        fix: details.fix,
    });
}
