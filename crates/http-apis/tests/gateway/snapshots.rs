//! The snapshot follows the store, and requests never depend on the store.

use http_apis::{Api, ApiStore, StoreError, model::NewApi};

use super::bench::{Bench, NOW};

#[tokio::test]
async fn a_change_is_live_when_refresh_returns_and_a_deleted_api_is_gone() {
    let mut bench = Bench::new().await;
    let function = bench.function("2.0", 30_000).await;
    assert_eq!(bench.get("/x", &[]).await.status, 404);
    bench.open("GET /x", &function).await;
    assert_eq!(bench.get("/x", &[]).await.status, 200);
    bench.world.delete_api(bench.api.key(), NOW).await.unwrap();
    bench.gateway.refresh().await.unwrap();
    assert_eq!(bench.get("/x", &[]).await.status, 404);
    assert_eq!(bench.last_refusal().rule, "api");
}

#[tokio::test]
async fn a_store_that_is_down_stops_changes_but_not_traffic() {
    let mut bench = Bench::new().await;
    let function = bench.function("2.0", 30_000).await;
    bench.open("GET /x", &function).await;
    bench.set_store_down(true);
    assert!(matches!(bench.gateway.refresh().await, Err(StoreError::Unavailable(_))));
    assert_eq!(bench.get("/x", &[]).await.status, 200);
    bench.set_store_down(false);
    bench.gateway.refresh().await.unwrap();
}

#[tokio::test]
async fn a_snapshot_older_than_the_kept_changes_is_built_anew() {
    let mut bench = Bench::new().await;
    let function = bench.function("2.0", 30_000).await;
    bench.open("GET /x", &function).await;
    let act = http_apis::Act { now: NOW, random: &*bench.world };
    let new = NewApi { name: "new".into(), protocol_type: "HTTP".into(), ..NewApi::default() };
    let api = Api::new(bench.api.scope.clone(), new, &act).unwrap();
    let host = format!("{}.execute-api.us-east-1.amazonaws.com", api.api_id);
    bench.world.insert_api(api, NOW).await.unwrap();
    bench.world.delete_api(bench.api.key(), NOW).await.unwrap();
    bench.prune_changes();
    bench.gateway.refresh().await.unwrap();
    assert!(bench.gateway.claims(&host, "/"));
    assert_eq!(bench.get("/x", &[]).await.status, 404, "the deleted one is gone");
    // From here it follows again.
    bench.world.insert_api(bench.api.clone(), NOW).await.unwrap();
    bench.gateway.refresh().await.unwrap();
    assert_eq!(bench.get("/x", &[]).await.status, 200);
}

#[tokio::test]
async fn the_gateway_claims_its_own_hosts_and_paths_only() {
    let bench = Bench::new().await;
    let id = &bench.api.api_id;
    let claims = |host: &str, path: &str| bench.gateway.claims(&http_apis::host_name(host).unwrap(), path);
    assert!(claims(&format!("{id}.execute-api.localhost:4566"), "/"));
    assert!(claims("unknown.execute-api.localhost", "/"), "so that the gateway says 404");
    assert!(claims(&format!("{id}.execute-api.us-east-1.amazonaws.com"), "/"));
    assert!(!claims(&format!("{id}.execute-api.eu-west-1.amazonaws.com"), "/"));
    assert!(!claims("unknown.execute-api.us-east-1.amazonaws.com", "/"));
    assert!(claims("localhost:4566", "/execute-api/x/y") && claims("127.0.0.1", "/_aws/execute-api/x/y"));
    assert!(!claims("localhost", "/") && !claims("localhost", "/v2/apis"));
    assert!(!claims("a.execute-api.evil.example", "/x"));
}

#[tokio::test]
async fn many_apis_are_loaded_and_told_apart() {
    let bench = Bench::new().await;
    let mut ids = Vec::new();
    for number in 0..250 {
        let new = NewApi { name: format!("n{number}"), protocol_type: "HTTP".into(), ..NewApi::default() };
        let act = http_apis::Act { now: NOW, random: &*bench.world };
        let api = Api::new(bench.api.scope.clone(), new, &act).unwrap();
        ids.push(api.api_id.clone());
        bench.world.insert_api(api, NOW).await.unwrap();
    }
    bench.gateway.refresh().await.unwrap();
    for id in ids {
        assert!(bench.gateway.claims(&format!("{id}.execute-api.us-east-1.amazonaws.com"), "/"));
    }
}

#[tokio::test]
async fn http_2_requests_are_served_alike() {
    use http_body_util::{BodyExt, Empty};
    use hyper_util::rt::{TokioExecutor, TokioIo};
    let mut bench = Bench::new().await;
    let function = bench.function("2.0", 30_000).await;
    bench.open("GET /x", &function).await;
    let (client, server) = tokio::io::duplex(65_536);
    let worker = bench.gateway.worker();
    let service = hyper::service::service_fn(move |request| {
        let worker = worker.clone();
        let context = http_apis::RequestContext {
            client: "::1".parse().unwrap(),
            local: "[::1]:443".parse().unwrap(),
            tls: true,
            now: NOW,
        };
        async move { Ok::<_, std::convert::Infallible>(worker.handle(request, context).await) }
    });
    let connection = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
    tokio::spawn(connection.serve_connection(TokioIo::new(server), service));
    let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(client));
    let (mut sender, driver) = handshake.await.unwrap();
    tokio::spawn(driver);
    let host = format!("{}.execute-api.localhost", bench.api.api_id);
    let request = http::Request::get(format!("https://{host}/x"))
        .header("cookie", "a=1")
        .header("cookie", "b=2")
        .body(Empty::<bytes::Bytes>::new())
        .unwrap();
    let response = sender.send_request(request).await.unwrap();
    assert_eq!(response.status(), 200);
    let event: serde_json::Value = serde_json::from_slice(&response.collect().await.unwrap().to_bytes()).unwrap();
    assert_eq!(event["headers"]["host"], host);
    assert_eq!(event["cookies"], serde_json::json!(["a=1", "b=2"]));
    assert_eq!(
        (&event["headers"]["x-forwarded-proto"], &event["headers"]["x-forwarded-port"]),
        (&"https".into(), &"443".into())
    );
    let http = &event["requestContext"]["http"];
    assert_eq!((&http["protocol"], &http["sourceIp"]), (&"HTTP/1.1".into(), &"::1".into()));
}
