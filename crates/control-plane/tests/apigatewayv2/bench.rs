//! A door over a store in a temporary folder. Nothing leaves the process: one issuer is local, all others fail.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use control_plane::apigatewayv2::{ApiGatewayV2, Options, Ports};
use control_plane::{Signatures, Signed};
use http::request::Parts;
use http_apis::gateway::{self, Gateway, GatewayOptions};
use http_apis::ports::{Calling, FunctionAnswer, Functions, InvokeError, LocalIssuers, Recorder, Refused};
use http_apis::{ApiStore, Random};
use serde_json::Value;

/// The issuer that is served by this process.
pub const ISSUER: &str = "http://localhost:4566/us-east-1_AbCdEf123";

struct World;

#[async_trait]
impl Functions for World {
    async fn invoke(&self, _: Calling<'_>, _: &str, _: Bytes, _: i64) -> Result<FunctionAnswer, InvokeError> {
        Err(InvokeError::NotFound)
    }
}

impl LocalIssuers for World {
    fn keys(&self, issuer: &str) -> Option<Arc<jose::KeySet>> {
        (issuer == ISSUER).then(|| Arc::new(jose::KeySet::new([])))
    }
}

impl Recorder for World {
    fn refused(&self, _: Refused) {}
}

/// Different bytes at every call, the same in every run.
#[derive(Default)]
struct Counting(AtomicU64);

impl Random for Counting {
    fn fill(&self, into: &mut [u8]) {
        for byte in into {
            let x = self.0.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            *byte = (x >> 40).to_le_bytes()[0];
        }
    }
}

/// Anybody with an `authorization` header: `region/account`.
struct Anybody;

impl Signatures for Anybody {
    fn check(&self, _: i64, service: &str, parts: &Parts, _: &[u8]) -> Result<Signed, aws::ServiceError> {
        assert_eq!(service, "apigateway");
        let text = parts.headers.get("authorization").and_then(|value| value.to_str().ok());
        let missing = || aws::ServiceError::new("MissingAuthenticationTokenException", "Missing Authentication Token");
        let (region, account) = text.and_then(|text| text.split_once('/')).ok_or_else(missing)?;
        let scope = user_pools::Scope { account: account.to_owned(), region: region.to_owned() };
        Ok(Signed { scope, access_key_id: "test".to_owned() })
    }

    fn could_pass(&self, now: i64, service: &str, parts: &Parts) -> Result<(), aws::ServiceError> {
        self.check(now, service, parts, &[]).map(drop)
    }
}

pub struct Bench {
    pub inner: testing::Bench,
    pub door: ApiGatewayV2,
    pub gateway: Gateway,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: http::HeaderMap,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// A member of the JSON, as text.
    pub fn text(&self, member: &str) -> String {
        self.json()[member].as_str().unwrap_or_else(|| panic!("no {member} in {}", self.json())).to_owned()
    }

    pub fn error(&self) -> (u16, String, String) {
        let code = self.headers["x-amzn-errortype"].to_str().unwrap().to_owned();
        (self.status, code, self.text("message"))
    }
}

impl Bench {
    pub fn new() -> Self {
        let inner = testing::Bench::new();
        let store: Arc<dyn ApiStore> = Arc::new(inner.store.clone());
        let (world, random) = (Arc::new(World), Arc::new(Counting::default()));
        let ports = gateway::Ports {
            store: store.clone(),
            functions: world.clone(),
            issuers: world.clone(),
            recorder: world,
            random: random.clone(),
        };
        let gateway = Gateway::new(ports, GatewayOptions::default());
        let ports = Ports {
            store,
            gateway: gateway.clone(),
            random,
            signatures: Arc::new(Anybody),
            decisions: inner.decisions.clone(),
        };
        let options = Options { endpoint: "http://{apiId}.execute-api.localhost:4566".into(), check_issuers: true };
        Self { inner, door: ApiGatewayV2::new(ports, options), gateway }
    }

    /// A signed request of the usual account in the usual region.
    pub async fn call(&self, method: &str, path: &str, body: Value) -> Reply {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.send(method, path, Some("us-east-1/000000000000"), body).await
    }

    /// Any request.
    pub async fn send(&self, method: &str, path: &str, caller: Option<&str>, body: String) -> Reply {
        let mut request = http::Request::builder().method(method).uri(path);
        if let Some(caller) = caller {
            request = request.header("authorization", caller);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let (head, body) = self.door.handle(self.inner.cx(), &parts, body.into()).await.into_parts();
        Reply { status: head.status.as_u16(), headers: head.headers, body: body.to_vec() }
    }

    /// Calls, expects this status, gives the JSON (null for no body).
    pub async fn ok(&self, status: u16, method: &str, path: &str, body: Value) -> Value {
        let reply = self.call(method, path, body).await;
        assert_eq!(reply.status, status, "{method} {path}: {}", String::from_utf8_lossy(&reply.body));
        if reply.body.is_empty() { Value::Null } else { reply.json() }
    }

    pub async fn get(&self, path: &str) -> Value {
        self.ok(200, "GET", path, Value::Null).await
    }

    /// A new API's path, `/v2/apis/{id}`.
    pub async fn api(&self) -> String {
        let body = serde_json::json!({"name": "dash", "protocolType": "HTTP"});
        let made = self.ok(201, "POST", "/v2/apis", body).await;
        format!("/v2/apis/{}", made["apiId"].as_str().unwrap())
    }
}

/// A member of a JSON object, as text.
pub fn text(of: &Value, member: &str) -> String {
    of[member].as_str().unwrap_or_else(|| panic!("no {member} in {of}")).to_owned()
}
