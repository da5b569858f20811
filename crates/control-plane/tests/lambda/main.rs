//! The `lambda` door over a real store: who may bring code, or change what runs, and how much is read of whom.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::sync::Arc;

use bytes::Bytes;
use control_plane::lambda::{Lambda, Ports, WITHOUT_CODE};
use control_plane::{Signatures, Signed};
use functions::{CodeFolder, Functions, InvokerOptions, ServicePorts};
use http::request::Parts;
use tokio::runtime::Handle;
use user_pools::Scope;

const FUNCTIONS: &str = "/2015-03-31/functions";
/// The beginning of 2026.
const NOW: i64 = 1_767_225_600_000;
const CONFIGURATION: &str = "/2015-03-31/functions/hello/configuration";

struct Still;

impl functions::ports::Clock for Still {
    fn now(&self) -> i64 {
        NOW
    }

    fn machine(&self) -> i64 {
        NOW
    }
}

/// The operator is known by the word itself.
struct Operator;

impl Signatures for Operator {
    fn check(&self, now: i64, service: &str, parts: &Parts, _: &[u8]) -> Result<Signed, aws::ServiceError> {
        self.could_pass(now, service, parts)?;
        let scope = Scope { account: "000000000000".to_owned(), region: "us-east-1".to_owned() };
        Ok(Signed { scope, access_key_id: "operator".to_owned() })
    }

    fn could_pass(&self, _: i64, service: &str, parts: &Parts) -> Result<(), aws::ServiceError> {
        assert_eq!(service, "lambda");
        let known = parts.headers.get("authorization").is_some_and(|word| word == "operator");
        known.then_some(()).ok_or_else(|| aws::ServiceError::new("UnrecognizedClientException", "unknown key"))
    }
}

struct Door {
    bench: testing::Bench,
    lambda: Lambda,
    _folder: tempfile::TempDir,
}

impl Door {
    fn new(uploads: bool) -> Self {
        let bench = testing::Bench::new();
        let folder = tempfile::tempdir().unwrap();
        let ports = ServicePorts {
            store: Arc::new(bench.store.clone()),
            code: Arc::new(CodeFolder::open(&folder.path().join("code")).unwrap()),
            keys: bench.pools.keys.clone(),
            random: bench.pools.random.clone(),
            clock: Arc::new(Still),
            runtime: Handle::current(),
            taken: Vec::new(),
        };
        let functions = Functions::new(ports, Vec::new(), InvokerOptions::default());
        let ports = Ports { functions, signatures: Arc::new(Operator), decisions: bench.decisions.clone() };
        Self { lambda: Lambda::new(ports, uploads), bench, _folder: folder }
    }

    fn head(method: &str, path: &str, key: &str) -> Parts {
        http::Request::builder().method(method).uri(path).header("authorization", key).body(()).unwrap().into_parts().0
    }

    fn room(&self, method: &str, path: &str, key: &str) -> usize {
        self.lambda.room_for(NOW, &Self::head(method, path, key))
    }

    fn no_room(&self, method: &str, path: &str, key: &str) -> String {
        self.lambda.no_room_for(NOW, &Self::head(method, path, key)).code.into_owned()
    }

    async fn call(&self, method: &str, path: &str, body: &'static str) -> (u16, String) {
        let head = Self::head(method, path, "operator");
        let answer = self.lambda.handle(self.bench.cx(), &head, Bytes::from_static(body.as_bytes())).await;
        (answer.status().as_u16(), String::from_utf8_lossy(answer.body()).into_owned())
    }
}

#[tokio::test]
async fn a_zip_is_read_only_of_a_known_key_where_code_is_taken() {
    let (on, off) = (Door::new(true), Door::new(false));
    assert!(on.room("POST", FUNCTIONS, "operator") > 70_000_000);
    assert!(on.room("PUT", "/2015-03-31/functions/hello/code", "operator") > 70_000_000);
    assert!(on.room("POST", FUNCTIONS, "stranger") < 100_000);
    assert_eq!(on.room("POST", "/2015-03-31/functions/hello/invocations", "operator"), WITHOUT_CODE);
    assert_eq!(off.room("POST", FUNCTIONS, "operator"), WITHOUT_CODE);
}

#[tokio::test]
async fn whose_body_found_no_room_learns_the_true_reason() {
    let (on, off) = (Door::new(true), Door::new(false));
    assert_eq!(on.no_room("POST", FUNCTIONS, "operator"), "RequestEntityTooLargeException");
    assert_eq!(on.no_room("POST", FUNCTIONS, "stranger"), "UnrecognizedClientException");
    assert_eq!(off.no_room("POST", FUNCTIONS, "operator"), "AccessDeniedException");
    let invocations = "/2015-03-31/functions/hello/invocations";
    assert_eq!(off.no_room("POST", invocations, "operator"), "RequestEntityTooLargeException");
}

#[tokio::test]
async fn what_a_function_runs_under_changes_only_where_code_is_taken() {
    let preload = r#"{"Environment": {"Variables": {"NODE_OPTIONS": "--require /tmp/evil.js"}}}"#;
    let (status, said) = Door::new(false).call("PUT", CONFIGURATION, preload).await;
    assert!(status == 403 && said.contains("function_uploads = true"), "{status} {said}");
    let (status, said) = Door::new(true).call("PUT", CONFIGURATION, preload).await;
    assert!(status == 404 && said.contains("Function not found"), "{status} {said}");
}
