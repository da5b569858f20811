//! CreateAuthorizer, GetAuthorizer, GetAuthorizers, UpdateAuthorizer, DeleteAuthorizer.

use serde_json::{Value, json};

use crate::bench::{Bench, ISSUER, text};

fn jwt(issuer: &str) -> Value {
    json!({"authorizerType": "JWT", "identitySource": ["$request.header.Authorization"], "name": "jwt1",
        "jwtConfiguration": {"audience": ["client1"], "issuer": issuer}})
}

#[tokio::test]
async fn a_jwt_authorizer_reads_back_as_it_was_written() {
    let bench = Bench::new();
    let all = format!("{}/authorizers", bench.api().await);
    let made = bench.ok(201, "POST", &all, jwt(ISSUER)).await;
    let id = text(&made, "authorizerId");
    let mut wanted = jwt(ISSUER);
    wanted["authorizerId"] = json!(id);
    assert_eq!(made, wanted);
    assert_eq!(bench.get(&format!("{all}/{id}")).await, wanted);
    assert_eq!(bench.get(&all).await, json!({"items": [wanted]}));
}

#[tokio::test]
async fn an_issuer_without_a_discovery_document_is_refused_in_awss_words() {
    let bench = Bench::new();
    let all = format!("{}/authorizers", bench.api().await);
    let (status, code, message) = bench.call("POST", &all, jwt("http://127.0.0.1:9/nobody")).await.error();
    assert_eq!((status, code.as_str()), (400, "BadRequestException"));
    assert!(
        message.starts_with("Caught exception when connecting to http://127.0.0.1:9/nobody/.well-known/"),
        "{message}"
    );
    assert_eq!(bench.get(&all).await, json!({"items": []}));
}

#[tokio::test]
async fn a_new_issuer_is_checked_and_the_old_one_stays_when_it_fails() {
    let bench = Bench::new();
    let all = format!("{}/authorizers", bench.api().await);
    let path = format!("{all}/{}", text(&bench.ok(201, "POST", &all, jwt(ISSUER)).await, "authorizerId"));
    let patch = json!({"jwtConfiguration": {"issuer": "http://127.0.0.1:9/nobody"}});
    assert_eq!(bench.call("PATCH", &path, patch).await.error().0, 400);
    assert_eq!(bench.get(&path).await["jwtConfiguration"]["issuer"], ISSUER);
    let changed = bench.ok(200, "PATCH", &path, json!({"jwtConfiguration": {"audience": ["a", "b"]}})).await;
    assert_eq!(changed["jwtConfiguration"], json!({"audience": ["a", "b"], "issuer": ISSUER}));
}

#[tokio::test]
async fn a_jwt_authorizer_has_exactly_one_identity_source() {
    let bench = Bench::new();
    let all = format!("{}/authorizers", bench.api().await);
    let mut body = jwt(ISSUER);
    body["identitySource"] = json!(["$request.header.Authorization", "$request.querystring.t"]);
    assert_eq!(bench.call("POST", &all, body).await.error().0, 400);
}

#[tokio::test]
async fn a_request_authorizer_needs_its_payload_version() {
    let bench = Bench::new();
    let all = format!("{}/authorizers", bench.api().await);
    let body = json!({"authorizerType": "REQUEST", "authorizerUri": "arn:aws:lambda:us-east-1:000000000000:function:f",
        "identitySource": ["$request.header.Authorization"], "name": "req"});
    let (status, _, message) = bench.call("POST", &all, body).await.error();
    assert_eq!(status, 400);
    assert_eq!(message, "AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizer");
}

#[tokio::test]
async fn an_authorizer_in_use_is_not_deleted() {
    let bench = Bench::new();
    let api = bench.api().await;
    let id = text(&bench.ok(201, "POST", &format!("{api}/authorizers"), jwt(ISSUER)).await, "authorizerId");
    let route = json!({"routeKey": "GET /x", "authorizationType": "JWT", "authorizerId": id});
    bench.ok(201, "POST", &format!("{api}/routes"), route).await;
    let path = format!("{api}/authorizers/{id}");
    let (status, code, _) = bench.call("DELETE", &path, Value::Null).await.error();
    assert_eq!((status, code.as_str()), (409, "ConflictException"));
}
