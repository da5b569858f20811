//! A gateway on a free port with everything around it under the test's control: clock, function, keys, store.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use http_apis::{
    Act, Api, ApiStore, Gateway, GatewayOptions, Ports, Random, RequestContext, Scope, StoreError,
    model::{AuthorizationType, JwtConfiguration, NewApi, NewAuthorizer, NewIntegration, NewRoute, NewStage},
    ports::{
        ApiChange, ApiCursor, ApiKey, Calling, FunctionAnswer, Functions, InvokeError, LocalIssuers, Recorder, Refused,
    },
};
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use jose::{KeySet, SigningKey};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

pub const NOW: i64 = 1_787_990_000_000;
pub const ISSUER: &str = "http://localhost:4566/us-east-1_Pool";
pub const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:echo";

/// What the function does when it is called.
#[derive(Clone)]
pub enum Script {
    /// 200 with the event as its body.
    Echo,
    /// These bytes.
    Returns(Vec<u8>),
    Throws,
    Hangs,
    Missing,
    Denies,
}

pub struct World {
    now: AtomicI64,
    seed: AtomicU64,
    script: Mutex<Script>,
    calls: AtomicUsize,
    source: Mutex<String>,
    refused: Mutex<Vec<Refused>>,
    keys: Mutex<Option<Arc<KeySet>>>,
    apis: Mutex<BTreeMap<ApiKey, Api>>,
    changes: Mutex<Vec<ApiKey>>,
    pruned: AtomicU64,
    store_down: AtomicBool,
}

impl Random for World {
    fn fill(&self, into: &mut [u8]) {
        for byte in into {
            let mut x = self.seed.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
            x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            *byte = (x >> 40).to_le_bytes()[0];
        }
    }
}

#[async_trait]
impl Functions for World {
    async fn invoke(
        &self,
        by: Calling<'_>,
        arn: &str,
        payload: Bytes,
        _deadline: i64,
    ) -> Result<FunctionAnswer, InvokeError> {
        *self.source.lock().unwrap() = by.source_arn.to_owned();
        self.calls.fetch_add(1, Ordering::Relaxed);
        let script = self.script.lock().unwrap().clone();
        match script {
            _ if arn != FUNCTION => Err(InvokeError::NotFound),
            Script::Echo => {
                let answer = json!({"statusCode": 200, "body": String::from_utf8(payload.to_vec()).unwrap()});
                Ok(FunctionAnswer { payload: answer.to_string().into() })
            }
            Script::Returns(bytes) => Ok(FunctionAnswer { payload: bytes.into() }),
            Script::Throws => Err(InvokeError::Unhandled { kind: "Error".into(), message: "boom".into() }),
            Script::Hangs => std::future::pending().await,
            Script::Missing => Err(InvokeError::NotFound),
            Script::Denies => Err(InvokeError::Denied { why: "no statement".into(), fix: "add one".into() }),
        }
    }
}

impl LocalIssuers for World {
    fn keys(&self, issuer: &str) -> Option<Arc<KeySet>> {
        self.keys.lock().unwrap().clone().filter(|_| issuer == ISSUER)
    }
}

impl Recorder for World {
    fn refused(&self, refused: Refused) {
        self.refused.lock().unwrap().push(refused);
    }
}

/// Just enough of a store for the gateway to follow; the real ones have their own conformance suite.
#[async_trait]
impl ApiStore for World {
    async fn insert_api(&self, api: Api, _now: i64) -> Result<(), StoreError> {
        self.changes.lock().unwrap().push(api.key());
        self.apis.lock().unwrap().insert(api.key(), api);
        Ok(())
    }
    async fn api(&self, key: ApiKey) -> Result<Api, StoreError> {
        self.apis.lock().unwrap().get(&key).cloned().ok_or(StoreError::NotFound)
    }
    async fn replace_api(&self, api: Api, now: i64) -> Result<u64, StoreError> {
        let version = api.version + 1;
        self.insert_api(Api { version, ..api }, now).await?;
        Ok(version)
    }
    async fn delete_api(&self, key: ApiKey, _now: i64) -> Result<(), StoreError> {
        self.apis.lock().unwrap().remove(&key).ok_or(StoreError::NotFound)?;
        self.changes.lock().unwrap().push(key);
        Ok(())
    }
    async fn list_apis(&self, _: Scope, _: Option<ApiCursor>, _: u32) -> Result<Vec<Api>, StoreError> {
        Err(StoreError::Unavailable("the gateway lists nothing".into()))
    }
    async fn all_apis(&self, after: Option<ApiKey>, _: u32) -> Result<Vec<Api>, StoreError> {
        self.up()?;
        let apis = self.apis.lock().unwrap();
        Ok(apis
            .iter()
            .filter(|(key, _)| after.as_ref().is_none_or(|after| *key > after))
            .map(|(_, api)| api.clone())
            .collect())
    }
    async fn changes_head(&self) -> Result<u64, StoreError> {
        self.up()?;
        Ok(self.changes.lock().unwrap().len() as u64)
    }
    async fn apis_changed_since(&self, seq: u64, limit: u32) -> Result<Vec<ApiChange>, StoreError> {
        self.up()?;
        if seq < self.pruned.load(Ordering::Relaxed) {
            return Err(StoreError::NotFound);
        }
        let changes = self.changes.lock().unwrap();
        let numbered = changes.iter().zip(1..).map(|(key, seq)| ApiChange { seq, key: key.clone() });
        Ok(numbered.filter(|change| change.seq > seq).take(limit as usize).collect())
    }
}

impl World {
    fn up(&self) -> Result<(), StoreError> {
        if self.store_down.load(Ordering::Relaxed) { Err(StoreError::Unavailable("down".into())) } else { Ok(()) }
    }
}

pub struct Bench {
    pub world: Arc<World>,
    pub gateway: Gateway,
    pub address: SocketAddr,
    pub api: Api,
}

/// An answer off the wire.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn all(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// The pool's key; made once per process, for making one takes long.
pub fn key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(|| SigningKey::generate().unwrap())
}

/// Claims of a token that passes.
pub fn claims() -> Value {
    let now = NOW / 1000;
    json!({"sub": "u-1", "iss": ISSUER, "aud": "client1", "exp": now + 3600, "iat": now - 10, "token_use": "id"})
}

/// Claims with some of them changed; null takes one away.
pub fn claims_with(changes: Value) -> Value {
    let mut all = claims();
    let Value::Object(changes) = changes else { panic!("an object") };
    for (name, value) in changes {
        if value.is_null() {
            all.as_object_mut().unwrap().remove(&name)
        } else {
            all.as_object_mut().unwrap().insert(name, value)
        };
    }
    all
}

pub fn token(claims: &Value) -> String {
    key().sign_jwt(claims).unwrap()
}

pub fn bearer(changes: Value) -> String {
    format!("Bearer {}", token(&claims_with(changes)))
}

impl Bench {
    pub async fn new() -> Self {
        Self::with(GatewayOptions::default()).await
    }

    pub async fn with(options: GatewayOptions) -> Self {
        let world = Arc::new(World {
            now: AtomicI64::new(NOW),
            seed: AtomicU64::new(1),
            script: Mutex::new(Script::Echo),
            calls: AtomicUsize::new(0),
            source: Mutex::default(),
            refused: Mutex::default(),
            keys: Mutex::new(Some(Arc::new(KeySet::new([key().verifying_key().unwrap()])))),
            apis: Mutex::default(),
            changes: Mutex::default(),
            pruned: AtomicU64::new(0),
            store_down: AtomicBool::new(false),
        });
        let ports = Ports {
            store: world.clone(),
            functions: world.clone(),
            issuers: world.clone(),
            recorder: world.clone(),
            random: world.clone(),
        };
        let gateway = Gateway::new(ports, options);
        let address = listen(&gateway, &world).await;
        let scope = Scope { account: "000000000000".into(), region: "us-east-1".into() };
        let new = NewApi { name: "a".into(), protocol_type: "HTTP".into(), ..NewApi::default() };
        let mut api = Api::new(scope, new, &Act { now: NOW, random: &*world }).unwrap();
        let stage = NewStage { stage_name: "$default".into(), auto_deploy: Some(true), ..NewStage::default() };
        api.create_stage(stage, &Act { now: NOW, random: &*world }).unwrap();
        world.insert_api(api.clone(), NOW).await.unwrap();
        gateway.refresh().await.unwrap();
        Self { world, gateway, address, api }
    }

    /// Changes the API as the control plane would: store, then refresh.
    pub async fn edit<T>(&mut self, change: impl FnOnce(&mut Api, &Act<'_>) -> Result<T, http_apis::ApiError>) -> T {
        let done = change(&mut self.api, &Act { now: NOW, random: &*self.world }).unwrap();
        self.world.replace_api(self.api.clone(), NOW).await.unwrap();
        self.gateway.refresh().await.unwrap();
        done
    }

    pub async fn function(&mut self, version: &str, timeout: i32) -> String {
        let new = NewIntegration {
            integration_type: "AWS_PROXY".into(),
            integration_uri: Some(FUNCTION.into()),
            payload_format_version: Some(version.into()),
            timeout_in_millis: Some(timeout),
            ..NewIntegration::default()
        };
        let made = self.edit(|api, act| api.create_integration(new, act)).await;
        format!("integrations/{}", made.integration_id)
    }

    pub async fn proxy(&mut self, uri: &str) -> String {
        self.integration(NewIntegration { integration_uri: Some(uri.into()), ..http_proxy() }).await
    }

    pub async fn integration(&mut self, new: NewIntegration) -> String {
        let made = self.edit(|api, act| api.create_integration(new, act)).await;
        format!("integrations/{}", made.integration_id)
    }

    pub async fn open(&mut self, route_key: &str, target: &str) {
        let new = NewRoute { route_key: route_key.into(), target: Some(target.into()), ..NewRoute::default() };
        self.edit(|api, act| api.create_route(new, act)).await;
    }

    pub async fn authorizer(&mut self, issuer: &str, audience: &[&str], source: &str) -> String {
        let new = NewAuthorizer {
            authorizer_type: "JWT".into(),
            identity_source: vec![source.into()],
            jwt_configuration: Some(JwtConfiguration {
                audience: audience.iter().map(|one| (*one).to_owned()).collect(),
                issuer: Some(issuer.into()),
            }),
            name: "jwt1".into(),
            ..NewAuthorizer::default()
        };
        self.edit(|api, act| api.create_authorizer(new, act)).await.authorizer_id
    }

    pub async fn guarded(&mut self, route_key: &str, target: &str, authorizer: &str, scopes: &[&str]) {
        let new = NewRoute {
            route_key: route_key.into(),
            target: Some(target.into()),
            authorization_type: Some(AuthorizationType::Jwt),
            authorizer_id: Some(authorizer.into()),
            authorization_scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            ..NewRoute::default()
        };
        self.edit(|api, act| api.create_route(new, act)).await;
    }

    /// The usual set-up: `GET /metadata` behind a JWT authorizer for `client1`, and a scoped `GET /scoped`.
    pub async fn lesson() -> Self {
        let mut bench = Self::new().await;
        let function = bench.function("2.0", 30_000).await;
        let authorizer = bench.authorizer(ISSUER, &["client1"], "$request.header.Authorization").await;
        bench.guarded("GET /metadata", &function, &authorizer, &[]).await;
        bench.guarded("GET /scoped", &function, &authorizer, &["x/admin"]).await;
        bench
    }

    pub fn script(&self, script: Script) {
        *self.world.script.lock().unwrap() = script;
    }

    pub fn returns(&self, payload: &str) {
        self.script(Script::Returns(payload.as_bytes().to_vec()));
    }

    /// The ARN under which the function was called last.
    pub fn source(&self) -> String {
        self.world.source.lock().unwrap().clone()
    }

    pub fn calls(&self) -> usize {
        self.world.calls.load(Ordering::Relaxed)
    }

    pub fn set_now(&self, milliseconds: i64) {
        self.world.now.store(milliseconds, Ordering::Relaxed);
    }

    pub fn set_keys(&self, keys: Option<KeySet>) {
        *self.world.keys.lock().unwrap() = keys.map(Arc::new);
    }

    /// The store forgets all changes up to now.
    pub fn prune_changes(&self) {
        self.world.pruned.store(self.world.changes.lock().unwrap().len() as u64, Ordering::Relaxed);
    }

    pub fn set_store_down(&self, down: bool) {
        self.world.store_down.store(down, Ordering::Relaxed);
    }

    pub fn last_refusal(&self) -> Refused {
        self.world.refused.lock().unwrap().last().cloned().expect("a refusal")
    }

    pub fn host(&self) -> String {
        format!("{}.execute-api.localhost:{}", self.api.api_id, self.address.port())
    }

    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        self.ask("GET", path, headers, b"").await
    }

    pub async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let mut text = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.host());
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() {
            text.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        let mut bytes = (text + "\r\n").into_bytes();
        bytes.extend_from_slice(body);
        self.raw(&bytes).await
    }

    /// Sends bytes as they are and reads one answer to the connection's end.
    pub async fn raw(&self, bytes: &[u8]) -> Reply {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let written = stream.write_all(bytes).await;
        let mut answer = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await;
        drop((written, read.expect("an answer in time")));
        parse(&answer)
    }

    /// A token's route answered: its status.
    pub async fn status_with(&self, authorization: &str) -> u16 {
        self.get("/metadata", &[("authorization", authorization)]).await.status
    }
}

pub fn http_proxy() -> NewIntegration {
    NewIntegration {
        integration_type: "HTTP_PROXY".into(),
        integration_method: Some("ANY".into()),
        ..NewIntegration::default()
    }
}

async fn listen(gateway: &Gateway, world: &Arc<World>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let local = listener.local_addr().unwrap();
    let (worker, world) = (gateway.worker(), world.clone());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (worker, world) = (worker.clone(), world.clone());
            let service = service_fn(move |request| {
                let (worker, now) = (worker.clone(), world.now.load(Ordering::Relaxed));
                let client = IpAddr::V4(Ipv4Addr::new(68, 8, 83, 18));
                let context = RequestContext { client, local, tls: false, now };
                async move { Ok::<_, std::convert::Infallible>(worker.handle(request, context).await) }
            });
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    local
}

/// Parses an answer; a chunked body is put together.
pub fn parse(bytes: &[u8]) -> Reply {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or_else(|| panic!("no answer: {bytes:?}"));
    let head = std::str::from_utf8(&bytes[..end]).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let split =
        |line: &str| line.split_once(':').map(|(name, value)| (name.to_lowercase(), value.trim().to_owned())).unwrap();
    let headers: Vec<_> = lines.map(split).collect();
    let mut reply = Reply { status, headers, body: bytes[end + 4..].to_vec() };
    if reply.header("transfer-encoding") == Some("chunked") {
        reply.body = unchunked(&reply.body);
    }
    reply
}

fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let line = rest.windows(2).position(|two| two == b"\r\n").expect("a whole chunk");
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..line]).unwrap(), 16).unwrap();
        if size == 0 {
            return body;
        }
        body.extend_from_slice(&rest[line + 2..line + 2 + size]);
        rest = &rest[line + 4 + size..];
    }
}
