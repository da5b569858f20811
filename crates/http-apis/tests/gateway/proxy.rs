//! HTTP_PROXY: what a backend sees, what comes back, and what happens when it does not behave.

use std::{sync::atomic::Ordering, time::Duration};

use http_apis::model::{Integration, NewIntegration, NewStage};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{
    backends::{Act, Echo, Scripted, answer},
    bench::{Bench, ISSUER, Reply, bearer, http_proxy},
};

fn seen(reply: &Reply, name: &str) -> Vec<String> {
    let all = reply.json();
    let headers = all["headers"].as_array().unwrap();
    headers.iter().filter(|pair| pair[0] == name).map(|pair| pair[1].as_str().unwrap().to_owned()).collect()
}

async fn before(uri: &str) -> Bench {
    let mut bench = Bench::new().await;
    let target = bench.proxy(uri).await;
    bench.open("$default", &target).await;
    bench
}

fn assert_unavailable(reply: &Reply) {
    assert_eq!((reply.status, reply.text()), (503, r#"{"message":"Service Unavailable"}"#));
    assert_eq!((reply.header("content-type"), reply.header("content-length")), (None, Some("33")));
}

#[tokio::test]
async fn vector_42_the_backend_sees_who_forwarded() {
    let echo = Echo::new().await;
    let bench = before(&echo.url("")).await;
    let reply = bench.get("/a", &[("cookie", "a=b"), ("authorization", "Bearer x")]).await;
    let host = format!("\"{}\"", bench.host());
    assert_eq!(seen(&reply, "forwarded"), [format!("by=127.0.0.1;for=68.8.83.18;host={host};proto=http")]);
    assert_eq!(seen(&reply, "via"), ["HTTP/1.1 AmazonAPIGateway"]);
    assert_eq!(seen(&reply, "host"), [echo.address.to_string()]);
    assert_eq!((seen(&reply, "cookie"), seen(&reply, "authorization")), (vec!["a=b".into()], vec!["Bearer x".into()]));
    assert!(
        seen(&reply, "x-amzn-trace-id")[0].starts_with("Root=1-6a928ff0-"),
        "{:?}",
        seen(&reply, "x-amzn-trace-id")
    );
    assert_eq!(seen(&reply, "x-forwarded-for"), Vec::<String>::new());
}

#[tokio::test]
async fn a_client_cannot_pose_as_a_proxy_nor_smuggle_connection_headers() {
    let echo = Echo::new().await;
    let bench = before(&echo.url("")).await;
    let mut text = format!("GET /a HTTP/1.1\r\nHost: {}\r\nConnection: close, x-secret\r\n", bench.host());
    for header in [
        "X-Secret: 1",
        "Forwarded: for=evil",
        "X-Forwarded-For: evil",
        "X-Forwarded-Host: evil",
        "X-Forwarded-Proto: evil",
        "X-Forwarded-Port: 1",
        "Keep-Alive: timeout=9",
        "TE: trailers",
        "Proxy-Authorization: Basic x",
        "Upgrade: websocket",
        "X-Amzn-Trace-Id: Root=1-abc-def",
        "X-Kept: 1",
        "Expect: 100-continue",
    ] {
        text.push_str(&format!("{header}\r\n"));
    }
    let reply = bench.raw((text + "\r\n").as_bytes()).await;
    let all = reply.json();
    let names: Vec<_> = all["headers"].as_array().unwrap().iter().map(|pair| pair[0].as_str().unwrap()).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, ["forwarded", "host", "via", "x-amzn-trace-id", "x-kept"]);
    assert!(!reply.text().contains("evil"));
    let trace = &seen(&reply, "x-amzn-trace-id")[0];
    assert!(trace.starts_with("Self=1-") && trace.ends_with(";Root=1-abc-def"), "{trace}");
}

#[tokio::test]
async fn vector_43_variables_are_placed_and_the_query_stays() {
    let echo = Echo::new().await;
    let mut bench = Bench::new().await;
    let greedy = bench.proxy(&echo.url("/base/{proxy}")).await;
    bench.open("ANY /{proxy+}", &greedy).await;
    let single = bench.proxy(&echo.url("/u/{id}?fixed=1")).await;
    bench.open("GET /user/{id}", &single).await;
    let uri = async |path: &str| bench.get(path, &[]).await.json()["uri"].clone();
    assert_eq!(uri("/a/b?x=1%2F2").await, "/base/a/b?x=1%2F2");
    assert_eq!(uri("/user/a%20b?q=%zz+").await, "/u/a%20b?fixed=1&q=%zz+");
    for path in ["/a/../b", "/a/%2e%2e/b", "/..", "/a/%2E%2E%2Fb"] {
        let reply = bench.get(path, &[]).await;
        assert_eq!((reply.status, bench.last_refusal().rule), (400, "integration.path"), "{path}");
    }
    assert_eq!(echo.requests.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn the_default_route_passes_the_path_as_sent_without_the_stage() {
    let echo = Echo::new().await;
    let mut bench = before(&echo.url("/base")).await;
    let dev = NewStage { stage_name: "dev".into(), auto_deploy: Some(true), ..NewStage::default() };
    bench.edit(|api, act| api.create_stage(dev, act)).await;
    let uri = async |path: &str| bench.get(path, &[]).await.json()["uri"].clone();
    assert_eq!(uri("/a%2Fb/c").await, "/base/a%2Fb/c");
    assert_eq!(uri("/dev/a%2Fb?x").await, "/base/a%2Fb?x");
    assert_eq!(uri("/dev").await, "/base/");
    assert_eq!(uri("/dev%2Fa%20b").await, "/base/a%20b");
}

#[tokio::test]
async fn bodies_of_any_framing_pass_in_both_directions() {
    let echo = Echo::new().await;
    let bench = before(&echo.url("")).await;
    let body = vec![b'x'; 5 * 1024 * 1024];
    let reply = bench.ask("POST", "/big", &[], &body).await;
    assert_eq!(
        (&reply.json()["length"], seen(&reply, "content-length")),
        (&json!(body.len()), vec![body.len().to_string()])
    );
    let chunked = format!(
        "PUT /c HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nx-trailer: 1\r\n\r\n",
        bench.host()
    );
    let reply = bench.raw(chunked.as_bytes()).await;
    assert_eq!((&reply.json()["body"], seen(&reply, "x-trailer")), (&json!("abcde"), vec![]));
    assert_eq!(reply.header("x-backend"), Some("1"));
    assert_eq!(reply.header("keep-alive"), None);
    assert_ne!(reply.header("apigw-requestid"), Some("forged"));
    assert_eq!(
        reply.header("access-control-allow-origin"),
        Some("*"),
        "without CORS configuration the backend's passes"
    );

    let parts = b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\nConnection: x-gone\r\nx-gone: 1\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    let backend = Scripted::new([Act::Write(parts.to_vec())]).await;
    let reply = before(&backend.url("")).await.get("/", &[]).await;
    assert_eq!((reply.status, reply.text(), reply.header("x-gone")), (201, "hello", None));
}

#[tokio::test]
async fn connections_are_kept_and_a_stale_one_is_replaced() {
    let echo = Echo::new().await;
    let bench = before(&echo.url("")).await;
    for _ in 0..5 {
        assert_eq!(bench.get("/", &[]).await.status, 200);
    }
    assert_eq!(echo.connections.load(Ordering::Relaxed), 1);

    let backend = Scripted::new([Act::WriteAndClose(answer("one")), Act::WriteAndClose(answer("two"))]).await;
    let bench = before(&backend.url("")).await;
    for expected in ["one", "two", "two"] {
        let reply = bench.get("/", &[]).await;
        assert_eq!((reply.status, reply.text()), (200, expected));
    }
}

#[tokio::test]
async fn what_a_backend_has_taken_is_never_sent_twice() {
    let backend = Scripted::new([Act::Write(answer("one")), Act::Close]).await;
    let bench = before(&backend.url("")).await;
    assert_eq!(bench.ask("POST", "/", &[], b"pay").await.status, 200);
    assert_unavailable(&bench.ask("POST", "/", &[], b"pay").await);
    assert_eq!(backend.seen(), 2);
}

#[tokio::test]
async fn a_backend_that_is_away_or_silent_is_503() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let bench = before(&format!("http://{closed}")).await;
    assert_unavailable(&bench.get("/", &[]).await);
    assert_eq!(bench.last_refusal().rule, "integration.connect");

    let backend = Scripted::new([Act::Hang]).await;
    let mut bench = Bench::new().await;
    let new = NewIntegration { integration_uri: Some(backend.url("")), timeout_in_millis: Some(50), ..http_proxy() };
    let target = bench.integration(new).await;
    bench.open("ANY /slow", &target).await;
    assert_unavailable(&bench.get("/slow", &[]).await);
    assert_eq!(bench.last_refusal().rule, "integration.timeout");
    assert_unavailable(&bench.ask("POST", "/slow", &[], b"body").await);
}

#[tokio::test]
async fn nonsense_from_a_backend_is_503_and_a_broken_body_never_looks_whole() {
    for nonsense in [
        "nonsense\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nBad Header: 1\r\n\r\n",
    ] {
        let backend = Scripted::new([Act::WriteAndClose(nonsense.into())]).await;
        assert_unavailable(&before(&backend.url("")).await.get("/", &[]).await);
    }
    let backend =
        Scripted::new([Act::WriteAndClose(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc".to_vec())]).await;
    let reply = before(&backend.url("")).await.get("/", &[]).await;
    assert_eq!((reply.header("content-length"), reply.body.len()), (Some("10"), 3));
}

#[tokio::test]
async fn redirects_and_errors_of_the_backend_pass_untouched() {
    for status in ["302 Found", "401 Unauthorized", "404 Not Found", "502 Bad Gateway"] {
        let text = format!(
            "HTTP/1.1 {status}\r\nLocation: http://elsewhere.example/\r\nWWW-Authenticate: Basic\r\nContent-Length: 2\r\n\r\nno"
        );
        let backend = Scripted::new([Act::Write(text.into_bytes())]).await;
        let reply = before(&backend.url("")).await.get("/", &[]).await;
        assert_eq!((reply.status.to_string().as_str(), reply.text()), (&status[..3], "no"));
        assert_eq!(
            (reply.header("location"), reply.header("www-authenticate")),
            (Some("http://elsewhere.example/"), Some("Basic"))
        );
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_cut_off_while_it_streams() {
    let echo = Echo::new().await;
    let bench = before(&echo.url("")).await;
    let mut bytes = format!(
        "POST /b HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\na00001\r\n",
        bench.host()
    )
    .into_bytes();
    bytes.resize(bytes.len() + 0xa0_0001, b'x');
    bytes.extend_from_slice(b"\r\n0\r\n\r\n");
    assert_eq!(bench.raw(&bytes).await.status, 413);
}

#[tokio::test]
async fn ambiguous_requests_reach_no_backend_as_two() {
    let echo = Echo::new().await;
    let bench = before(&echo.url("")).await;
    let host = bench.host();
    let smuggled = "GET /admin HTTP/1.1\r\nHost: x\r\n\r\n";
    for (name, head, body) in [
        ("CL and TE", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", format!("0\r\n\r\n{smuggled}")),
        ("two CL", "Content-Length: 0\r\nContent-Length: 35\r\n", smuggled.to_owned()),
        ("CL list", "Content-Length: 0, 35\r\n", smuggled.to_owned()),
        ("CL signed", "Content-Length: +35\r\n", smuggled.to_owned()),
        ("TE odd", "Transfer-Encoding: xchunked\r\n", format!("0\r\n\r\n{smuggled}")),
        ("TE twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", format!("0\r\n\r\n{smuggled}")),
        ("space before colon", "Content-Length : 35\r\n", smuggled.to_owned()),
        ("obs-fold", "X-A: b\r\n Content-Length: 35\r\n", smuggled.to_owned()),
        ("bad chunk size", "Transfer-Encoding: chunked\r\n", format!("0x0\r\n\r\n{smuggled}")),
        ("NUL in a value", "X-A: a\0b\r\n", String::new()),
        ("two hosts", "Host: other\r\n", String::new()),
    ] {
        let before = echo.requests.load(Ordering::Relaxed);
        let text = format!("POST /x HTTP/1.1\r\nHost: {host}\r\n{head}Connection: close\r\n\r\n{body}");
        let reply = bench.raw(text.as_bytes()).await;
        let reached = echo.requests.load(Ordering::Relaxed) - before;
        assert!(name != "two hosts" || (reply.status, reached) == (400, 0), "{name}: {reply:?}");
        assert!(reached <= 1, "{name}: {reached} requests");
        assert!(reply.status == 400 || (reply.status == 200 && reply.json()["uri"] == "/x"), "{name}: {reply:?}");
        if reply.status == 200 {
            assert_eq!((&reply.json()["length"], &reply.json()["body"]), (&json!(0), &json!("")), "{name}");
        }
    }
}

#[tokio::test]
async fn vector_44_parameters_are_mapped() {
    let echo = Echo::new().await;
    let mut bench = Bench::new().await;
    let parameters =
        |of: &[(&str, &str)]| of.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let new = NewIntegration {
        integration_uri: Some(echo.url("/ignored")),
        request_parameters: parameters(&[
            ("overwrite:header.x-sub", "$context.authorizer.claims.sub"),
            ("overwrite:header.x-none", "$context.authorizer.claims.none"),
            ("append:header.x-list", "${request.querystring.a}-${stageVariables.v}"),
            ("remove:header.x-gone", "''"),
            ("overwrite:path", "/v2${request.path}"),
            ("overwrite:querystring.q", "$request.header.x-q"),
            ("remove:querystring.a", "''"),
        ]),
        response_parameters: [(
            "200".to_owned(),
            parameters(&[("overwrite:statuscode", "201"), ("append:header.x-id", "$context.requestId")]),
        )]
        .into(),
        ..http_proxy()
    };
    let target = bench.integration(new).await;
    let stage = NewStage {
        stage_name: "dev".into(),
        auto_deploy: Some(true),
        stage_variables: parameters(&[("v", "1")]),
        ..NewStage::default()
    };
    bench.edit(|api, act| api.create_stage(stage, act)).await;
    let authorizer = bench.authorizer(ISSUER, &["client1"], "$request.header.Authorization").await;
    bench.guarded("GET /m/{id}", &target, &authorizer, &[]).await;
    let authorization = bearer(json!({}));
    let headers = [
        ("authorization", authorization.as_str()),
        ("x-sub", "forged"),
        ("x-none", "mine"),
        ("x-list", "0"),
        ("x-gone", "1"),
        ("x-q", "v w"),
    ];
    let reply = bench.get("/dev/m/7?a=b&c=d", &headers).await;
    assert_eq!(reply.status, 201);
    assert_eq!(reply.header("x-id"), reply.header("apigw-requestid"));
    assert_eq!(reply.json()["uri"], "/v2/m/7?c=d&q=v+w");
    assert_eq!((seen(&reply, "x-sub"), seen(&reply, "x-none")), (vec!["u-1".into()], vec!["mine".into()]));
    assert_eq!((seen(&reply, "x-list"), seen(&reply, "x-gone")), (vec!["0".into(), "b-1".into()], vec![]));
}

#[tokio::test]
async fn a_refused_token_never_reaches_the_backend() {
    let echo = Echo::new().await;
    let mut bench = Bench::new().await;
    let target = bench.proxy(&echo.url("/files")).await;
    let authorizer = bench.authorizer(ISSUER, &["client1"], "$request.header.Authorization").await;
    bench.guarded("GET /files", &target, &authorizer, &[]).await;
    assert_eq!(bench.get("/files", &[]).await.status, 401);
    assert_eq!(bench.get("/files", &[("authorization", &bearer(json!({"exp": 1})))]).await.status, 401);
    assert_eq!(echo.requests.load(Ordering::Relaxed), 0);
    let reply = bench.get("/files", &[("authorization", &bearer(json!({})))]).await;
    assert_eq!((reply.status, &reply.json()["uri"]), (200, &json!("/files")));
}

#[tokio::test]
async fn head_and_options_are_the_clients_own_methods() {
    let backend = Scripted::new([Act::Write(b"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n".to_vec())]).await;
    let bench = before(&backend.url("")).await;
    let reply = bench.ask("HEAD", "/", &[], b"").await;
    assert_eq!((reply.status, reply.header("content-length"), reply.body.len()), (200, Some("1234"), 0));
    assert!(backend.requests.lock().unwrap()[0].starts_with("HEAD / HTTP/1.1\r\n"));
}

#[tokio::test]
async fn a_slow_upload_is_not_held_against_the_backend() {
    let echo = Echo::new().await;
    let mut bench = Bench::new().await;
    let new = NewIntegration { integration_uri: Some(echo.url("/u")), timeout_in_millis: Some(100), ..http_proxy() };
    let target = bench.integration(new).await;
    bench.open("POST /u", &target).await;
    let mut stream = tokio::net::TcpStream::connect(bench.address).await.unwrap();
    let head = format!("POST /u HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: 4\r\n\r\n", bench.host());
    stream.write_all(head.as_bytes()).await.unwrap();
    for byte in *b"slow" {
        tokio::time::sleep(Duration::from_millis(60)).await;
        stream.write_all(&[byte]).await.unwrap();
    }
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    let reply = super::bench::parse(&bytes);
    assert_eq!((reply.status, &reply.json()["body"]), (200, &json!("slow")));
}

#[tokio::test]
async fn a_client_that_stops_sending_is_given_up() {
    let echo = Echo::new().await;
    let options = http_apis::GatewayOptions { body_patience: Duration::from_millis(50), ..Default::default() };
    let mut bench = Bench::with(options).await;
    let new = NewIntegration { integration_uri: Some(echo.url("/u")), timeout_in_millis: Some(50), ..http_proxy() };
    let proxy = bench.integration(new).await;
    let function = bench.function("2.0", 50).await;
    bench.open("POST /u", &proxy).await;
    bench.open("POST /f", &function).await;
    for path in ["/u", "/f"] {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: 4\r\n\r\nab",
            bench.host()
        );
        assert_eq!(bench.raw(head.as_bytes()).await.status, 408, "{path}");
    }
}

#[tokio::test]
async fn an_integration_is_what_its_stage_deployed() {
    let echo = Echo::new().await;
    let mut bench = before(&echo.url("/one")).await;
    let plain = NewStage { stage_name: "plain".into(), ..NewStage::default() };
    bench.edit(|api, act| api.create_stage(plain, act)).await;
    assert_eq!(
        bench.get("/plain/x", &[]).await.json()["uri"],
        "/one/plain/x",
        "a stage without deployment serves nothing"
    );
    bench.edit(|api, act| api.create_deployment(None, Some("plain"), act)).await;
    let id = bench.api.definition.integrations[0].integration_id.clone();
    let patch = http_apis::model::IntegrationPatch { integration_uri: Some(echo.url("/two")), ..Default::default() };
    let changed: Integration = bench.edit(|api, act| api.update_integration(&id, patch, act)).await;
    assert!(changed.integration_uri.unwrap().ends_with("/two"));
    let uri = async |path: &str| -> Value { bench.get(path, &[]).await.json()["uri"].clone() };
    assert_eq!(uri("/plain/x").await, "/one/x");
    assert_eq!(uri("/x").await, "/two/x");
}

#[tokio::test]
async fn a_body_that_never_ends_is_cut_at_the_integrations_time() {
    let backend = Scripted::new([Act::Write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc".to_vec())]).await;
    let mut bench = Bench::new().await;
    let new = NewIntegration { integration_uri: Some(backend.url("")), timeout_in_millis: Some(100), ..http_proxy() };
    let target = bench.integration(new).await;
    bench.open("GET /x", &target).await;
    let reply = bench.get("/x", &[]).await;
    assert_eq!((reply.status, reply.text()), (200, "abc"));
}

#[tokio::test]
async fn a_backend_cannot_switch_protocols() {
    let text = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n";
    let backend = Scripted::new([Act::Write(text.to_vec())]).await;
    let bench = before(&backend.url("")).await;
    let reply = bench.get("/", &[("Upgrade", "websocket"), ("Connection", "upgrade")]).await;
    assert!(reply.status == 500 || reply.status == 503, "{reply:?}");
    assert!(!backend.requests.lock().unwrap()[0].to_lowercase().contains("upgrade"));
}

#[tokio::test]
async fn https_backends_need_a_certificate_for_their_name() {
    let issued = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let backend = super::backends::tls(&issued).await;
    let trusting = |roots: rustls::RootCertStore| {
        let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder =
            rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        Some(std::sync::Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
    };
    let mut roots = rustls::RootCertStore::empty();
    roots.add(issued.cert.der().clone()).unwrap();
    for (tls, uri, status) in [
        (trusting(roots.clone()), format!("https://localhost:{}/s", backend.port()), 200),
        (trusting(roots), format!("https://{backend}/s"), 503),
        (None, format!("https://localhost:{}/s", backend.port()), 503),
    ] {
        let mut bench = Bench::with(http_apis::GatewayOptions { tls, ..Default::default() }).await;
        let target = bench.proxy(&uri).await;
        bench.open("GET /x", &target).await;
        let reply = bench.get("/x", &[]).await;
        assert_eq!(reply.status, status, "{uri}: {reply:?}");
        if status == 200 {
            assert_eq!(reply.json()["uri"], "/s");
        } else {
            assert!(bench.last_refusal().got.contains("certificate"), "{:?}", bench.last_refusal());
        }
    }
}
