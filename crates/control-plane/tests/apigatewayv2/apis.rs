//! CreateApi, GetApi, GetApis, UpdateApi, DeleteApi, DeleteCorsConfiguration.

use serde_json::{Value, json};

use crate::bench::{Bench, text};

#[tokio::test]
async fn a_new_api_has_awss_defaults_and_reads_back_the_same() {
    let bench = Bench::new();
    let made = bench.ok(201, "POST", "/v2/apis", json!({"name": "n", "protocolType": "HTTP"})).await;
    let id = text(&made, "apiId");
    assert_eq!(
        made,
        json!({
            "apiEndpoint": format!("http://{id}.execute-api.localhost:4566"),
            "apiId": id,
            "apiKeySelectionExpression": "$request.header.x-api-key",
            "createdDate": "2026-01-01T00:00:00Z",
            "disableExecuteApiEndpoint": false,
            "ipAddressType": "ipv4",
            "name": "n",
            "protocolType": "HTTP",
            "routeSelectionExpression": "$request.method $request.path",
            "tags": {},
        })
    );
    assert_eq!(bench.get(&format!("/v2/apis/{id}")).await, made);
}

#[tokio::test]
async fn quick_create_makes_route_integration_and_stage() {
    let bench = Bench::new();
    let body = json!({"name": "q", "protocolType": "HTTP", "target": "https://backend.example"});
    let made = bench.ok(201, "POST", "/v2/apis", body).await;
    let path = format!("/v2/apis/{}", text(&made, "apiId"));
    assert_eq!(made["apiGatewayManaged"], true);
    let routes = bench.get(&format!("{path}/routes")).await;
    assert_eq!(
        (&routes["items"][0]["routeKey"], &routes["items"][0]["apiGatewayManaged"]),
        (&json!("$default"), &json!(true))
    );
    let stages = bench.get(&format!("{path}/stages")).await;
    assert_eq!(
        (&stages["items"][0]["stageName"], &stages["items"][0]["autoDeploy"]),
        (&json!("$default"), &json!(true))
    );
    let integrations = bench.get(&format!("{path}/integrations")).await;
    assert_eq!(integrations["items"][0]["integrationType"], "HTTP_PROXY");
}

#[tokio::test]
async fn an_unknown_api_is_told_with_account_and_id() {
    let bench = Bench::new();
    for (method, path) in [("GET", "/v2/apis/nope"), ("DELETE", "/v2/apis/nope"), ("GET", "/v2/apis/nope/routes")] {
        let told = bench.call(method, path, Value::Null).await.error();
        let message = "Invalid API identifier specified 000000000000:nope";
        assert_eq!(told, (404, "NotFoundException".to_owned(), message.to_owned()), "{method} {path}");
    }
}

#[tokio::test]
async fn an_api_belongs_to_its_account_and_region() {
    let bench = Bench::new();
    let path = bench.api().await;
    for other in ["eu-west-1/000000000000", "us-east-1/111111111111"] {
        assert_eq!(bench.send("GET", &path, Some(other), String::new()).await.status, 404);
        assert_eq!(bench.send("GET", "/v2/apis", Some(other), String::new()).await.json(), json!({"items": []}));
        assert_eq!(bench.send("DELETE", &path, Some(other), String::new()).await.status, 404);
    }
    bench.get(&path).await;
}

#[tokio::test]
async fn apis_are_listed_in_pages_in_creation_order() {
    let bench = Bench::new();
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(bench.api().await);
        bench.inner.clock.advance(1000);
    }
    let (mut seen, mut token) = (Vec::new(), String::new());
    loop {
        let page = bench.get(&format!("/v2/apis?maxResults=2&nextToken={token}")).await;
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 2);
        seen.extend(items.iter().map(|api| format!("/v2/apis/{}", text(api, "apiId"))));
        match page["nextToken"].as_str() {
            Some(next) => next.clone_into(&mut token),
            None => break,
        }
    }
    assert_eq!(seen, made);
}

#[tokio::test]
async fn a_bad_page_is_a_bad_request() {
    let bench = Bench::new();
    for query in ["maxResults=0", "maxResults=x", "maxResults=-1", "nextToken=%25%25", "nextToken=eA"] {
        let (status, code, _) = bench.call("GET", &format!("/v2/apis?{query}"), Value::Null).await.error();
        assert_eq!((status, code.as_str()), (400, "BadRequestException"), "{query}");
    }
}

#[tokio::test]
async fn a_deleted_api_is_gone_with_its_parts() {
    let bench = Bench::new();
    let path = bench.api().await;
    bench.ok(201, "POST", &format!("{path}/routes"), json!({"routeKey": "GET /x"})).await;
    assert_eq!(bench.ok(204, "DELETE", &path, Value::Null).await, Value::Null);
    assert_eq!(bench.call("GET", &format!("{path}/routes"), Value::Null).await.status, 404);
    assert_eq!(bench.call("DELETE", &path, Value::Null).await.status, 404);
}

#[tokio::test]
async fn websocket_apis_and_unknown_protocols_are_refused() {
    let bench = Bench::new();
    for protocol in ["WEBSOCKET", "FTP"] {
        let body = json!({"name": "n", "protocolType": protocol});
        assert_eq!(bench.call("POST", "/v2/apis", body).await.error().0, 400, "{protocol}");
    }
}

#[tokio::test]
async fn cors_with_credentials_and_a_star_is_refused_in_awss_words() {
    let bench = Bench::new();
    let cors = json!({"allowCredentials": true, "allowOrigins": ["*"]});
    let body = json!({"name": "n", "protocolType": "HTTP", "corsConfiguration": cors});
    let (status, _, message) = bench.call("POST", "/v2/apis", body).await.error();
    assert_eq!((status, message.as_str()), (400, "allow-credentials is not supported if 'allow-origin' is *"));
}

#[tokio::test]
async fn changes_made_at_the_same_time_all_stay() {
    let bench = std::sync::Arc::new(Bench::new());
    let path = bench.api().await;
    let tasks: Vec<_> = (0..10)
        .map(|n| {
            let (bench, path) = (bench.clone(), path.clone());
            tokio::spawn(async move {
                bench.ok(201, "POST", &format!("{path}/routes"), json!({"routeKey": format!("GET /r{n}")})).await
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(bench.get(&format!("{path}/routes")).await["items"].as_array().unwrap().len(), 10);
}
