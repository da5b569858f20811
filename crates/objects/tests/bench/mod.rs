//! A service over a temporary folder, with a recording listener and clients that hold presigned URLs.
#![allow(dead_code, clippy::unwrap_used)]
use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body::Body;
use http_body_util::{BodyExt, Full};
use objects::{ObjectBody, ObjectService, ObjectUrls, ObjectsConfig, ReportError, Uploads};
use sigv4::Credentials;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

pub const NOW: i64 = 1_800_000_000_000;
pub const IDLE: Duration = Duration::from_secs(30);
pub const PAGE: &str = "http://localhost:4567";
pub const KEY: &str = "uploads/u-1/00112233/a b é.png";

/// Records what it is told, and answers as told.
#[derive(Default)]
pub struct Listener {
    pub told: Mutex<Vec<(String, u64, String)>>,
    pub answer: Mutex<Option<ReportError>>,
}

#[async_trait]
impl Uploads for Listener {
    async fn completed(&self, key: String, size: u64, sha256: String) -> Result<(), ReportError> {
        self.told.lock().unwrap().push((key, size, sha256));
        self.answer.lock().unwrap().clone().map_or(Ok(()), Err)
    }
}

pub struct Bench {
    pub folder: TempDir,
    pub service: Arc<ObjectService>,
    pub listener: Arc<Listener>,
    pub urls: ObjectUrls,
}

pub fn credentials() -> Credentials {
    Credentials { access_key_id: "OBJECTS".into(), secret: "install secret".into(), session_token: None }
}

pub fn open(folder: &Path, listener: Arc<Listener>, idle_timeout: Duration) -> ObjectService {
    let config = ObjectsConfig {
        folder: folder.to_owned(),
        credentials: credentials(),
        region: "us-east-1".into(),
        path_prefix: "/_objects".into(),
        allowed_origins: vec![PAGE.into(), "http://127.0.0.1:4567".into()],
        max_object_bytes: 1024 * 1024,
        idle_timeout,
    };
    ObjectService::open(config, listener).unwrap()
}

impl Bench {
    pub fn new() -> Self {
        Self::at("http://objects.localhost:4566")
    }

    pub fn at(base: &str) -> Self {
        Self::made(base, IDLE)
    }

    pub fn with_idle(idle_timeout: Duration) -> Self {
        Self::made("http://objects.localhost:4566", idle_timeout)
    }

    fn made(base: &str, idle_timeout: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = Arc::new(Listener::default());
        let service = Arc::new(open(folder.path(), listener.clone(), idle_timeout));
        let urls = ObjectUrls::new(base, credentials(), "us-east-1", 900, 300).unwrap();
        Self { folder, service, listener, urls }
    }

    /// A PUT as a browser that follows the page's instructions would send it.
    pub fn put(&self, key: &str, content_type: &str, bytes: &[u8]) -> Request<Full<Bytes>> {
        let upload = self.urls.upload(NOW, key, content_type, bytes.len() as u64).unwrap();
        let mut request = request(Method::PUT, &upload.url);
        for (name, value) in &upload.headers {
            request = request.header(name, value);
        }
        request.header("content-length", bytes.len()).body(Full::new(Bytes::copy_from_slice(bytes))).unwrap()
    }

    pub fn get(&self, key: &str) -> http::request::Builder {
        request(Method::GET, &self.urls.download(NOW, key).unwrap().url)
    }

    pub async fn send<B: Body<Data = Bytes>>(&self, request: Request<B>) -> Answer {
        Answer::read(self.service.handle(request, NOW).await).await
    }

    pub async fn upload(&self, key: &str, content_type: &str, bytes: &[u8]) {
        let answer = self.send(self.put(key, content_type, bytes)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    }

    pub async fn download(&self, key: &str) -> Answer {
        self.send(self.get(key).body(Full::<Bytes>::default()).unwrap()).await
    }

    /// Files below the folder: finished objects, and what lies in `tmp`.
    pub fn files(&self) -> (usize, usize) {
        (count(&self.folder.path().join("objects")), count(&self.folder.path().join("tmp")))
    }
}

fn count(folder: &Path) -> usize {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| if path.is_dir() { count(&path) } else { 1 })
        .sum()
}

/// In origin form with a Host header, as it comes off the wire.
pub fn request(method: Method, url: &str) -> http::request::Builder {
    let uri: http::Uri = url.parse().unwrap();
    let host = uri.authority().unwrap().to_string();
    Request::builder().method(method).uri(uri.path_and_query().unwrap().as_str()).header("host", host)
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: http::HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub async fn read(answer: Response<ObjectBody>) -> Self {
        let (parts, body) = answer.into_parts();
        Self { status: parts.status, headers: parts.headers, body: body.collect().await.unwrap().to_bytes() }
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Status and S3 code.
    pub fn refusal(&self) -> (u16, String) {
        let code = self.text().split("<Code>").nth(1).and_then(|rest| rest.split('<').next().map(str::to_owned));
        (self.status.as_u16(), code.unwrap_or_default())
    }
}
