//! CreateIntegration, GetIntegration, GetIntegrations, UpdateIntegration, DeleteIntegration.

use serde_json::{Value, json};

use crate::bench::{Bench, text};

async fn http(bench: &Bench, api: &str) -> String {
    let body = json!({"integrationType": "HTTP_PROXY", "integrationMethod": "GET", "integrationUri": "https://b.example",
        "payloadFormatVersion": "1.0", "description": "d",
        "requestParameters": {"append:header.x-a": "1", "append:header.x-b": "2"},
        "responseParameters": {"403": {"append:header.x-c": "3"}, "404": {"append:header.x-d": "4"}}});
    let made = bench.ok(201, "POST", &format!("{api}/integrations"), body).await;
    format!("{api}/integrations/{}", text(&made, "integrationId"))
}

#[tokio::test]
async fn a_function_integration_reads_back_with_its_defaults() {
    let bench = Bench::new();
    let api = bench.api().await;
    let uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:dashboard/invocations";
    let body = json!({"connectionType": "INTERNET", "description": "x1", "integrationMethod": "POST",
        "integrationType": "AWS_PROXY", "integrationUri": uri, "payloadFormatVersion": "2.0"});
    let made = bench.ok(201, "POST", &format!("{api}/integrations"), body).await;
    let id = text(&made, "integrationId");
    let wanted = json!({"connectionType": "INTERNET", "description": "x1", "integrationId": id, "integrationMethod": "POST",
        "integrationType": "AWS_PROXY", "integrationUri": uri, "payloadFormatVersion": "2.0", "timeoutInMillis": 30000});
    assert_eq!(made, wanted);
    assert_eq!(bench.get(&format!("{api}/integrations/{id}")).await, wanted);
}

#[tokio::test]
async fn maps_merge_key_by_key_and_empty_values_remove() {
    let bench = Bench::new();
    let path = http(&bench, &bench.api().await).await;
    let patch = json!({"integrationType": "HTTP_PROXY", "requestParameters": {"append:header.x-a": ""},
        "responseParameters": {"403": {}}});
    let changed = bench.ok(200, "PATCH", &path, patch).await;
    assert_eq!(changed["requestParameters"], json!({"append:header.x-b": "2"}));
    assert_eq!(changed["responseParameters"], json!({"404": {"append:header.x-d": "4"}}));
    assert_eq!(changed["description"], "d");
    let changed = bench.ok(200, "PATCH", &path, json!({"integrationType": "HTTP_PROXY", "description": ""})).await;
    assert_eq!(changed.get("description"), None);
    assert_eq!(bench.get(&path).await, changed);
}

#[tokio::test]
async fn a_time_out_outside_its_bounds_is_refused() {
    let bench = Bench::new();
    let path = http(&bench, &bench.api().await).await;
    for millis in [49, 30_001] {
        let told = bench.call("PATCH", &path, json!({"timeoutInMillis": millis})).await.error();
        assert_eq!(told.0, 400, "{millis}");
    }
    assert_eq!(bench.get(&path).await["timeoutInMillis"], 30_000);
}

#[tokio::test]
async fn an_integration_in_use_is_not_deleted() {
    let bench = Bench::new();
    let api = bench.api().await;
    let path = http(&bench, &api).await;
    let id = path.rsplit('/').next().unwrap();
    let route = json!({"routeKey": "GET /x", "target": format!("integrations/{id}")});
    let route = text(&bench.ok(201, "POST", &format!("{api}/routes"), route).await, "routeId");
    assert_eq!(bench.call("DELETE", &path, Value::Null).await.error().0, 409);
    bench.ok(204, "DELETE", &format!("{api}/routes/{route}"), Value::Null).await;
    bench.ok(204, "DELETE", &path, Value::Null).await;
    let (status, _, message) = bench.call("GET", &path, Value::Null).await.error();
    assert_eq!((status, message), (404, format!("Invalid Integration identifier specified {id}")));
}
