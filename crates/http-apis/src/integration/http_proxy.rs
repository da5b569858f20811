//! HTTP_PROXY: the request streamed to a backend, its answer streamed back. Nothing is followed, nothing is retried but a
//! request that a stale pooled connection never took.

use std::{pin::Pin, sync::Arc, time::Duration};

use http::{HeaderMap, Request, Response, Uri, uri::PathAndQuery};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep, sleep};

use super::{Lease, connect, headers, mapping};
use crate::{
    authorizer::Bearer,
    gateway::{AnswerBody, BodyError, Call, MAX_BODY, Own, Progress, Refusal, Upload, Worker, too_large},
    snapshot::{HttpTarget, Origin, PathError},
};

type Refuse<T> = Result<T, Refusal>;

/// Calls the backend.
pub(super) async fn call(
    worker: &Worker,
    target: &HttpTarget,
    mut call: Call,
    bearer: Option<&Bearer>,
) -> Refuse<Response<AnswerBody>> {
    let upload = Upload::new(std::mem::take(&mut call.body), MAX_BODY);
    let progress = upload.progress();
    let request = request(worker, target, &mut call, bearer, upload)?;
    let pooled = worker.pool().take(&target.origin);
    // An idle connection brings its last request's timer along: to move a timer back is cheap, to set a new one is not.
    let (pooled, mut timer) = match pooled {
        Some((lease, mut timer)) => {
            timer.as_mut().reset(Instant::now() + target.timeout);
            (Some(lease), timer)
        }
        None => (None, Box::pin(sleep(target.timeout))),
    };
    let patience = worker.shared().options.body_patience;
    let outcome = tokio::select! {
        biased;
        sent = send(worker, &target.origin, pooled, request) => sent,
        failure = wait(timer.as_mut(), progress.as_ref(), target.timeout, patience) => Err(failure),
    };
    let (mut response, lease) = outcome.map_err(|failure| refusal(failure, progress.as_ref(), target))?;
    headers::drop_hop_by_hop(response.headers_mut());
    if response.status().is_informational() {
        let got = response.status().to_string();
        return Err(Refusal::new(Own::Internal, "integration.answer", "a final status", got, "correct the backend"));
    }
    mapping::response(target, &mut response, &call, bearer);
    Ok(response.map(|body| AnswerBody::backend(body, lease, timer)))
}

/// The request as the backend sees it. Takes the client's headers over instead of copying them.
fn request(
    worker: &Worker,
    target: &HttpTarget,
    call: &mut Call,
    bearer: Option<&Bearer>,
    upload: Upload,
) -> Refuse<Request<Upload>> {
    let mapped = mapping::request(target, call, bearer);
    let path = path(target, call, &mapped)?;
    let forwarded = headers::forwarded(call);
    let trace = headers::trace_id(call.headers(), worker, call.context.now);
    let mut headers: HeaderMap = std::mem::take(&mut call.head.headers);
    headers::towards_backend(&mut headers, forwarded, trace, target.origin.host_header.clone());
    mapped.apply(&mut headers);
    let mut request = Request::new(upload);
    *request.method_mut() = target.method.clone().unwrap_or_else(|| call.method().clone());
    *request.uri_mut() = Uri::from(path);
    *request.headers_mut() = headers;
    Ok(request)
}

fn path(target: &HttpTarget, call: &Call, mapped: &mapping::Mapped) -> Refuse<PathAndQuery> {
    let query = mapped.query.as_deref().or_else(|| call.raw_query());
    if let (Some(fixed), None, None) = (&target.fixed, &mapped.path, query) {
        return Ok(fixed.clone());
    }
    let made = match &mapped.path {
        Some(path) => target.with_path(path, query),
        None => target.path_and_query(&call.values, call.routed_raw_path(), call.routed_path(), query),
    };
    let made = made.map_err(|PathError::DotSegment| {
        let fix = "send the path without . and .. segments";
        Refusal::new(Own::BadRequest, "integration.path", "a path without dot segments", "one with", fix)
    })?;
    PathAndQuery::try_from(made).map_err(|_| {
        let fix = "percent-encode the path and the query";
        Refusal::new(Own::BadRequest, "integration.path", "a path that HTTP can carry", "another", fix)
    })
}

/// Why there is no answer.
enum Failure {
    /// Not reached, or broken off.
    Backend(String),
    /// Silent for too long.
    TimedOut,
    /// The client stopped sending its body.
    ClientSlow,
}

/// Sends over a pooled connection, or a new one.
async fn send(
    worker: &Worker,
    origin: &Arc<Origin>,
    mut pooled: Option<Lease>,
    mut request: Request<Upload>,
) -> Result<(Response<Incoming>, Lease), Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::Backend(error.to_string());
    while let Some(mut lease) = pooled {
        if lease.sender.ready().await.is_err() {
            pooled = worker.pool().take(origin).map(|(lease, _)| lease);
            continue;
        }
        match lease.sender.try_send_request(request).await {
            Ok(response) => return Ok((response, lease)),
            // Given back only when not one byte was written: the connection had been closed meanwhile.
            Err(mut error) => match error.take_message() {
                Some(unsent) => request = unsent,
                None => return Err(failed(error.error())),
            },
        }
        break;
    }
    // Boxed, as rare: what a new connection needs is not to be carried by every request.
    Box::pin(over_new(worker, origin, request)).await
}

async fn over_new(
    worker: &Worker,
    origin: &Arc<Origin>,
    request: Request<Upload>,
) -> Result<(Response<Incoming>, Lease), Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::Backend(error.to_string());
    let sender = connect::open(origin, &worker.shared().tls).await.map_err(|error| failed(&error))?;
    let mut lease = worker.pool().lease(origin, sender);
    match lease.sender.try_send_request(request).await {
        Ok(response) => Ok((response, lease)),
        Err(error) => Err(failed(error.error())),
    }
}

/// Waits until patience is over. The integration's time runs from the end of the upload: a client's slow line is not the
/// backend's fault; but a client that sends nothing for long is given up.
async fn wait(
    mut timer: Pin<&mut Sleep>,
    progress: Option<&Progress>,
    timeout: Duration,
    patience: Duration,
) -> Failure {
    loop {
        timer.as_mut().await;
        let Some(state) = progress.map(Progress::state) else { return Failure::TimedOut };
        let due = state.at + if state.done { timeout } else { patience };
        if due <= Instant::now() {
            return if state.done { Failure::TimedOut } else { Failure::ClientSlow };
        }
        timer.as_mut().reset(due);
    }
}

fn refusal(failure: Failure, progress: Option<&Progress>, target: &HttpTarget) -> Refusal {
    match progress.and_then(|progress| progress.state().error) {
        Some(BodyError::TooLarge) => return too_large("more"),
        Some(_) => {
            let fix = "send a whole body";
            return Refusal::new(Own::BadRequest, "request.body", "a whole body", "one that broke off", fix);
        }
        None => {}
    }
    let origin = &target.origin;
    let expected = format!("an answer of {}:{} within {} ms", origin.host, origin.port, target.timeout.as_millis());
    match failure {
        Failure::Backend(why) => {
            let fix = "check that the backend listens where the integration's URI says";
            Refusal::new(Own::Unavailable, "integration.connect", expected, why, fix)
        }
        Failure::TimedOut => {
            let fix = "make the backend answer sooner, or raise the integration's timeoutInMillis (30000 at most)";
            Refusal::new(Own::Unavailable, "integration.timeout", expected, "none", fix)
        }
        Failure::ClientSlow => {
            let fix = "send the body without long pauses";
            Refusal::new(Own::RequestTimeout, "request.body", "a body in time", "nothing for too long", fix)
        }
    }
}
