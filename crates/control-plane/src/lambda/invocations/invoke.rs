//! Invoke: calls a function and waits (RequestResponse), lets it run (Event), or only looks whether it could (DryRun).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use functions::{Answer, FunctionsError, Invocation, Invoked, LATEST};
use http::{HeaderName, HeaderValue, Response, StatusCode, header};

use crate::lambda::prelude::*;
use crate::lambda::table::Whole;

const FUNCTION_ERROR: HeaderName = HeaderName::from_static("x-amz-function-error");
const LOG_RESULT: HeaderName = HeaderName::from_static("x-amz-log-result");
const EXECUTED_VERSION: HeaderName = HeaderName::from_static("x-amz-executed-version");
/// Lambda's limits for an event, waited for or not.
const WAITED: usize = 6_291_456;
const UNWAITED: usize = 1_048_576;
/// Longer than any function may run, its start and the queue before it included: the function's own time-out comes first.
const PATIENCE: i64 = 20 * 60 * 1000;

pub(in crate::lambda) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<Whole> {
    let asked: wire::InvocationRequest = input.read()?;
    let named = cx.named(&asked.function_name, asked.qualifier.as_deref())?;
    cx.functions().get(&named).await?;
    let kind = asked.invocation_type.unwrap_or(wire::InvocationType::RequestResponse);
    let invocation = Invocation {
        payload: payload(&cx.body, kind)?,
        request_id: cx.request.request_id.clone(),
        cause: None,
        deadline: cx.request.now.saturating_add(PATIENCE),
        tail: asked.log_type == Some(wire::LogType::Tail),
        client_context: asked.client_context.as_deref().map(context).transpose()?,
    };
    match kind {
        wire::InvocationType::DryRun => Ok(bare(StatusCode::NO_CONTENT)),
        wire::InvocationType::Event => {
            let_run(cx, named.key, invocation);
            Ok(bare(StatusCode::ACCEPTED))
        }
        wire::InvocationType::RequestResponse => {
            let invoked = cx.functions().invoker().call(&named.key, invocation).await;
            let invoked = invoked.map_err(|error| FunctionsError::Disk(error.to_string()))?;
            answered(&named.key.arn(), invoked)
        }
    }
}

/// The event: JSON within Lambda's limit; nothing is an empty object.
fn payload(body: &Bytes, kind: wire::InvocationType) -> Result<Bytes> {
    let limit = if kind == wire::InvocationType::Event { UNWAITED } else { WAITED };
    if body.len() > limit {
        let message = format!("Request must be smaller than {limit} bytes for the InvokeFunction operation");
        return Err(wire::ErrorCode::RequestTooLargeException.with(message).into());
    }
    if body.is_empty() {
        return Ok(Bytes::from_static(b"{}"));
    }
    match serde_json::from_slice::<serde::de::IgnoredAny>(body) {
        Ok(_) => Ok(body.clone()),
        Err(error) => {
            let message = format!("Could not parse request body into json: Could not parse payload into json: {error}");
            Err(wire::ErrorCode::InvalidRequestContentException.with(message).into())
        }
    }
}

/// The client's context: JSON in Base64.
fn context(given: &str) -> Result<String> {
    let text = STANDARD.decode(given).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let text = text.filter(|text| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok());
    text.ok_or_else(|| {
        let message = "Client context must be a valid Base64-encoded JSON object.";
        wire::ErrorCode::InvalidRequestContentException.with(message).into()
    })
}

/// The function runs without anybody waiting; that it failed is in the log alone.
fn let_run(cx: &Cx, key: functions::FunctionKey, invocation: Invocation) {
    let (functions, id) = (cx.functions().clone(), invocation.request_id.clone());
    tokio::spawn(async move {
        let function = key.name.clone();
        match functions.invoker().call(&key, invocation).await.map(|invoked| invoked.answer) {
            Ok(Answer::Payload(_)) => {}
            Ok(Answer::Failed(error)) => {
                let (error_type, said) = (&error.error_type, &error.error_message);
                tracing::warn!(request_id = %id, %function, %error_type, %said, "an event failed in its function");
            }
            Ok(other) => tracing::warn!(request_id = %id, %function, ?other, "an event did not reach its function"),
            Err(error) => tracing::error!(request_id = %id, %function, %error, "an event did not reach its function"),
        }
    });
}

fn answered(arn: &str, invoked: Invoked) -> Result<Whole> {
    let (payload, failed) = match invoked.answer {
        Answer::Payload(payload) => (payload, false),
        Answer::Failed(error) => (error.payload, true),
        Answer::NotFound => return Err(FunctionsError::NotFound(arn.to_owned()).into()),
        Answer::Throttled => {
            let error = wire::ErrorCode::TooManyRequestsException.with("Rate Exceeded.");
            return Err(error.extra("Reason", "ConcurrentInvocationLimitExceeded").into());
        }
        Answer::Deadline | Answer::Denied(_) => {
            return Err(FunctionsError::Disk("the function was given up".to_owned()).into());
        }
    };
    let mut response = Response::new(payload);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(EXECUTED_VERSION, HeaderValue::from_static(LATEST));
    if failed {
        headers.insert(FUNCTION_ERROR, HeaderValue::from_static("Unhandled"));
    }
    if let Some(log) = invoked.log_tail.and_then(|tail| HeaderValue::from_str(&STANDARD.encode(tail)).ok()) {
        headers.insert(LOG_RESULT, log);
    }
    Ok(Whole(response))
}

fn bare(status: StatusCode) -> Whole {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response.headers_mut().insert(EXECUTED_VERSION, HeaderValue::from_static(LATEST));
    Whole(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_json_within_the_limit_and_nothing_is_an_empty_object() {
        let read = |body: &'static [u8]| payload(&Bytes::from_static(body), wire::InvocationType::RequestResponse);
        assert_eq!(read(b"").ok().unwrap(), "{}");
        assert_eq!(read(b"[1]").ok().unwrap(), "[1]");
        assert!(read(b"{").is_err());
        let large = Bytes::from(format!("\"{}\"", "x".repeat(UNWAITED)));
        assert!(payload(&large, wire::InvocationType::Event).is_err());
        assert!(payload(&large, wire::InvocationType::RequestResponse).is_ok());
    }

    #[test]
    fn a_client_context_is_json_in_base64() {
        assert_eq!(context("e30=").ok().as_deref(), Some("{}"));
        assert!(context("%").is_err() && context("eA==").is_err());
    }
}
