//! The calls of Terraform's AWS provider 5.100.0, body for body: what is read back must be what was written, or its
//! next plan is not empty.

use serde_json::{Value, json};

use crate::bench::{Bench, text};

#[tokio::test]
async fn an_api_survives_create_update_and_removal_of_cors() {
    let bench = Bench::new();
    let cors = json!({"allowCredentials": true, "allowHeaders": ["authorization", "content-type"],
        "allowMethods": ["POST", "GET"], "allowOrigins": ["https://a.example"], "exposeHeaders": [], "maxAge": 300});
    let body = json!({"apiKeySelectionExpression": "$request.header.x-api-key", "corsConfiguration": cors,
        "description": "d1", "name": "dash1", "protocolType": "HTTP",
        "routeSelectionExpression": "$request.method $request.path", "tags": {"Env": "t1"}});
    let made = bench.ok(201, "POST", "/v2/apis", body).await;
    let path = format!("/v2/apis/{}", text(&made, "apiId"));
    let mut shown = cors.clone();
    shown.as_object_mut().unwrap().remove("exposeHeaders");
    assert_eq!(made["corsConfiguration"], shown);
    assert_eq!(made["tags"], json!({"Env": "t1"}));

    let changed = bench.ok(200, "PATCH", &path, json!({"description": "", "name": "dash2", "version": ""})).await;
    assert_eq!(
        (changed["name"].as_str(), changed.get("description"), changed.get("version")),
        (Some("dash2"), None, None)
    );
    assert_eq!(changed["corsConfiguration"], shown);

    bench.ok(204, "DELETE", &format!("{path}/cors"), Value::Null).await;
    let changed = bench.ok(200, "PATCH", &path, json!({"corsConfiguration": {}})).await;
    assert_eq!(changed.get("corsConfiguration"), None);
    assert_eq!(bench.get(&path).await, changed);
}

#[tokio::test]
async fn the_lab_is_created_read_and_destroyed() {
    let bench = Bench::new();
    let api = bench.api().await;
    let integration = json!({"connectionType": "INTERNET", "integrationMethod": "POST", "integrationType": "AWS_PROXY",
        "integrationUri": "arn:aws:lambda:us-east-1:000000000000:function:dashboard", "payloadFormatVersion": "2.0"});
    let integration = text(&bench.ok(201, "POST", &format!("{api}/integrations"), integration).await, "integrationId");
    let authorizer = json!({"authorizerType": "JWT", "identitySource": ["$request.header.Authorization"], "name": "jwt1",
        "jwtConfiguration": {"audience": ["client1"], "issuer": crate::bench::ISSUER}});
    let authorizer = text(&bench.ok(201, "POST", &format!("{api}/authorizers"), authorizer).await, "authorizerId");
    let mut routes = Vec::new();
    for key in ["POST /upload-url", "GET /metadata", "GET /metadata/list", "DELETE /metadata"] {
        let body = json!({"apiKeyRequired": false, "authorizationType": "JWT", "authorizerId": authorizer, "routeKey": key,
            "target": format!("integrations/{integration}")});
        let made = bench.ok(201, "POST", &format!("{api}/routes"), body).await;
        let path = format!("{api}/routes/{}", text(&made, "routeId"));
        assert_eq!(bench.get(&path).await, made);
        routes.push(path);
    }
    let settings = json!({"detailedMetricsEnabled": false, "throttlingBurstLimit": 10, "throttlingRateLimit": 20});
    let stage = json!({"autoDeploy": true, "defaultRouteSettings": settings, "routeSettings": {"GET /metadata": settings},
        "stageName": "$default"});
    let stage = bench.ok(201, "POST", &format!("{api}/stages"), stage).await;
    assert_eq!(stage["routeSettings"]["GET /metadata"]["throttlingRateLimit"].as_f64(), Some(20.0));
    assert_eq!(bench.get(&format!("{api}/stages/%24default")).await, stage);

    for path in routes {
        bench.ok(204, "DELETE", &path, Value::Null).await;
    }
    for path in [
        format!("{api}/stages/%24default"),
        format!("{api}/authorizers/{authorizer}"),
        format!("{api}/integrations/{integration}"),
        api.clone(),
    ] {
        bench.ok(204, "DELETE", &path, Value::Null).await;
    }
    assert_eq!(bench.get("/v2/apis").await, json!({"items": []}));
}
