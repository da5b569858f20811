//! The dashboard over a real store in a temporary folder, with actors; URLs and bytes are recorded, faults are switched on by name.
#![allow(dead_code, clippy::unwrap_used)]
use async_trait::async_trait;
use dashboard::ports::*;
use dashboard::{Dashboard, Settings};
use events::{AuthorizerV2, HttpRequestV2, HttpResponseV2, JwtAuthorizer};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use store::{OpenOptions, SqliteStore};
use tempfile::TempDir;

pub const NOW: i64 = 1_800_000_000_000;
pub const MINUTE: i64 = 60_000;

/// URLs that say what they bind; they live 15 and 5 minutes.
struct Urls;

impl ObjectUrls for Urls {
    fn upload(&self, now: Millis, key: &str, content_type: &str, size: u64) -> Result<UploadUrl, UrlError> {
        Ok(UploadUrl {
            url: format!("put:{key}:{content_type}:{size}"),
            headers: vec![("content-type".into(), content_type.into())],
            expires_at: now + 15 * MINUTE,
        })
    }

    fn download(&self, now: Millis, key: &str) -> Result<DownloadUrl, UrlError> {
        Ok(DownloadUrl { url: format!("get:{key}"), expires_at: now + 5 * MINUTE })
    }
}

/// Records what was removed; fails when told to.
#[derive(Default)]
pub struct Bytes {
    pub removed: Mutex<Vec<String>>,
    pub broken: Mutex<bool>,
}

#[async_trait]
impl ObjectBytes for Bytes {
    async fn delete(&self, key: String) -> Result<(), BytesError> {
        if *self.broken.lock().unwrap() {
            return Err(BytesError("disk".into()));
        }
        self.removed.lock().unwrap().push(key);
        Ok(())
    }
}

/// Knows the address of Carol.
struct Directory;

#[async_trait]
impl People for Directory {
    async fn email(&self, issuer: String, sub: String) -> Option<String> {
        (issuer == "http://issuer" && sub == "sub-carol").then(|| "carol@example.com".to_owned())
    }
}

/// Counts up, so that keys differ.
#[derive(Default)]
struct Counting(AtomicU8);

impl Random for Counting {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(self.0.fetch_add(1, Ordering::Relaxed));
    }
}

/// A store that refuses every act with this error.
pub struct Refusing(pub StoreError);

#[async_trait]
impl MetadataStore for Refusing {
    async fn insert_pending(&self, _: Millis, _: FileRecord) -> StoreResult<()> {
        Err(self.0.clone())
    }
    async fn complete(&self, _: Millis, _: String, _: u64, _: String) -> StoreResult<FileRecord> {
        Err(self.0.clone())
    }
    async fn get(&self, _: Millis, _: String) -> StoreResult<FileRecord> {
        Err(self.0.clone())
    }
    async fn list(&self, _: Millis, _: Option<String>, _: Option<Position>, _: usize) -> StoreResult<Vec<FileRecord>> {
        Err(self.0.clone())
    }
    async fn expire(&self, _: Millis, _: String) -> StoreResult<()> {
        Err(self.0.clone())
    }
    async fn delete(&self, _: Millis, _: String) -> StoreResult<()> {
        Err(self.0.clone())
    }
    async fn list_expired(&self, _: Millis, _: usize) -> StoreResult<Vec<FileRecord>> {
        Err(self.0.clone())
    }
}

pub struct Bench {
    pub dashboard: Dashboard,
    pub bytes: Arc<Bytes>,
    pub store: Arc<dyn MetadataStore>,
    folder: TempDir,
}

impl Bench {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("dashboard.db"), &OpenOptions::default()).unwrap();
        Self::over(Arc::new(store), folder)
    }

    pub fn refusing(error: StoreError) -> Self {
        Self::over(Arc::new(Refusing(error)), tempfile::tempdir().unwrap())
    }

    fn over(store: Arc<dyn MetadataStore>, folder: TempDir) -> Self {
        let bytes = Arc::new(Bytes::default());
        let settings = Settings { max_size: 1000, pending_grace_ms: MINUTE };
        let random = Arc::new(Counting::default());
        let dashboard =
            Dashboard::new(store.clone(), Arc::new(Urls), bytes.clone(), Arc::new(Directory), random, settings);
        Self { dashboard, bytes, store, folder }
    }

    pub async fn ask(&self, event: &HttpRequestV2, now: i64) -> Answer {
        Answer(self.dashboard.handle(event, now).await)
    }

    /// Announces a file; returns its key.
    pub async fn announce(&self, who: &Actor, name: &str, now: i64) -> String {
        let body = json!({"fileName": name, "contentType": "image/png", "size": 5});
        let answer = self.ask(&who.post("/upload-url", &body), now).await;
        assert_eq!(answer.status(), 200, "{:?}", answer.0);
        answer.json()["key"].as_str().unwrap().to_owned()
    }

    /// Announces a file and reports its bytes.
    pub async fn upload(&self, who: &Actor, name: &str, now: i64) -> String {
        let key = self.announce(who, name, now).await;
        self.dashboard.completed(now, key.clone(), 5, "ab".repeat(32)).await.unwrap();
        key
    }

    /// Names of the files somebody's list shows.
    pub async fn names(&self, who: &Actor, now: i64) -> Vec<String> {
        let answer = self.ask(&who.get("/metadata/list", &[]), now).await.json();
        let names = answer["items"].as_array().unwrap().iter();
        names.map(|item| item["fileName"].as_str().unwrap().to_owned()).collect()
    }
}

/// Somebody with a token.
pub struct Actor(Vec<(&'static str, &'static str)>);

pub fn alice() -> Actor {
    Actor(vec![("sub", "sub-alice"), ("email", "alice@example.com"), ("cognito:groups", "[users]")])
}

pub fn bob() -> Actor {
    Actor(vec![("sub", "sub-bob"), ("username", "bob")])
}

/// With an access token of a pool where people sign in by e-mail address: its username is the sub.
pub fn carol() -> Actor {
    Actor(vec![("sub", "sub-carol"), ("username", "sub-carol"), ("iss", "http://issuer"), ("token_use", "access")])
}

pub fn admin() -> Actor {
    Actor(vec![("sub", "sub-admin"), ("cognito:username", "root"), ("cognito:groups", "[users admins]")])
}

pub fn anonymous() -> Actor {
    Actor(vec![])
}

impl Actor {
    pub fn post(&self, path: &str, body: &Value) -> HttpRequestV2 {
        HttpRequestV2 { body: Some(body.to_string()), ..self.event("POST", path, &[]) }
    }

    pub fn get(&self, path: &str, query: &[(&str, &str)]) -> HttpRequestV2 {
        self.event("GET", path, query)
    }

    pub fn delete(&self, key: &str) -> HttpRequestV2 {
        self.event("DELETE", "/metadata", &[("key", key)])
    }

    pub fn event(&self, method: &str, path: &str, query: &[(&str, &str)]) -> HttpRequestV2 {
        let mut event = HttpRequestV2 {
            version: "2.0".into(),
            route_key: format!("{method} {path}"),
            raw_path: path.into(),
            query_string_parameters: query.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
            ..HttpRequestV2::default()
        };
        event.request_context.http.method = method.into();
        event.request_context.stage = "$default".into();
        if !self.0.is_empty() {
            let claims = self.0.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
            event.request_context.authorizer = Some(AuthorizerV2::Jwt(JwtAuthorizer { claims, scopes: None }));
        }
        event
    }
}

#[derive(Debug)]
pub struct Answer(pub HttpResponseV2);

impl Answer {
    pub fn status(&self) -> u16 {
        self.0.status_code
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(self.0.body.as_deref().unwrap()).unwrap()
    }
}
