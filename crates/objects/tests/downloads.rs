//! GET, HEAD and OPTIONS: who may read, ranges, the guarding headers, CORS.
#![allow(clippy::unwrap_used)]
mod bench;

use bench::{Bench, KEY, NOW, PAGE, request};
use bytes::Bytes;
use http::Method;
use http_body_util::Full;

fn no_body() -> Full<Bytes> {
    Full::default()
}

#[tokio::test]
async fn a_range_answers_a_part() {
    let bench = Bench::new();
    bench.upload(KEY, "image/png", b"0123456789").await;
    for (range, status, body, content_range) in [
        ("bytes=2-4", 206, "234", "bytes 2-4/10"),
        ("bytes=-3", 206, "789", "bytes 7-9/10"),
        ("bytes=0-0,5-6", 200, "0123456789", ""),
    ] {
        let answer = bench.send(bench.get(KEY).header("range", range).body(no_body()).unwrap()).await;
        assert_eq!((answer.status.as_u16(), answer.text().as_str()), (status, body), "{range}");
        assert_eq!(answer.header("content-range"), content_range);
        assert_eq!(answer.header("content-length"), body.len().to_string());
    }
    let answer = bench.send(bench.get(KEY).header("range", "bytes=10-").body(no_body()).unwrap()).await;
    assert_eq!(answer.refusal(), (416, "InvalidRange".into()));
    assert_eq!(answer.header("content-range"), "bytes */10");
}

#[tokio::test]
async fn a_big_object_comes_back_whole_and_in_parts() {
    let bench = Bench::new();
    let bytes: Vec<u8> = (0..700_000u32).map(|n| n.to_le_bytes()[0] ^ n.to_le_bytes()[1]).collect();
    bench.upload(KEY, "image/png", &bytes).await;
    assert_eq!(bench.download(KEY).await.body, bytes);
    let answer = bench.send(bench.get(KEY).header("range", "bytes=100000-650000").body(no_body()).unwrap()).await;
    assert_eq!(answer.body, bytes[100_000..=650_000]);
}

#[tokio::test]
async fn validators_are_honoured() {
    let bench = Bench::new();
    bench.upload(KEY, "image/png", b"0123456789").await;
    let etag = bench.download(KEY).await.header("etag").to_owned();
    let known = bench.send(bench.get(KEY).header("if-none-match", &etag).body(no_body()).unwrap()).await;
    assert_eq!((known.status.as_u16(), known.body.len()), (304, 0));
    for (if_range, status) in [(etag.as_str(), 206), ("\"other\"", 200)] {
        let request = bench.get(KEY).header("range", "bytes=0-1").header("if-range", if_range);
        assert_eq!(bench.send(request.body(no_body()).unwrap()).await.status.as_u16(), status);
    }
}

#[tokio::test]
async fn head_tells_the_size_and_sends_nothing() {
    let bench = Bench::new();
    bench.upload(KEY, "image/png", b"0123456789").await;
    let host = http::HeaderMap::from_iter([(http::header::HOST, "objects.localhost:4566".parse().unwrap())]);
    let path = format!("/{}", sigv4::encode_path(KEY));
    let parts = sigv4::RequestParts { method: "HEAD", path: &path, query: "", headers: &host, authority: None };
    let credentials = bench::credentials();
    let signer =
        sigv4::Signer { credentials: &credentials, region: "us-east-1", service: "s3", style: sigv4::Style::S3 };
    let query = signer.presign(NOW, &parts, sigv4::Payload::Unsigned, 60).unwrap();
    let url = format!("http://objects.localhost:4566{path}?{query}");
    let answer = bench.send(request(Method::HEAD, &url).body(no_body()).unwrap()).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-length"), answer.body.len()), (200, "10", 0));
}

#[tokio::test]
async fn an_uploaded_page_never_runs_on_our_origin() {
    let bench = Bench::new();
    let key = "uploads/u-1/0/page.html";
    bench.upload(key, "text/html; charset=utf-8", b"<script>alert(1)</script>").await;
    let answer = bench.download(key).await;
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"page.html\"; filename*=UTF-8''page.html");
    assert_eq!(answer.header("content-security-policy"), "sandbox; default-src 'none'");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
    assert_eq!(answer.header("cache-control"), "private, no-store");
}

#[tokio::test]
async fn an_image_may_be_shown_in_the_page() {
    let bench = Bench::new();
    bench.upload(KEY, "image/png", b"png").await;
    let answer = bench.download(KEY).await;
    assert!(
        answer.header("content-disposition").starts_with("inline; filename=\"a b _.png\"; filename*=UTF-8''a%20b%20")
    );
    assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin");
    assert_eq!(answer.header("content-security-policy"), "sandbox; default-src 'none'");
}

#[tokio::test]
async fn a_url_opens_only_what_it_was_made_for() {
    let bench = Bench::new();
    bench.upload(KEY, "image/png", b"mine").await;
    bench.upload("uploads/u-2/0/b", "image/png", b"theirs").await;
    let url = bench.urls.download(NOW, "uploads/u-2/0/b").unwrap().url;
    let (_, query) = url.split_once('?').unwrap();
    let other_key = format!("http://objects.localhost:4566/{}?{query}", sigv4::encode_path(KEY));
    let other_host = url.replace("objects.localhost", "evil.localhost");
    let unsigned = url.split('?').next().unwrap().to_owned();
    let other_signer = url.replace("OBJECTS", "AKIAOTHER");
    let late = bench.urls.download(NOW - 300_000, "uploads/u-2/0/b").unwrap().url;
    let early = bench.urls.download(NOW + 16 * 60_000, "uploads/u-2/0/b").unwrap().url;
    let cases = [
        (Method::GET, other_key, "SignatureDoesNotMatch"),
        (Method::GET, other_host, "SignatureDoesNotMatch"),
        (Method::PUT, url.clone(), "SignatureDoesNotMatch"),
        (Method::GET, unsigned, "AccessDenied"),
        (Method::GET, other_signer, "InvalidAccessKeyId"),
        (Method::GET, late, "AccessDenied"),
        (Method::GET, early, "AccessDenied"),
    ];
    for (method, url, code) in cases {
        let request = request(method, &url).header("content-length", 1).header("content-type", "image/png");
        // The PUT must fail by its signature, the GETs must not answer bytes.
        let answer = bench.send(request.body(no_body()).unwrap()).await;
        assert_eq!(answer.refusal(), (403, code.into()), "{url}");
    }
    assert_eq!(bench.send(request(Method::GET, &url).body(no_body()).unwrap()).await.text(), "theirs");
}

#[tokio::test]
async fn a_traversing_key_names_nothing() {
    let bench = Bench::new();
    std::fs::write(bench.folder.path().join("secret"), b"secret").unwrap();
    for key in ["../secret", "../../secret", "objects/../../secret"] {
        assert_eq!(bench.download(key).await.refusal(), (404, "NoSuchKey".into()), "{key}");
    }
}

#[tokio::test]
async fn other_methods_are_not_allowed() {
    let bench = Bench::new();
    let url = bench.urls.download(NOW, KEY).unwrap().url;
    for method in [Method::POST, Method::DELETE, Method::PATCH] {
        let answer = bench.send(request(method, &url).body(no_body()).unwrap()).await;
        assert_eq!(answer.refusal(), (405, "MethodNotAllowed".into()));
        assert_eq!(answer.header("allow"), "GET, HEAD, OPTIONS, PUT");
    }
}

#[tokio::test]
async fn a_damaged_object_is_an_internal_error_and_not_half_a_file() {
    let bench = Bench::new();
    bench.upload(KEY, "image/png", b"0123456789").await;
    let shard = std::fs::read_dir(bench.folder.path().join("objects")).unwrap().next().unwrap().unwrap().path();
    let file = std::fs::read_dir(shard).unwrap().next().unwrap().unwrap().path();
    let bytes = std::fs::read(&file).unwrap();
    std::fs::write(&file, &bytes[..bytes.len() - 20]).unwrap();
    assert_eq!(bench.download(KEY).await.refusal(), (500, "InternalError".into()));
}

#[tokio::test]
async fn a_preflight_from_the_page_is_allowed() {
    let bench = Bench::new();
    let url = bench.urls.upload(NOW, KEY, "image/png", 5).unwrap().url;
    let preflight = |origin: &str, method: &str, headers: &str| {
        request(Method::OPTIONS, &url)
            .header("origin", origin)
            .header("access-control-request-method", method)
            .header("access-control-request-headers", headers)
            .body(no_body())
            .unwrap()
    };
    let answer = bench.send(preflight(PAGE, "PUT", "content-type")).await;
    assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (204, PAGE));
    assert!(answer.header("access-control-allow-methods").contains("PUT"));
    assert!(answer.header("access-control-allow-headers").contains("content-type"));
    for (origin, method, headers) in [
        ("http://evil.example", "PUT", "content-type"),
        ("null", "PUT", ""),
        ("http://localhost:4567.evil.example", "PUT", ""),
        (PAGE, "DELETE", ""),
        (PAGE, "PUT", "x-other"),
    ] {
        let answer = bench.send(preflight(origin, method, headers)).await;
        assert_eq!(answer.status.as_u16(), 403, "{origin} {method} {headers}");
        assert!(!answer.headers.contains_key("access-control-allow-methods"));
    }
}

#[tokio::test]
async fn the_page_can_read_answers_and_refusals_and_nobody_else_can() {
    let bench = Bench::new();
    bench.upload(KEY, "image/png", b"png").await;
    for (origin, key) in [(PAGE, KEY), ("http://127.0.0.1:4567", "nothing")] {
        let answer = bench.send(bench.get(key).header("origin", origin).body(no_body()).unwrap()).await;
        assert_eq!((answer.header("access-control-allow-origin"), answer.header("vary")), (origin, "Origin"));
        assert!(answer.header("access-control-expose-headers").contains("content-disposition"));
    }
    let answer = bench.send(bench.get(KEY).header("origin", "http://evil.example").body(no_body()).unwrap()).await;
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
}
