//! What holds for every operation: signature first, unknown paths, malformed bodies, headers, the log of decisions.

use serde_json::{Value, json};

use crate::bench::Bench;

#[tokio::test]
async fn an_unsigned_request_learns_only_that() {
    let bench = Bench::new();
    for (method, path, body) in [("GET", "/v2/apis", ""), ("POST", "/v2/apis", "{"), ("DELETE", "/v2/apis/x", "")] {
        let reply = bench.send(method, path, None, body.to_owned()).await;
        assert_eq!(reply.error().1, "MissingAuthenticationTokenException", "{method} {path}");
    }
}

#[tokio::test]
async fn malformed_bodies_change_nothing_and_are_bad_requests() {
    let bench = Bench::new();
    let caller = Some("us-east-1/000000000000");
    for body in ["{", "[]", "\"x\"", "{\"name\":1,\"protocolType\":\"HTTP\"}", "{\"name\":\"a\",\"name\":\"b\"}"] {
        let reply = bench.send("POST", "/v2/apis", caller, body.to_owned()).await;
        assert_eq!((reply.status, reply.error().1.as_str()), (400, "BadRequestException"), "{body}");
    }
    assert_eq!(bench.get("/v2/apis").await, json!({"items": []}));
}

#[tokio::test]
async fn null_members_read_as_absent() {
    let bench = Bench::new();
    let body = json!({"name": "n", "protocolType": "HTTP", "tags": null, "corsConfiguration": null, "version": null});
    let made = bench.ok(201, "POST", "/v2/apis", body).await;
    assert_eq!(made["tags"], json!({}));
}

#[tokio::test]
async fn every_answer_carries_the_request_id() {
    let bench = Bench::new();
    let good = bench.call("GET", "/v2/apis", Value::Null).await;
    let bad = bench.call("GET", "/v2/apis/nope", Value::Null).await;
    assert_eq!(good.headers["x-amzn-requestid"], "request-0");
    assert_eq!(good.headers["content-type"], "application/json");
    assert_eq!(bad.headers["x-amzn-requestid"], "request-1");
}

#[tokio::test]
async fn a_refusal_is_noted_for_explain() {
    let bench = Bench::new();
    bench.call("GET", "/v2/apis/nope", Value::Null).await;
    let noted = bench.inner.decisions.last();
    assert_eq!((noted.action.as_str(), noted.allowed, noted.rule.as_str()), ("GetApi", false, "NotFoundException"));
}

#[tokio::test]
async fn what_is_not_there_yet_is_a_typed_error() {
    let bench = Bench::new();
    let (status, code, _) = bench.call("GET", "/v2/domainnames", Value::Null).await.error();
    assert_eq!((status, code.as_str()), (501, "NotSupportedYetException"));
    let (status, code, _) = bench.call("GET", "/v2/nothing", Value::Null).await.error();
    assert_eq!((status, code.as_str()), (404, "UnknownOperationException"));
}

#[tokio::test]
async fn every_p0_operation_is_covered() {
    let covered = control_plane::apigatewayv2::coverage();
    assert_eq!(covered.iter().filter(|it| it.supported).count(), 36);
    assert_eq!(covered.len(), 103, "every operation of the model is listed");
}
