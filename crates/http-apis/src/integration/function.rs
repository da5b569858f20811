//! AWS_PROXY: the request as an event to a function, its answer as a response.

use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use events::{Answer, BadAnswer};
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use http_body_util::BodyExt;

use super::{event_v1, event_v2, headers};
use crate::{
    authorizer::Bearer,
    gateway::{AnswerBody, BodyError, Call, MAX_BODY, Own, Refusal, Upload, Worker, shown, too_large},
    ports::{Calling, FunctionAnswer, InvokeError},
    snapshot::{FunctionTarget, Payload, ServedRoute},
};

/// Lambda's limit for an event and for an answer.
const MAX_PAYLOAD: usize = 6 * 1024 * 1024;

type Refuse<T> = Result<T, Refusal>;

/// Calls the function.
pub(super) async fn call(
    worker: &Worker,
    target: &FunctionTarget,
    route: &ServedRoute,
    mut call: Call,
    bearer: Option<&Bearer>,
) -> Refuse<Response<AnswerBody>> {
    let started = Instant::now();
    let upload = Upload::new(std::mem::take(&mut call.body), MAX_BODY);
    let body = collect(upload, worker.shared().options.body_patience).await?;
    let event = event(worker, target, route, &mut call, bearer, &body)?;
    let milliseconds = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    let deadline = call.context.now + milliseconds(started.elapsed() + target.timeout);
    let source_arn = source_arn(route, &call);
    let (scope, request_id, by_role) = (&call.stage().scope, call.id.as_str(), target.by_role);
    let by = Calling { scope, source_arn: &source_arn, by_role, request_id };
    let invoked = worker.shared().ports.functions.invoke(by, &target.arn, event, deadline);
    let answer = tokio::time::timeout(target.timeout, invoked).await.unwrap_or(Err(InvokeError::Timeout));
    response(target, &answer.map_err(|error| failed(target, &error))?)
}

/// What a function's policy knows the call by (`aws:SourceArn`).
fn source_arn(route: &ServedRoute, call: &Call) -> String {
    let stage = call.stage();
    let (region, account, api, name) = (&stage.scope.region, &stage.scope.account, &stage.api_id, &stage.name);
    let method = if &*route.resource == "$default" { "/" } else { &format!("/{}", call.method()) };
    format!("arn:aws:execute-api:{region}:{account}:{api}/{name}{method}{}", route.resource)
}

/// The whole body. A client that sends nothing for too long is given up.
async fn collect(mut upload: Upload, patience: Duration) -> Refuse<Bytes> {
    if http_body::Body::is_end_stream(&upload) {
        return Ok(Bytes::new());
    }
    let mut whole = BytesMut::new();
    loop {
        let Ok(frame) = tokio::time::timeout(patience, upload.frame()).await else {
            let fix = "send the body without long pauses";
            return Err(Refusal::new(
                Own::RequestTimeout,
                "request.body",
                "a body in time",
                "nothing for too long",
                fix,
            ));
        };
        match frame {
            None => return Ok(whole.freeze()),
            Some(Ok(frame)) => whole.extend_from_slice(frame.data_ref().map_or(&[], Bytes::as_ref)),
            Some(Err(BodyError::TooLarge)) => return Err(too_large("more")),
            Some(Err(error)) => {
                let fix = "send a whole body";
                return Err(Refusal::new(Own::BadRequest, "request.body", "a whole body", error.to_string(), fix));
            }
        }
    }
}

fn event(
    worker: &Worker,
    target: &FunctionTarget,
    route: &ServedRoute,
    call: &mut Call,
    bearer: Option<&Bearer>,
    body: &[u8],
) -> Refuse<Bytes> {
    for_function(worker, call, body.len());
    let made = match target.payload {
        Payload::V1 => serde_json::to_vec(&event_v1::event(route, call, bearer, body)),
        Payload::V2 => serde_json::to_vec(&event_v2::event(route, call, bearer, body)),
    };
    let event = made.map_err(|error| {
        Refusal::new(Own::Internal, "integration.event", "an event", error.to_string(), "report this")
    })?;
    if event.len() > MAX_PAYLOAD {
        let expected = format!("an event of at most {MAX_PAYLOAD} bytes");
        let fix = "upload large files by a presigned URL, not through a function";
        return Err(Refusal::new(Own::TooLarge, "integration.event", expected, format!("{} bytes", event.len()), fix));
    }
    Ok(event.into())
}

/// The headers as functions get them: the client's chain of addresses with its own last; everything else that poses as a
/// proxy's word is replaced.
fn for_function(worker: &Worker, call: &mut Call, length: usize) {
    let client = call.context.client.to_canonical();
    let chain = call.headers().get_all(headers::X_FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
    let chain = chain.fold(String::new(), |chain, part| chain + part + ", ") + &client.to_string();
    let trace = headers::trace_id(call.headers(), worker, call.context.now);
    let port = call.port().to_string();
    let values = [
        (header::HOST, call.host().to_owned()),
        (headers::TRACE_ID, trace),
        (headers::X_FORWARDED_FOR, chain),
        (HeaderName::from_static("x-forwarded-port"), port),
        (HeaderName::from_static("x-forwarded-proto"), call.scheme().to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
    ];
    let own = &mut call.head.headers;
    headers::drop_hop_by_hop(own);
    headers::drop_forwarding(own);
    own.remove(header::EXPECT);
    own.remove(header::VIA);
    for (name, value) in values {
        if let Ok(value) = HeaderValue::from_str(&value) {
            own.insert(name, value);
        }
    }
}

fn failed(target: &FunctionTarget, error: &InvokeError) -> Refusal {
    let expected = format!("an answer of {} within {} ms", target.arn, target.timeout.as_millis());
    let got = shown(&error.to_string());
    match error {
        InvokeError::Timeout => {
            let fix = "make the function answer sooner, or raise the integration's timeoutInMillis (30000 at most)";
            Refusal::new(Own::Unavailable, "integration.timeout", expected, got, fix)
        }
        InvokeError::NotFound => {
            let fix = "point the integration at a function that exists";
            Refusal::new(Own::Internal, "integration.function", expected, got, fix)
        }
        InvokeError::Denied { fix, .. } => {
            Refusal::new(Own::Internal, "integration.permission", expected, got, fix.clone())
        }
        InvokeError::Unhandled { .. } => {
            Refusal::new(Own::Internal, "integration.function", expected, got, "see the function's log")
        }
        InvokeError::Unavailable(_) => {
            Refusal::new(Own::Internal, "integration.function", expected, got, "see the server's log")
        }
    }
}

/// Reads the answer by its format's rules.
fn response(target: &FunctionTarget, answer: &FunctionAnswer) -> Refuse<Response<AnswerBody>> {
    if answer.payload.len() > MAX_PAYLOAD {
        let expected = format!("an answer of at most {MAX_PAYLOAD} bytes");
        let got = format!("{} bytes", answer.payload.len());
        return Err(Refusal::new(
            Own::Internal,
            "integration.answer",
            expected,
            got,
            "hand out large files by a presigned URL",
        ));
    }
    let read = match target.payload {
        Payload::V1 => Answer::read_v1(&answer.payload),
        Payload::V2 => Answer::read_v2(&answer.payload),
    };
    let answer = read.and_then(|answer| if answer.status < 200 { Err(BadAnswer::Status) } else { Ok(answer) });
    let answer = answer.map_err(|error| {
        let fix = "return an object with statusCode, headers and body";
        Refusal::new(Own::Internal, "integration.answer", "an answer in the payload format", error.to_string(), fix)
    })?;
    Ok(built(answer))
}

fn built(answer: Answer) -> Response<AnswerBody> {
    let mut response = Response::new(AnswerBody::Empty);
    for (name, value) in answer.header_lines() {
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) {
            response.headers_mut().append(name, value);
        }
    }
    headers::drop_hop_by_hop(response.headers_mut());
    response.headers_mut().remove(header::CONTENT_LENGTH);
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *response.body_mut() = AnswerBody::full(answer.body.into());
    response
}
