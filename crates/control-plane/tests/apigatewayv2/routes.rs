//! CreateRoute, GetRoute, GetRoutes, UpdateRoute, DeleteRoute.

use serde_json::{Value, json};

use crate::bench::{Bench, text};

#[tokio::test]
async fn a_route_reads_back_with_its_defaults() {
    let bench = Bench::new();
    let routes = format!("{}/routes", bench.api().await);
    let made = bench.ok(201, "POST", &routes, json!({"routeKey": "GET /metadata/list"})).await;
    let id = text(&made, "routeId");
    let wanted = json!({
        "apiKeyRequired": false, "authorizationType": "NONE", "routeId": id, "routeKey": "GET /metadata/list",
    });
    assert_eq!(made, wanted);
    assert_eq!(bench.get(&format!("{routes}/{id}")).await, wanted);
}

#[tokio::test]
async fn a_taken_key_is_a_conflict_and_a_bad_key_a_bad_request() {
    let bench = Bench::new();
    let routes = format!("{}/routes", bench.api().await);
    bench.ok(201, "POST", &routes, json!({"routeKey": "GET /a/{b}"})).await;
    let (status, code, message) = bench.call("POST", &routes, json!({"routeKey": "GET /a/{c}"})).await.error();
    assert_eq!((status, code.as_str()), (409, "ConflictException"));
    assert!(message.contains("already exists"), "{message}");
    for key in ["get /a", "GET a", "GET /a/", "/a", "$connect", "GET /{a+}/b"] {
        assert_eq!(bench.call("POST", &routes, json!({"routeKey": key})).await.error().0, 400, "{key}");
    }
}

#[tokio::test]
async fn a_missing_key_is_told_as_a_constraint() {
    let bench = Bench::new();
    let (status, code, message) = bench.call("POST", &format!("{}/routes", bench.api().await), json!({})).await.error();
    assert_eq!((status, code.as_str()), (400, "BadRequestException"));
    assert_eq!(
        message,
        "1 validation error detected: Value null at 'routeKey' failed to satisfy constraint: Member must not be null"
    );
}

#[tokio::test]
async fn a_routes_authorizer_and_scopes_are_cleared_as_terraform_clears_them() {
    let bench = Bench::new();
    let api = bench.api().await;
    let authorizer = json!({
        "authorizerType": "JWT", "identitySource": ["$request.header.Authorization"], "name": "jwt",
        "jwtConfiguration": {"audience": ["c"], "issuer": crate::bench::ISSUER},
    });
    let authorizer = text(&bench.ok(201, "POST", &format!("{api}/authorizers"), authorizer).await, "authorizerId");
    let body = json!({"apiKeyRequired": false, "authorizationScopes": ["dash/read"], "authorizationType": "JWT",
        "authorizerId": authorizer, "routeKey": "GET /metadata"});
    let route = bench.ok(201, "POST", &format!("{api}/routes"), body).await;
    assert_eq!(route["authorizationScopes"], json!(["dash/read"]));
    let path = format!("{api}/routes/{}", text(&route, "routeId"));
    let patch = json!({"authorizationScopes": [], "authorizationType": "NONE", "authorizerId": ""});
    let changed = bench.ok(200, "PATCH", &path, patch).await;
    assert_eq!(changed.get("authorizationScopes"), None);
    assert_eq!(changed.get("authorizerId"), None);
    assert_eq!(bench.get(&path).await, changed);
}

#[tokio::test]
async fn a_jwt_route_needs_an_authorizer_that_is_there() {
    let bench = Bench::new();
    let routes = format!("{}/routes", bench.api().await);
    let body = json!({"routeKey": "GET /a", "authorizationType": "JWT"});
    assert_eq!(bench.call("POST", &routes, body).await.error().0, 400);
    let body = json!({"routeKey": "GET /a", "authorizationType": "JWT", "authorizerId": "nope"});
    assert!(matches!(bench.call("POST", &routes, body).await.error().0, 400 | 404));
    assert_eq!(bench.get(&routes).await, json!({"items": []}));
}

#[tokio::test]
async fn a_deleted_route_is_gone() {
    let bench = Bench::new();
    let routes = format!("{}/routes", bench.api().await);
    let id = text(&bench.ok(201, "POST", &routes, json!({"routeKey": "$default"})).await, "routeId");
    bench.ok(204, "DELETE", &format!("{routes}/{id}"), Value::Null).await;
    let (status, _, message) = bench.call("GET", &format!("{routes}/{id}"), Value::Null).await.error();
    assert_eq!((status, message), (404, format!("Invalid Route identifier specified {id}")));
}

#[tokio::test]
async fn routes_are_listed_in_pages() {
    let bench = Bench::new();
    let routes = format!("{}/routes", bench.api().await);
    for n in 0..3 {
        bench.ok(201, "POST", &routes, json!({"routeKey": format!("GET /r{n}")})).await;
    }
    let first = bench.get(&format!("{routes}?maxResults=2")).await;
    let next = bench.get(&format!("{routes}?maxResults=2&nextToken={}", text(&first, "nextToken"))).await;
    assert_eq!(first["items"].as_array().unwrap().len(), 2);
    assert_eq!(next["items"][0]["routeKey"], "GET /r2");
    assert_eq!(next.get("nextToken"), None);
}
