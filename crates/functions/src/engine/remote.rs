//! A function behind a URL: the event goes there by POST, the body of a success is the answer. This is also how one
//! points at a real Lambda's function URL. Bounded in time and size; redirects are not followed.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, USER_AGENT};
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use url::Url;

use super::Invocation;
use super::answer::{Answer, ErrorKind, FunctionError, MAX_PAYLOAD};
use crate::model::Definition;

const REQUEST_ID: HeaderName = HeaderName::from_static("lambda-runtime-aws-request-id");
const FUNCTION_ERROR: HeaderName = HeaderName::from_static("x-amz-function-error");

/// The client for all URLs.
pub(crate) struct Remote {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl Remote {
    pub(crate) fn new() -> Self {
        let connector = hyper_rustls::HttpsConnectorBuilder::new().with_webpki_roots();
        let connector = connector.https_or_http().enable_http1().build();
        Self { client: Client::builder(TokioExecutor::new()).build(connector) }
    }

    pub(crate) async fn call(&self, url: &Url, definition: &Definition, invocation: &Invocation) -> Answer {
        let (id, limit) = (&invocation.request_id, definition.timeout);
        match tokio::time::timeout(limit, self.ask(url, invocation)).await {
            Ok(Ok(payload)) => Answer::Payload(payload),
            Ok(Err(error)) => Answer::Failed(error),
            Err(_) => Answer::Failed(FunctionError::timed_out(id, limit.as_secs_f64())),
        }
    }

    async fn ask(&self, url: &Url, invocation: &Invocation) -> Result<Bytes, FunctionError> {
        let request = Request::builder()
            .method(Method::POST)
            .uri(url.as_str())
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, "cognate")
            .header(REQUEST_ID, &invocation.request_id)
            .body(Full::new(invocation.payload.clone()))
            .map_err(|error| remote(url, &error))?;
        let answer = self.client.request(request).await.map_err(|error| remote(url, &error))?;
        read(url, answer).await
    }
}

async fn read(url: &Url, answer: Response<Incoming>) -> Result<Bytes, FunctionError> {
    let status = answer.status();
    let failed = answer.headers().contains_key(&FUNCTION_ERROR);
    let body = match Limited::new(answer.into_body(), MAX_PAYLOAD).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => return Err(FunctionError::too_large()),
        Err(error) => return Err(remote(url, &error)),
    };
    if failed {
        return Err(FunctionError::told(ErrorKind::Handler, None, body));
    }
    if !status.is_success() {
        return Err(remote(url, &format!("it answered {status}, not a success")));
    }
    Ok(body)
}

/// The host is told, not the whole URL: its path may be a secret.
fn remote(url: &Url, what: &dyn std::fmt::Display) -> FunctionError {
    let host = url.host_str().unwrap_or_default();
    FunctionError::own(ErrorKind::Remote, "Function.Unreachable", format!("The URL of the function at {host}: {what}"))
}
