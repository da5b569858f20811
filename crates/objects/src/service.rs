//! The service: what it is given, and the way of a request through it.
use crate::access::permit;
use crate::body::ObjectBody;
use crate::cors;
use crate::error::ObjectError;
use crate::folder::Folder;
use crate::inbox::Inbox;
use async_trait::async_trait;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, HeaderName, HeaderValue};
use http::request::Parts;
use http::{HeaderMap, Method, Request, Response};
use http_body::Body;
use sigv4::Credentials;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// On every answer, errors included. An uploaded file must never run on our origin.
const GUARDS: [(&str, &str); 4] = [
    ("x-content-type-options", "nosniff"),
    ("content-security-policy", "sandbox; default-src 'none'"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "private, no-store"),
];

/// What the service is given.
#[derive(Clone, Debug)]
pub struct ObjectsConfig {
    /// Where objects are kept; made when it is not there. One process per folder.
    pub folder: PathBuf,
    /// The per-install key pair that presigned URLs are made with.
    pub credentials: Credentials,
    /// The region in their scope.
    pub region: String,
    /// Path form: what stands before the key on a shared host, e.g. `/_objects`.
    pub path_prefix: String,
    /// Page origins that may read and write, e.g. `http://localhost:4567`.
    pub allowed_origins: Vec<String>,
    /// Biggest object, in bytes.
    pub max_object_bytes: u64,
    /// An upload that sends nothing for so long is broken off.
    pub idle_timeout: Duration,
}

/// Why a report of a complete upload was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// Nobody waits for this key, size and checksum: never announced, expired or deleted. The object is removed.
    #[error("no such upload")]
    Unknown,
    /// No room to write it down. The object is removed.
    #[error("full")]
    Full,
    /// It is not known whether it was taken. The object stays, the client may repeat the upload.
    #[error("unavailable: {0}")]
    Unavailable(String),
}

/// Is told of complete uploads.
#[async_trait]
pub trait Uploads: Send + Sync {
    /// All `size` bytes of `key` are flushed; `sha256` is lower-case hex. May be told more than once.
    async fn completed(&self, key: String, size: u64, sha256: String) -> Result<(), ReportError>;
}

/// Serves objects; share it behind an `Arc`.
pub struct ObjectService {
    pub(crate) config: ObjectsConfig,
    pub(crate) folder: Folder,
    pub(crate) uploads: Arc<dyn Uploads>,
    inbox: Option<Inbox>,
}

impl std::fmt::Debug for ObjectService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ObjectService").field("config", &self.config).finish_non_exhaustive()
    }
}

impl ObjectService {
    /// Opens the folder and removes broken uploads from it. Blocks; call it at start.
    pub fn open(config: ObjectsConfig, uploads: Arc<dyn Uploads>) -> io::Result<Self> {
        Ok(Self { folder: Folder::open(&config.folder)?, config, uploads, inbox: None })
    }

    /// With an inbox, whose keys are then no objects' keys.
    #[must_use]
    pub fn with_inbox(self, inbox: Inbox) -> Self {
        Self { inbox: Some(inbox), ..self }
    }

    /// Answers one request. `now` is epoch milliseconds. Needs a tokio runtime with time.
    pub async fn handle<B>(&self, request: Request<B>, now: i64) -> Response<ObjectBody>
    where
        B: Body<Data = Bytes>,
    {
        let (parts, body) = request.into_parts();
        let answer = self.route(&parts, body, now).await;
        let mut answer = answer.unwrap_or_else(|error| refuse(&error, &parts.method));
        for (name, value) in GUARDS {
            answer.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        cors::decorate(answer.headers_mut(), cors::allowed_origin(&parts.headers, &self.config.allowed_origins));
        answer
    }

    /// Removes an object's bytes, flushed; Ok when there are none.
    pub async fn delete(&self, key: &str) -> io::Result<()> {
        self.folder.delete(key).await
    }

    async fn route<B>(&self, parts: &Parts, body: B, now: i64) -> Result<Response<ObjectBody>, ObjectError>
    where
        B: Body<Data = Bytes>,
    {
        let permit = || {
            let config = &self.config;
            permit(parts, &config.path_prefix, &config.credentials, &config.region, now)
        };
        match parts.method {
            Method::OPTIONS => cors::preflight(&parts.headers, &self.config.allowed_origins),
            Method::PUT => {
                let permit = permit()?;
                match self.inbox_of(&permit.key) {
                    Some(inbox) => inbox.put(parts, permit, body, self.config.idle_timeout, now).await,
                    None => self.put(parts, permit, body, now).await,
                }
            }
            Method::GET | Method::HEAD => self.get(parts, &permit()?).await,
            _ => Err(ObjectError::MethodNotAllowed),
        }
    }
}

impl ObjectService {
    fn inbox_of(&self, key: &str) -> Option<&Inbox> {
        self.inbox.as_ref().filter(|inbox| inbox.owns(key))
    }
}

/// The one place where a refusal becomes an answer, and a failure of ours is logged. The key is left out: it names a person's file.
fn refuse(error: &ObjectError, method: &Method) -> Response<ObjectBody> {
    if let Some(cause) = error.cause() {
        tracing::error!(%method, cause, "an object request failed");
    }
    let xml = error.xml();
    let mut answer = Response::new(ObjectBody::empty());
    *answer.status_mut() = error.wire().0;
    let headers: &mut HeaderMap = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/xml"));
    headers.insert(CONTENT_LENGTH, xml.len().into());
    if let ObjectError::InvalidRange(size) = error
        && let Ok(value) = HeaderValue::from_str(&format!("bytes */{size}"))
    {
        headers.insert(CONTENT_RANGE, value);
    }
    if matches!(error, ObjectError::MethodNotAllowed) {
        headers.insert(http::header::ALLOW, HeaderValue::from_static("GET, HEAD, OPTIONS, PUT"));
    }
    if *method != Method::HEAD {
        *answer.body_mut() = ObjectBody::text(xml);
    }
    answer
}
