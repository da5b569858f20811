//! The Lambda Runtime API of one process: on a loopback port of its own, below a path that only this process was told.
//! (Another program on the machine must not fetch events or answer them; a web page cannot guess the path either.)

use std::convert::Infallible;
use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::AbortHandle;

use super::answer::{ErrorKind, FunctionError, MAX_PAYLOAD};

const VERSION: &str = "/2018-06-01/runtime/";
const ERROR_TYPE: HeaderName = HeaderName::from_static("lambda-runtime-function-error-type");

/// One event for the process.
#[derive(Clone)]
pub(crate) struct Event {
    pub(crate) request_id: String,
    pub(crate) payload: Bytes,
    /// Epoch milliseconds on the machine's clock.
    pub(crate) deadline: i64,
    pub(crate) arn: String,
    pub(crate) trace_id: String,
    pub(crate) client_context: Option<String>,
}

/// What the process told about an event.
pub(crate) enum Told {
    Payload(Bytes),
    Error(FunctionError),
}

/// How far the process is.
#[derive(Clone)]
pub(crate) enum Stage {
    Starting,
    /// It has asked for its first event.
    Ready,
    Failed(FunctionError),
}

/// The API of one process. Dropping it closes the port.
pub(crate) struct RuntimeApi {
    /// What the process is told: `127.0.0.1:<port>/<token>`.
    pub(crate) address: String,
    desk: Arc<Desk>,
    events: mpsc::Sender<Event>,
    accepting: AbortHandle,
}

struct Desk {
    prefix: String,
    stage: watch::Sender<Stage>,
    events: tokio::sync::Mutex<mpsc::Receiver<Event>>,
    current: Mutex<Option<Current>>,
}

/// The event that is being answered.
struct Current {
    request_id: String,
    fetched: bool,
    answer: oneshot::Sender<Told>,
}

impl RuntimeApi {
    /// Opens the port. Must run inside a runtime.
    pub(crate) async fn open(token: &str) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = format!("{}/{token}", listener.local_addr()?);
        let (events, from_events) = mpsc::channel(1);
        let desk = Arc::new(Desk {
            prefix: format!("/{token}{VERSION}"),
            stage: watch::Sender::new(Stage::Starting),
            events: tokio::sync::Mutex::new(from_events),
            current: Mutex::new(None),
        });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&desk))).abort_handle();
        Ok(Self { address, desk, events, accepting })
    }

    /// Waits until the process is ready or has told that it cannot be.
    pub(crate) async fn started(&self) -> Result<(), FunctionError> {
        let mut stage = self.desk.stage.subscribe();
        let seen = stage.wait_for(|stage| !matches!(stage, Stage::Starting)).await;
        match seen.as_deref() {
            Ok(Stage::Failed(error)) => Err(error.clone()),
            _ => Ok(()),
        }
    }

    /// What the process told against its own start, if it did.
    pub(crate) fn failure(&self) -> Option<FunctionError> {
        match &*self.desk.stage.borrow() {
            Stage::Failed(error) => Some(error.clone()),
            Stage::Starting | Stage::Ready => None,
        }
    }

    /// Hands an event out; the receiver gets what the process tells about it.
    pub(crate) async fn hand_out(&self, event: Event) -> oneshot::Receiver<Told> {
        let (answer, told) = oneshot::channel();
        let current = Current { request_id: event.request_id.clone(), fetched: false, answer };
        *lock(&self.desk.current) = Some(current);
        let _ = self.events.send(event).await;
        told
    }

    /// Whether the process has fetched the event that was handed out last.
    pub(crate) fn was_fetched(&self) -> bool {
        lock(&self.desk.current).as_ref().is_none_or(|current| current.fetched)
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

fn lock(current: &Mutex<Option<Current>>) -> MutexGuard<'_, Option<Current>> {
    current.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn accept(listener: TcpListener, desk: Arc<Desk>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(serve(stream, Arc::clone(&desk)));
    }
}

async fn serve(stream: TcpStream, desk: Arc<Desk>) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let desk = Arc::clone(&desk);
        async move { Ok::<_, Infallible>(desk.answer(request).await) }
    });
    // A connection that breaks off is the process's end, which is seen elsewhere.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

type Reply = Response<Full<Bytes>>;

impl Desk {
    async fn answer(&self, request: Request<Incoming>) -> Reply {
        let path = request.uri().path().to_owned();
        let Some(rest) = path.strip_prefix(&self.prefix) else {
            return refusal(StatusCode::FORBIDDEN, "Forbidden", "");
        };
        let parts: Vec<&str> = rest.split('/').collect();
        match (request.method(), parts.as_slice()) {
            (&Method::GET, ["invocation", "next"]) => self.next().await,
            (&Method::POST, ["invocation", id, "response"]) => self.response(id, request).await,
            (&Method::POST, ["invocation", id, "error"]) => self.error(id, request).await,
            (&Method::POST, ["init", "error"]) => self.init_error(request).await,
            _ => refusal(StatusCode::NOT_FOUND, "NotFound", "no such operation of the Runtime API"),
        }
    }

    async fn next(&self) -> Reply {
        self.stage.send_if_modified(|stage| {
            let starting = matches!(stage, Stage::Starting);
            if starting {
                *stage = Stage::Ready;
            }
            starting
        });
        let Some(event) = self.events.lock().await.recv().await else {
            return refusal(StatusCode::GONE, "Shutdown", "the server ends");
        };
        if let Some(current) = lock(&self.current).as_mut() {
            current.fetched = true;
        }
        let mut reply = Response::new(Full::new(event.payload));
        let deadline = event.deadline.to_string();
        let headers = [
            ("content-type", "application/json"),
            ("lambda-runtime-aws-request-id", &event.request_id),
            ("lambda-runtime-deadline-ms", &deadline),
            ("lambda-runtime-invoked-function-arn", &event.arn),
            ("lambda-runtime-trace-id", &event.trace_id),
            ("lambda-runtime-client-context", event.client_context.as_deref().unwrap_or_default()),
        ];
        for (name, value) in headers.into_iter().filter(|(_, value)| !value.is_empty()) {
            if let Ok(value) = HeaderValue::from_str(value) {
                reply.headers_mut().insert(HeaderName::from_static(name), value);
            }
        }
        reply
    }

    async fn response(&self, id: &str, request: Request<Incoming>) -> Reply {
        match body(request).await {
            Body::Whole(payload) => self.tell(id, Told::Payload(payload)),
            Body::TooLarge => {
                self.tell(id, Told::Error(FunctionError::too_large()));
                let text = format!("Exceeded maximum allowed payload size ({MAX_PAYLOAD} bytes).");
                refusal(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", &text)
            }
            Body::Broken => refusal(StatusCode::BAD_REQUEST, "TruncatedBody", "the body broke off"),
        }
    }

    async fn error(&self, id: &str, request: Request<Incoming>) -> Reply {
        match told_error(ErrorKind::Handler, request).await {
            Some(error) => self.tell(id, Told::Error(error)),
            None => refusal(StatusCode::BAD_REQUEST, "InvalidErrorShape", "the error cannot be read"),
        }
    }

    async fn init_error(&self, request: Request<Incoming>) -> Reply {
        let Some(error) = told_error(ErrorKind::Init, request).await else {
            return refusal(StatusCode::BAD_REQUEST, "InvalidErrorShape", "the error cannot be read");
        };
        self.stage.send_replace(Stage::Failed(error));
        accepted()
    }

    /// Each event is answered once, under its own id.
    fn tell(&self, id: &str, told: Told) -> Reply {
        let mut current = lock(&self.current);
        if current.as_ref().is_none_or(|current| current.request_id != id) {
            return refusal(StatusCode::BAD_REQUEST, "InvalidRequestID", "Invalid request ID");
        }
        if let Some(current) = current.take() {
            let _ = current.answer.send(told);
        }
        accepted()
    }
}

enum Body {
    Whole(Bytes),
    TooLarge,
    Broken,
}

async fn body(request: Request<Incoming>) -> Body {
    match Limited::new(request.into_body(), MAX_PAYLOAD).collect().await {
        Ok(whole) => Body::Whole(whole.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Body::TooLarge,
        Err(_) => Body::Broken,
    }
}

async fn told_error(kind: ErrorKind, request: Request<Incoming>) -> Option<FunctionError> {
    let error_type = request.headers().get(ERROR_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    match body(request).await {
        Body::Whole(payload) => Some(FunctionError::told(kind, error_type.as_deref(), payload)),
        Body::TooLarge | Body::Broken => None,
    }
}

fn accepted() -> Reply {
    reply(StatusCode::ACCEPTED, &serde_json::json!({"status": "OK"}))
}

fn refusal(status: StatusCode, kind: &str, text: &str) -> Reply {
    reply(status, &serde_json::json!({"errorType": kind, "errorMessage": text}))
}

fn reply(status: StatusCode, body: &serde_json::Value) -> Reply {
    let mut reply = Response::new(Full::new(Bytes::from(body.to_string())));
    *reply.status_mut() = status;
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    reply
}
