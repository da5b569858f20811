//! The door as a client meets it: JSON in, status and JSON out.
use bytes::Bytes;
use control_plane::cognito_idp::CognitoIdp;
use control_plane::{Signatures, Signed};
use http::Request;
use http::request::Parts;
use serde_json::Value;
use std::sync::Arc;
use testing::Bench;
use user_pools::Scope;

/// Every signature is the bench's operator.
struct Operator;
impl Signatures for Operator {
    fn check(&self, _: i64, _: &str, parts: &Parts, _: &[u8]) -> Result<Signed, aws::ServiceError> {
        if parts.headers.contains_key("authorization") {
            let scope = Scope { account: "000000000000".into(), region: "us-east-1".into() };
            return Ok(Signed { scope, access_key_id: "test".into() });
        }
        Err(aws::ServiceError::new("MissingAuthenticationTokenException", "Missing Authentication Token"))
    }

    fn could_pass(&self, now: i64, service: &str, parts: &Parts) -> Result<(), aws::ServiceError> {
        self.check(now, service, parts, &[]).map(drop)
    }
}

/// The API over a bench.
pub struct Door {
    pub bench: Bench,
    pub api: CognitoIdp,
}

impl Door {
    pub fn new() -> Self {
        let bench = Bench::new();
        let api = CognitoIdp::new(Arc::new(bench.pools.clone()), Arc::new(Operator));
        Self { bench, api }
    }

    async fn send(&self, operation: &str, body: &Value, signed: bool) -> (u16, Value) {
        let mut request = Request::post("/")
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", format!("AWSCognitoIdentityProviderService.{operation}"));
        if signed {
            request = request.header("authorization", "AWS4-HMAC-SHA256 test");
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let answer = self.api.handle(self.bench.cx(), &parts, Bytes::from(body.to_string())).await;
        let status = answer.status().as_u16();
        let body = answer.into_body();
        (status, if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() })
    }

    /// Calls without a signature and expects success.
    pub async fn call(&self, operation: &str, body: Value) -> Value {
        let (status, answer) = self.send(operation, &body, false).await;
        assert_eq!(status, 200, "{operation}: {answer}");
        answer
    }

    /// Calls as an operator and expects success.
    pub async fn signed(&self, operation: &str, body: Value) -> Value {
        let (status, answer) = self.send(operation, &body, true).await;
        assert_eq!(status, 200, "{operation}: {answer}");
        answer
    }

    /// Calls without a signature and expects AWS's error: status, type, message.
    pub async fn refused(&self, operation: &str, body: Value) -> (u16, String, String) {
        Self::error(self.send(operation, &body, false).await)
    }

    /// As [`Door::refused`], signed.
    pub async fn refused_signed(&self, operation: &str, body: Value) -> (u16, String, String) {
        Self::error(self.send(operation, &body, true).await)
    }

    fn error((status, body): (u16, Value)) -> (u16, String, String) {
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        (status, text("__type"), text("message"))
    }
}
