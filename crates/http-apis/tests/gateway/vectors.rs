//! The reference's test vectors (section J), by number.

use http_apis::model::{ApiPatch, Cors, NewStage};
use serde_json::{Value, json};

use super::bench::{Bench, ISSUER, Reply, Script, bearer, claims, token};

/// `401*`: the body, no content-type, a request id, and the function not called.
fn assert_unauthorized(bench: &Bench, reply: &Reply, challenge: &str) {
    assert_eq!((reply.status, reply.text()), (401, r#"{"message":"Unauthorized"}"#));
    assert_eq!(reply.header("www-authenticate"), Some(challenge));
    assert_eq!(reply.header("content-type"), None);
    assert_eq!(reply.header("content-length"), Some("26"));
    assert!(reply.header("date").is_some());
    let id = reply.header("apigw-requestid").unwrap();
    assert!(id.len() == 16 && id.ends_with('='), "{id}");
    assert_eq!(bench.last_refusal().request_id, id);
    assert_eq!(bench.calls(), 0);
}

fn invalid(scope: &str, description: &str) -> String {
    format!("Bearer scope=\"{scope}\" error=\"invalid_token\" error_description=\"{description}\"")
}

#[tokio::test]
async fn vector_1_no_token_is_challenged_with_bearer_alone() {
    let bench = Bench::lesson().await;
    let reply = bench.get("/metadata", &[]).await;
    assert_unauthorized(&bench, &reply, "Bearer");
    let empty = bench.get("/metadata", &[("authorization", "")]).await;
    assert_unauthorized(&bench, &empty, "Bearer");
}

#[tokio::test]
async fn vectors_2_to_4_a_bad_token_is_told_why() {
    let bench = Bench::lesson().await;
    let reply = bench.get("/metadata", &[("authorization", "Bearer abc")]).await;
    assert_unauthorized(&bench, &reply, &invalid("", "token contains an invalid number of segments"));
    let reply = bench.get("/metadata", &[("authorization", &bearer(json!({"aud": "other"})))]).await;
    assert_unauthorized(&bench, &reply, &invalid("", "the token does not have a valid audience"));
    let reply = bench.get("/scoped", &[("authorization", &bearer(json!({"exp": 1_787_900_000})))]).await;
    assert_unauthorized(&bench, &reply, &invalid("x/admin", "the token has expired"));
    let refusal = bench.last_refusal();
    assert_eq!((refusal.rule, refusal.route.as_deref()), ("jwt.exp", Some("GET /scoped")));
    assert_eq!(refusal.got, "exp 1787900000");
}

#[tokio::test]
async fn vectors_5_to_8_aud_decides_and_client_id_only_without_it() {
    let bench = Bench::lesson().await;
    let access = bearer(json!({"aud": null, "client_id": "client1", "token_use": "access"}));
    assert_eq!(bench.status_with(&access).await, 200);
    let both = bearer(json!({"aud": "other", "client_id": "client1"}));
    assert_eq!(bench.status_with(&both).await, 401);
    assert_eq!(bench.status_with(&bearer(json!({"aud": ["z", "client1"]}))).await, 200);
    assert_eq!(bench.status_with(&token(&claims())).await, 200);
}

#[tokio::test]
async fn vectors_12_to_14_scopes_open_routes_that_ask_for_them() {
    let mut bench = Bench::lesson().await;
    let function = bench.function("2.0", 30_000).await;
    let authorizer = bench.authorizer(ISSUER, &["client1"], "$request.header.Authorization").await;
    bench.guarded("GET /two", &function, &authorizer, &["dash/read", "dash/write"]).await;
    let event = bench.get("/two", &[("authorization", &bearer(json!({"scope": "openid dash/read"})))]).await.json();
    let jwt = &event["requestContext"]["authorizer"]["jwt"];
    assert_eq!(jwt["scopes"], json!(["openid", "dash/read"]));
    assert_eq!(jwt["claims"]["scope"], "openid dash/read");

    let before = bench.calls();
    for changes in [json!({"scope": "openid"}), json!({})] {
        let reply = bench.get("/two", &[("authorization", &bearer(changes))]).await;
        assert_eq!((reply.status, reply.text()), (403, r#"{"message":"Forbidden"}"#));
        assert_eq!(reply.header("content-type"), None);
        let challenge = reply.header("www-authenticate").unwrap();
        assert!(
            challenge.starts_with("Bearer scope=\"dash/read dash/write\" error=\"insufficient_scope\""),
            "{challenge}"
        );
    }
    assert_eq!((bench.calls(), bench.last_refusal().rule), (before, "jwt.scope"));

    let event = bench.get("/metadata", &[("authorization", &bearer(json!({"scope": "openid"})))]).await.json();
    assert_eq!(event["requestContext"]["authorizer"]["jwt"]["scopes"], Value::Null);
}

#[tokio::test]
async fn vector_15_claims_reach_the_function_as_strings() {
    let bench = Bench::lesson().await;
    let mut claims = claims();
    claims["cognito:groups"] = json!(["admin", "poweruser"]);
    claims["exp"] = json!(1_787_996_002);
    claims["email_verified"] = json!(true);
    claims["x"] = Value::Null;
    let authorization = format!("Bearer {}", token(&claims));
    for _ in ["cold", "warm"] {
        let event = bench.get("/metadata", &[("authorization", &authorization)]).await.json();
        let seen = &event["requestContext"]["authorizer"]["jwt"]["claims"];
        assert_eq!(seen["cognito:groups"], "[admin poweruser]");
        assert_eq!(seen["exp"], "1787996002");
        assert_eq!(seen["email_verified"], "true");
        assert_eq!(seen.get("x"), None);
        assert_eq!(event["headers"]["authorization"], authorization.as_str());
    }
}

#[tokio::test]
async fn vector_17_a_token_may_come_in_the_query() {
    let mut bench = Bench::lesson().await;
    let function = bench.function("2.0", 30_000).await;
    let authorizer = bench.authorizer(ISSUER, &["client1"], "$request.querystring.token").await;
    bench.guarded("GET /x", &function, &authorizer, &[]).await;
    let token = token(&claims());
    assert_eq!(bench.get(&format!("/x?token={token}"), &[]).await.status, 200);
    assert_eq!(bench.get(&format!("/x?a=b&token=Bearer%20{token}"), &[]).await.status, 200);
    assert_eq!(bench.get(&format!("/x?Token={token}"), &[]).await.header("www-authenticate"), Some("Bearer"));
    assert_eq!(bench.get(&format!("/x?token={token}&token={token}"), &[]).await.status, 401);
    assert_eq!(bench.get("/x", &[("authorization", &token)]).await.status, 401);
}

#[tokio::test]
async fn vectors_18_to_20_routes_are_chosen_and_there_is_no_405() {
    let mut bench = Bench::new().await;
    let function = bench.function("2.0", 30_000).await;
    for key in ["GET /pets/dog/1", "GET /pets/dog/{id}", "GET /pets/{proxy+}", "ANY /v/{proxy+}", "GET /x"] {
        bench.open(key, &function).await;
    }
    for (method, path, key) in [
        ("GET", "/pets/dog/1", "GET /pets/dog/1"),
        ("GET", "/pets/dog/2", "GET /pets/dog/{id}"),
        ("GET", "/pets/cat/1", "GET /pets/{proxy+}"),
        ("POST", "/v/test/5", "ANY /v/{proxy+}"),
    ] {
        let event = bench.ask(method, path, &[], b"").await.json();
        assert_eq!((&event["routeKey"], &event["requestContext"]["routeKey"]), (&json!(key), &json!(key)));
    }
    for (method, path) in [("GET", "/nope"), ("GET", "/x/"), ("POST", "/x")] {
        let reply = bench.ask(method, path, &[], b"").await;
        assert_eq!((reply.status, reply.text()), (404, r#"{"message":"Not Found"}"#), "{method} {path}");
        assert_eq!(reply.header("content-type"), Some("application/json"));
    }
    assert_eq!(bench.ask("HEAD", "/x", &[], b"").await.status, 404);
    assert_eq!(bench.last_refusal().rule, "route");
    bench.open("$default", &function).await;
    let event = bench.get("/nope", &[]).await.json();
    assert_eq!((&event["routeKey"], event.get("pathParameters")), (&json!("$default"), None));
}

#[tokio::test]
async fn vector_21_a_named_stage_stands_in_the_path() {
    let mut bench = Bench::new().await;
    let function = bench.function("2.0", 30_000).await;
    bench.open("GET /pets/{id}", &function).await;
    let stage = NewStage {
        stage_name: "dev".into(),
        auto_deploy: Some(true),
        stage_variables: [("a".to_owned(), "b".to_owned())].into(),
        ..NewStage::default()
    };
    bench.edit(|api, act| api.create_stage(stage, act)).await;
    let event = bench.get("/dev/pets/1", &[]).await.json();
    assert_eq!(event["rawPath"], "/dev/pets/1");
    assert_eq!(event["requestContext"]["http"]["path"], "/dev/pets/1");
    assert_eq!(event["routeKey"], "GET /pets/{id}");
    assert_eq!(event["pathParameters"], json!({"id": "1"}));
    assert_eq!(event["requestContext"]["stage"], "dev");
    assert_eq!(event["stageVariables"], json!({"a": "b"}));
    let default = bench.get("/pets/1", &[]).await.json();
    assert_eq!((&default["rawPath"], default.get("stageVariables")), (&json!("/pets/1"), None));
}

#[tokio::test]
async fn path_forms_reach_the_same_stages() {
    let mut bench = Bench::new().await;
    let function = bench.function("2.0", 30_000).await;
    bench.open("GET /pets/{id}", &function).await;
    let stage = NewStage { stage_name: "dev".into(), auto_deploy: Some(true), ..NewStage::default() };
    bench.edit(|api, act| api.create_stage(stage, act)).await;
    let id = bench.api.api_id.clone();
    let ask = async |path: String| {
        let text = format!("GET {path} HTTP/1.1\r\nHost: localhost:4566\r\nConnection: close\r\n\r\n");
        bench.raw(text.as_bytes()).await
    };
    for prefix in ["/execute-api", "/_aws/execute-api"] {
        let event = ask(format!("{prefix}/{id}/dev/pets/a%20b")).await.json();
        assert_eq!((&event["rawPath"], &event["pathParameters"]["id"]), (&json!("/dev/pets/a b"), &json!("a b")));
        assert_eq!(event["requestContext"]["domainName"], format!("{id}.execute-api.us-east-1.amazonaws.com"));
        for default in ["$default", "%24default"] {
            let event = ask(format!("{prefix}/{id}/{default}/pets/1")).await.json();
            assert_eq!((&event["rawPath"], &event["requestContext"]["stage"]), (&json!("/pets/1"), &json!("$default")));
        }
    }
    for nowhere in [
        format!("/execute-api/{id}/prod/pets/1"),
        format!("/execute-api/{id}"),
        "/execute-api/none/dev/x".into(),
        "/other".into(),
    ] {
        assert_eq!(ask(nowhere.clone()).await.status, 404, "{nowhere}");
    }
}

#[tokio::test]
async fn apis_are_not_reached_by_path_where_that_is_off() {
    let options = http_apis::GatewayOptions { path_forms: false, ..Default::default() };
    let mut bench = Bench::with(options).await;
    let function = bench.function("2.0", 30_000).await;
    bench.open("$default", &function).await;
    let id = bench.api.api_id.clone();
    for prefix in ["/execute-api", "/_aws/execute-api"] {
        let path = format!("{prefix}/{id}/$default/x");
        assert!(!bench.gateway.claims("localhost", &path), "{path}");
        let text = format!("GET {path} HTTP/1.1\r\nHost: localhost:4566\r\nConnection: close\r\n\r\n");
        assert_eq!(bench.raw(text.as_bytes()).await.status, 404, "{path}");
    }
    assert_eq!(bench.get("/x", &[]).await.status, 200, "the API's own host still answers");
}

#[tokio::test]
async fn vector_22_path_query_cookies_and_headers_as_captured() {
    let mut bench = Bench::new().await;
    let function = bench.function("2.0", 30_000).await;
    bench.open("$default", &function).await;
    let query =
        "repeat=one&repeat=two&redirect=https%3A%2F%2Fexample.com%2Fa%2Fb&literalPlus=a+b&encodedPlus=a%2Bb&empty=";
    let headers = [
        ("Cookie", "session=abc123; theme=dark"),
        ("x-voker-probe", "first"),
        ("x-voker-probe", "second"),
        ("Content-Type", "application/json"),
        ("X-Forwarded-For", "1.2.3.4"),
        ("Forwarded", "for=9.9.9.9"),
        ("X-Forwarded-Host", "evil.example"),
        ("User-Agent", "curl/8.7.1"),
    ];
    let event = bench.ask("POST", &format!("/capture/space%20value?{query}"), &headers, b"{\"a\":1}").await.json();
    assert_eq!(event["rawPath"], "/capture/space value");
    assert_eq!(event["rawQueryString"], query);
    let parameters = &event["queryStringParameters"];
    for (name, value) in [
        ("repeat", "one,two"),
        ("literalPlus", "a b"),
        ("encodedPlus", "a+b"),
        ("empty", ""),
        ("redirect", "https://example.com/a/b"),
    ] {
        assert_eq!(parameters[name], value);
    }
    assert_eq!(event["cookies"], json!(["session=abc123", "theme=dark"]));
    let headers = event["headers"].as_object().unwrap();
    let names: Vec<_> = headers.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "content-length",
            "content-type",
            "host",
            "user-agent",
            "x-amzn-trace-id",
            "x-forwarded-for",
            "x-forwarded-port",
            "x-forwarded-proto",
            "x-voker-probe"
        ]
    );
    assert_eq!(headers["x-voker-probe"], "first,second");
    assert_eq!(headers["x-forwarded-for"], "1.2.3.4, 68.8.83.18");
    assert_eq!(headers["content-length"], "7");
    assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!("{\"a\":1}"), &json!(false)));
    assert_eq!(event.get("pathParameters"), None);
    let http = &event["requestContext"]["http"];
    assert_eq!(
        *http,
        json!({"method": "POST", "path": "/capture/space value", "protocol": "HTTP/1.1", "sourceIp": "68.8.83.18", "userAgent": "curl/8.7.1"})
    );
    assert_eq!(event["requestContext"]["timeEpoch"], super::bench::NOW);
    assert_eq!(event["requestContext"]["time"], "29/Aug/2026:07:53:20 +0000");
    assert_eq!(event["requestContext"].get("authorizer"), None);
    assert_eq!(
        (&event["requestContext"]["accountId"], &event["requestContext"]["domainPrefix"]),
        (&json!("000000000000"), &json!(bench.api.api_id))
    );
}

#[tokio::test]
async fn vector_23_variables_are_decoded_utf8() {
    let mut bench = Bench::new().await;
    let function = bench.function("2.0", 30_000).await;
    bench.open("POST /test14/api/products/{productName}/reviews/{reviewTitle}", &function).await;
    let path = "/test14/api/products/%E2%98%95%20Coffee/reviews/%F0%9F%98%8A%20Happy";
    let event = bench.ask("POST", path, &[], b"").await.json();
    assert_eq!(event["pathParameters"], json!({"productName": "☕ Coffee", "reviewTitle": "😊 Happy"}));
    assert_eq!(event["rawPath"], "/test14/api/products/☕ Coffee/reviews/😊 Happy");
}

#[tokio::test]
async fn decoding_happens_once_and_before_matching() {
    let mut bench = Bench::new().await;
    let function = bench.function("2.0", 30_000).await;
    bench.open("GET /one/{id}", &function).await;
    bench.open("GET /rest/{proxy+}", &function).await;
    assert_eq!(bench.get("/one/a%2Fb", &[]).await.status, 404);
    assert_eq!(bench.get("/rest/a%2Fb", &[]).await.json()["pathParameters"]["proxy"], "a/b");
    assert_eq!(bench.get("/one/a%252Fb", &[]).await.json()["pathParameters"]["id"], "a%2Fb");
    let reply = bench.get("/one/%ff", &[]).await;
    assert_eq!((reply.status, reply.text()), (400, r#"{"message":"Bad Request"}"#));
}

#[tokio::test]
async fn vectors_24_and_25_payload_1_0() {
    let mut bench = Bench::new().await;
    let function = bench.function("1.0", 30_000).await;
    bench.open("POST /test5/api/users/{username}/orders/{orderName}", &function).await;
    let path =
        "/test5/api/users/J%20Doe/orders/Summer%20Sale%202023?q=Hello%20World&tag=C%23%20Programming&tag=.NET%20Core";
    let event = bench.ask("POST", path, &[("x-a", "1"), ("x-a", "2"), ("cookie", "a=b")], b"").await.json();
    assert_eq!(event["version"], "1.0");
    assert_eq!(event["path"], "/test5/api/users/J%20Doe/orders/Summer%20Sale%202023");
    assert_eq!(event["requestContext"]["path"], "/test5/api/users/J Doe/orders/Summer Sale 2023");
    assert_eq!(event["pathParameters"], json!({"username": "J Doe", "orderName": "Summer Sale 2023"}));
    assert_eq!(event["requestContext"]["resourceId"], "POST /test5/api/users/{username}/orders/{orderName}");
    assert_eq!(event["resource"], "/test5/api/users/{username}/orders/{orderName}");
    assert_eq!((&event["headers"]["X-A"], &event["multiValueHeaders"]["X-A"]), (&json!("2"), &json!(["1", "2"])));
    assert_eq!(
        (&event["headers"]["Cookie"], &event["body"], &event["stageVariables"]),
        (&json!("a=b"), &Value::Null, &Value::Null)
    );
    assert_eq!(event["queryStringParameters"], json!({"q": "Hello World", "tag": ".NET Core"}));
    assert_eq!(event["multiValueQueryStringParameters"]["tag"], json!(["C# Programming", ".NET Core"]));
}

#[tokio::test]
async fn vectors_26_and_27_bodies_are_text_only_for_a_few_types() {
    let mut bench = Bench::new().await;
    let function = bench.function("2.0", 30_000).await;
    bench.open("POST /b", &function).await;
    for (kind, bytes, body, base64) in [
        (Some("application/octet-stream"), &[1, 2, 3, 4, 5][..], "AQIDBAU=", true),
        (Some("application/x-www-form-urlencoded"), b"a=b", "YT1i", true),
        (None, b"{}", "e30=", true),
        (Some("application/json"), b"{}", "{}", false),
        (Some("text/plain; charset=iso-8859-1"), b"x", "eA==", true),
    ] {
        let header = kind.map(|kind| ("content-type", kind));
        let event = bench.ask("POST", "/b", header.as_slice(), bytes).await.json();
        assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!(body), &json!(base64)), "{kind:?}");
    }
    let event = bench.ask("POST", "/b", &[("content-type", "application/json")], b"").await.json();
    assert_eq!((event.get("body"), &event["isBase64Encoded"]), (None, &json!(false)));
}

#[tokio::test]
async fn vectors_28_and_29_answers_are_read_tolerantly_in_2_0() {
    let mut bench = Bench::new().await;
    let function = bench.function("2.0", 30_000).await;
    bench.open("GET /f", &function).await;
    for (payload, body) in [
        (r#""Hello, World!""#, "Hello, World!"),
        ("42", "42"),
        ("true", "true"),
        ("[1, 2, 3, 4, 5]", "[1, 2, 3, 4, 5]"),
        (r#"{"name": "John Doe", "age":"#, r#"{"name": "John Doe", "age":"#),
        ("", ""),
    ] {
        bench.returns(payload);
        let reply = bench.get("/f", &[]).await;
        assert_eq!((reply.status, reply.text(), reply.header("content-type")), (200, body, Some("application/json")));
        assert_eq!(reply.header("content-length"), Some(body.len().to_string().as_str()));
    }
    bench.returns(r#"{"statusCode":200,"body":"Hello, World!"}"#);
    let reply = bench.get("/f", &[]).await;
    assert_eq!((reply.text(), reply.header("content-type")), ("Hello, World!", Some("text/plain; charset=utf-8")));
}

fn assert_internal(reply: &Reply) {
    assert_eq!((reply.status, reply.text()), (500, r#"{"message":"Internal Server Error"}"#));
    assert_eq!((reply.header("content-type"), reply.header("content-length")), (Some("application/json"), Some("35")));
}

#[tokio::test]
async fn vectors_30_to_34_bad_answers_are_500_and_good_ones_keep_their_order() {
    let mut bench = Bench::new().await;
    let (one, two) = (bench.function("1.0", 30_000).await, bench.function("2.0", 30_000).await);
    bench.open("GET /v1", &one).await;
    bench.open("GET /v2", &two).await;
    for payload in [r#"{"statusCode":0}"#, r#"{"statusCode":200.5}"#, r#"{"statusCode":101}"#] {
        bench.returns(payload);
        assert_internal(&bench.get("/v2", &[]).await);
        assert_eq!(bench.last_refusal().rule, "integration.answer");
    }
    for payload in [r#"{"body":"x"}"#, "nonsense", "\"text\""] {
        bench.returns(payload);
        assert_internal(&bench.get("/v1", &[]).await);
    }
    bench.returns(r#"{"statusCode":200,"headers":{"Combined-Header":"single-value"},"multiValueHeaders":{"Combined-Header":["multi-value1","multi-value2"]}}"#);
    let reply = bench.get("/v1", &[]).await;
    assert_eq!(reply.all("combined-header"), ["single-value", "multi-value1", "multi-value2"]);
    bench.returns(r#"{"statusCode":200,"cookies":["a=1; Path=/","b=2"],"headers":{"Connection":"close","Content-Length":"9999","Apigw-Requestid":"mine"}}"#);
    let reply = bench.get("/v2", &[]).await;
    assert_eq!(reply.all("set-cookie"), ["a=1; Path=/", "b=2"]);
    assert_eq!(reply.header("content-length"), Some("0"));
    assert_ne!(reply.header("apigw-requestid"), Some("mine"));
    bench.script(Script::Throws);
    assert_internal(&bench.get("/v2", &[]).await);
    bench.script(Script::Missing);
    assert_internal(&bench.get("/v2", &[]).await);
    let refusal = bench.last_refusal();
    assert_eq!((refusal.rule, &*refusal.got), ("integration.function", "no such function"));
}

#[tokio::test]
async fn a_function_learns_which_route_calls_and_its_refusal_is_told_to_the_operator_only() {
    let mut bench = Bench::new().await;
    let function = bench.function("2.0", 30_000).await;
    for (key, path, source) in
        [("ANY /files/{id}", "/files/a", "GET/files/{id}"), ("$default", "/else", "$default"), ("GET /", "/", "GET/")]
    {
        bench.open(key, &function).await;
        assert_eq!(bench.get(path, &[]).await.status, 200);
        let called = bench.source();
        let (api, route) = called.split_once("/$default/").unwrap();
        assert!(api.starts_with("arn:aws:execute-api:us-east-1:000000000000:"), "{api}");
        assert_eq!(route, source);
    }
    bench.script(Script::Denies);
    assert_internal(&bench.get("/else", &[]).await);
    let refusal = bench.last_refusal();
    assert_eq!((refusal.rule, &*refusal.fix), ("integration.permission", "add one"));
    assert_eq!(refusal.got, "Invalid permissions on Lambda function: no statement");
}

#[tokio::test]
async fn vector_35_a_slow_function_is_503() {
    let mut bench = Bench::new().await;
    let function = bench.function("2.0", 50).await;
    bench.open("GET /slow", &function).await;
    bench.script(Script::Hangs);
    let reply = bench.get("/slow", &[]).await;
    assert_eq!((reply.status, reply.text()), (503, r#"{"message":"Service Unavailable"}"#));
    assert_eq!((reply.header("content-type"), reply.header("content-length")), (None, Some("33")));
    assert_eq!(bench.last_refusal().rule, "integration.timeout");
}

#[tokio::test]
async fn vector_36_ten_megabytes_and_one_is_too_much() {
    let mut bench = Bench::new().await;
    let function = bench.function("2.0", 30_000).await;
    bench.open("POST /b", &function).await;
    let announced = bench
        .raw(
            format!(
                "POST /b HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: 10485761\r\n\r\n",
                bench.host()
            )
            .as_bytes(),
        )
        .await;
    assert_eq!((announced.status, announced.text()), (413, r#"{"message":"Request Entity Too Large"}"#));
    let head = format!(
        "POST /b HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\na00001\r\n",
        bench.host()
    );
    let mut bytes = head.into_bytes();
    bytes.resize(bytes.len() + 0xa0_0001, b'x');
    bytes.extend_from_slice(b"\r\n0\r\n\r\n");
    assert_eq!(bench.raw(&bytes).await.status, 413);
    let growth = vec![0_u8; 5 * 1024 * 1024];
    assert_eq!(bench.ask("POST", "/b", &[], &growth).await.status, 413);
    assert_eq!((bench.last_refusal().rule, bench.calls()), ("integration.event", 0));
}

#[tokio::test]
async fn a_head_over_10240_bytes_is_431() {
    let bench = Bench::lesson().await;
    let long = "x".repeat(10_300);
    let reply = bench.get("/metadata", &[("authorization", &long)]).await;
    assert_eq!((reply.status, reply.text()), (431, r#"{"message":"Request Header Fields Too Large"}"#));
    let fitting = bearer(json!({"filler": "y".repeat(6_500)}));
    assert!(fitting.len() > 9_000 && fitting.len() < 10_000);
    assert_eq!(bench.status_with(&fitting).await, 200);
    assert_eq!(bench.status_with(&bearer(json!({"filler": "y".repeat(8_000)}))).await, 431);
}

async fn with_cors() -> Bench {
    let mut bench = Bench::lesson().await;
    let cors = Cors {
        allow_origins: vec!["https://a.example".into()],
        allow_methods: vec!["GET".into()],
        allow_headers: vec!["authorization".into()],
        expose_headers: vec!["x-e".into()],
        max_age: Some(300),
        ..Cors::default()
    };
    let patch = ApiPatch { cors_configuration: Some(cors), ..ApiPatch::default() };
    bench.edit(|api, act| api.update(patch, act)).await;
    bench
}

fn cors_headers(reply: &Reply) -> Vec<&str> {
    let mut names: Vec<_> =
        reply.headers.iter().map(|(name, _)| name.as_str()).filter(|name| name.starts_with("access-control")).collect();
    names.sort_unstable();
    names
}

fn preflight(origin: &str) -> [(&str, &str); 3] {
    [("Origin", origin), ("Access-Control-Request-Method", "GET"), ("Access-Control-Request-Headers", "authorization")]
}

#[tokio::test]
async fn vectors_37_to_39_preflights() {
    let mut bench = with_cors().await;
    let reply = bench.ask("OPTIONS", "/metadata", &preflight("https://a.example"), b"").await;
    assert_eq!((reply.status, reply.text()), (204, ""));
    assert_eq!(
        cors_headers(&reply),
        [
            "access-control-allow-headers",
            "access-control-allow-methods",
            "access-control-allow-origin",
            "access-control-max-age"
        ]
    );
    assert_eq!(reply.header("access-control-allow-origin"), Some("https://a.example"));
    assert!(reply.header("apigw-requestid").is_some());
    let nowhere = bench.ask("OPTIONS", "/no/such/path", &preflight("https://a.example"), b"").await;
    assert_eq!((nowhere.status, nowhere.header("access-control-allow-origin")), (204, Some("https://a.example")));

    let evil = bench.ask("OPTIONS", "/metadata", &preflight("https://evil.example"), b"").await;
    assert_eq!((evil.status, cors_headers(&evil)), (204, vec![]));
    let plain = bench.ask("OPTIONS", "/metadata", &[("Origin", "https://a.example")], b"").await;
    assert_eq!(plain.status, 404);

    let target = bench.function("2.0", 30_000).await;
    let authorizer = bench.api.definition.authorizers[0].authorizer_id.clone();
    bench.guarded("ANY /any", &target, &authorizer, &[]).await;
    let any = bench.ask("OPTIONS", "/any", &preflight("https://a.example"), b"").await;
    assert_eq!((any.status, any.header("www-authenticate"), bench.calls()), (401, Some("Bearer"), 0));
}

#[tokio::test]
async fn vector_40_only_the_configured_origin_is_told() {
    let bench = with_cors().await;
    bench.returns(
        r#"{"statusCode":200,"headers":{"access-control-allow-origin":"*","access-control-allow-credentials":"true"}}"#,
    );
    let authorization = bearer(json!({}));
    let reply = bench.get("/metadata", &[("Origin", "https://a.example"), ("authorization", &authorization)]).await;
    assert_eq!(reply.all("access-control-allow-origin"), ["https://a.example"]);
    assert_eq!(cors_headers(&reply), ["access-control-allow-origin", "access-control-expose-headers"]);
    for origin in ["https://evil.example", "null"] {
        let reply = bench.get("/metadata", &[("Origin", origin), ("authorization", &authorization)]).await;
        assert_eq!((reply.status, cors_headers(&reply), reply.header("vary")), (200, vec![], Some("origin")));
    }
}

#[tokio::test]
async fn a_page_can_read_its_401_unless_switched_off() {
    let bench = with_cors().await;
    let reply = bench.get("/metadata", &[("Origin", "https://a.example")]).await;
    assert_eq!((reply.status, reply.header("access-control-allow-origin")), (401, Some("https://a.example")));
    let evil = bench.get("/metadata", &[("Origin", "https://evil.example")]).await;
    assert_eq!((evil.status, cors_headers(&evil)), (401, vec![]));
    let nowhere = bench.get("/nope", &[("Origin", "https://a.example")]).await;
    assert_eq!((nowhere.status, nowhere.header("access-control-allow-origin")), (404, Some("https://a.example")));
}

#[tokio::test]
async fn vector_41_star_with_credentials_is_refused() {
    let bench = Bench::new().await;
    let cors = Cors { allow_origins: vec!["*".into()], allow_credentials: Some(true), ..Cors::default() };
    let patch = ApiPatch { cors_configuration: Some(cors), ..ApiPatch::default() };
    let mut api = bench.api.clone();
    let error = api.update(patch, &http_apis::Act { now: 0, random: &*bench.world }).unwrap_err();
    assert_eq!(error.to_string(), "allow-credentials is not supported if 'allow-origin' is *");
}

#[tokio::test]
async fn a_disabled_endpoint_and_a_route_without_target_are_404() {
    let mut bench = Bench::new().await;
    let route = http_apis::model::NewRoute { route_key: "GET /bare".into(), ..Default::default() };
    bench.edit(|api, act| api.create_route(route, act)).await;
    assert_eq!(bench.get("/bare", &[]).await.status, 404);
    assert_eq!(bench.last_refusal().rule, "integration");
    let patch = ApiPatch { disable_execute_api_endpoint: Some(true), ..ApiPatch::default() };
    bench.edit(|api, act| api.update(patch, act)).await;
    assert_eq!(bench.get("/bare", &[]).await.status, 404);
    assert_eq!(bench.last_refusal().rule, "api.endpoint");
}
