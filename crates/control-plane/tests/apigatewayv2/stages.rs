//! Stages, their settings, and deployments.

use serde_json::{Value, json};

use crate::bench::{Bench, text};

#[tokio::test]
async fn a_stage_has_awss_defaults() {
    let bench = Bench::new();
    let stages = format!("{}/stages", bench.api().await);
    let made = bench.ok(201, "POST", &stages, json!({"stageName": "dev"})).await;
    let wanted = json!({"autoDeploy": false, "createdDate": "2026-01-01T00:00:00Z",
        "defaultRouteSettings": {"detailedMetricsEnabled": false}, "lastUpdatedDate": "2026-01-01T00:00:00Z",
        "routeSettings": {}, "stageName": "dev", "stageVariables": {}, "tags": {}});
    assert_eq!(made, wanted);
    assert_eq!(bench.get(&format!("{stages}/dev")).await, wanted);
    assert_eq!(bench.call("POST", &stages, json!({"stageName": "dev"})).await.error().0, 409);
    assert_eq!(bench.call("POST", &stages, json!({"stageName": "a b"})).await.error().0, 400);
}

#[tokio::test]
async fn an_auto_deploying_stage_follows_every_change_and_the_gateway_serves_it() {
    let bench = Bench::new();
    let api = bench.api().await;
    let stage =
        bench.ok(201, "POST", &format!("{api}/stages"), json!({"stageName": "$default", "autoDeploy": true})).await;
    bench.ok(201, "POST", &format!("{api}/routes"), json!({"routeKey": "GET /x"})).await;
    let later = bench.get(&format!("{api}/stages/%24default")).await;
    assert_ne!(stage["deploymentId"], later["deploymentId"]);
    let deployment = bench.get(&format!("{api}/deployments/{}", text(&later, "deploymentId"))).await;
    assert_eq!((&deployment["autoDeployed"], &deployment["deploymentStatus"]), (&json!(true), &json!("DEPLOYED")));
    assert_eq!(deployment.get("snapshot"), None);
    let id = api.rsplit('/').next().unwrap();
    assert!(bench.gateway.claims(&format!("{id}.execute-api.localhost"), "/x"));
}

#[tokio::test]
async fn variables_logs_and_settings_are_cleared_as_terraform_clears_them() {
    let bench = Bench::new();
    let api = bench.api().await;
    bench.ok(201, "POST", &format!("{api}/routes"), json!({"routeKey": "GET /metadata"})).await;
    let settings = json!({"detailedMetricsEnabled": false, "throttlingBurstLimit": 10, "throttlingRateLimit": 20});
    let body = json!({"stageName": "$default", "autoDeploy": true, "stageVariables": {"k": "v", "l": "w"},
        "accessLogSettings": {"destinationArn": "arn:aws:logs:us-east-1:000000000000:log-group:g", "format": "$context.requestId"},
        "defaultRouteSettings": settings, "routeSettings": {"GET /metadata": settings}});
    bench.ok(201, "POST", &format!("{api}/stages"), body).await;
    let path = format!("{api}/stages/%24default");
    let changed = bench.ok(200, "PATCH", &path, json!({"stageVariables": {"k": ""}, "accessLogSettings": {}})).await;
    assert_eq!(changed["stageVariables"], json!({"l": "w"}));
    assert_eq!(changed.get("accessLogSettings"), None);
    bench.ok(204, "DELETE", &format!("{path}/routesettings/GET%20%2Fmetadata"), Value::Null).await;
    let zeroed = json!({"detailedMetricsEnabled": false, "throttlingBurstLimit": 0, "throttlingRateLimit": 0});
    let changed = bench.ok(200, "PATCH", &path, json!({"defaultRouteSettings": zeroed, "routeSettings": {}})).await;
    assert_eq!(changed["routeSettings"], json!({}));
    assert_eq!(changed["defaultRouteSettings"]["throttlingBurstLimit"], 0);
}

#[tokio::test]
async fn access_log_settings_are_deleted_on_their_own() {
    let bench = Bench::new();
    let stages = format!("{}/stages", bench.api().await);
    let logs = json!({"destinationArn": "arn:aws:logs:us-east-1:000000000000:log-group:g", "format": "x"});
    bench.ok(201, "POST", &stages, json!({"stageName": "dev", "accessLogSettings": logs})).await;
    bench.ok(204, "DELETE", &format!("{stages}/dev/accesslogsettings"), Value::Null).await;
    assert_eq!(bench.get(&format!("{stages}/dev")).await.get("accessLogSettings"), None);
}

#[tokio::test]
async fn a_deployment_moves_the_stage_it_names_and_is_held_by_it() {
    let bench = Bench::new();
    let api = bench.api().await;
    bench.ok(201, "POST", &format!("{api}/stages"), json!({"stageName": "dev"})).await;
    let deployments = format!("{api}/deployments");
    let made = bench.ok(201, "POST", &deployments, json!({"stageName": "dev", "description": "one"})).await;
    let id = text(&made, "deploymentId");
    let wanted = json!({"autoDeployed": false, "createdDate": "2026-01-01T00:00:00Z", "deploymentId": id,
        "deploymentStatus": "DEPLOYED", "description": "one"});
    assert_eq!(made, wanted);
    assert_eq!(bench.get(&format!("{api}/stages/dev")).await["deploymentId"], json!(id));
    assert_eq!(bench.get(&deployments).await, json!({"items": [wanted]}));
    assert_eq!(bench.call("DELETE", &format!("{deployments}/{id}"), Value::Null).await.error().0, 400);
    let changed = bench.ok(200, "PATCH", &format!("{deployments}/{id}"), json!({"description": "two"})).await;
    assert_eq!(changed["description"], "two");
    bench.ok(204, "DELETE", &format!("{api}/stages/dev"), Value::Null).await;
    bench.ok(204, "DELETE", &format!("{deployments}/{id}"), Value::Null).await;
    assert_eq!(bench.call("GET", &format!("{deployments}/{id}"), Value::Null).await.error().0, 404);
    assert_eq!(bench.call("POST", &deployments, json!({"stageName": "dev"})).await.error().0, 404);
}

#[tokio::test]
async fn an_auto_deploying_stage_takes_no_deployment_by_hand() {
    let bench = Bench::new();
    let api = bench.api().await;
    let id = text(&bench.ok(201, "POST", &format!("{api}/deployments"), json!({})).await, "deploymentId");
    let body = json!({"stageName": "dev", "autoDeploy": true, "deploymentId": id});
    assert_eq!(bench.call("POST", &format!("{api}/stages"), body).await.error().0, 400);
    bench.ok(201, "POST", &format!("{api}/stages"), json!({"stageName": "dev", "deploymentId": id})).await;
    assert_eq!(bench.get(&format!("{api}/stages")).await["items"].as_array().unwrap().len(), 1);
}
