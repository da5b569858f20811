//! PUT: what is stored, what is refused, and what is left behind.
#![allow(clippy::unwrap_used)]
mod bench;

use bench::{Bench, KEY, Listener, NOW, open, request};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::{Method, Request};
use http_body::Frame;
use http_body_util::{Full, StreamBody};
use objects::ReportError;
use std::io;
use std::sync::Arc;
use std::time::Duration;

const HELLO_SHA256: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

/// The same request with another body, frame by frame.
fn with_frames(
    request: Request<Full<Bytes>>,
    frames: Vec<io::Result<&'static str>>,
) -> Request<StreamBody<impl stream::Stream<Item = io::Result<Frame<Bytes>>>>> {
    let frames = frames.into_iter().map(|frame| frame.map(|text| Frame::data(Bytes::from(text))));
    request.map(|_| StreamBody::new(stream::iter(frames)))
}

#[tokio::test]
async fn an_upload_is_stored_and_reported_with_its_checksum() {
    let bench = Bench::new();
    let answer =
        bench.send(with_frames(bench.put(KEY, "image/png", b"hello"), vec![Ok("he"), Ok(""), Ok("llo")])).await;
    assert_eq!((answer.status.as_u16(), answer.header("etag")), (200, format!("\"{HELLO_SHA256}\"").as_str()));
    assert_eq!(*bench.listener.told.lock().unwrap(), [(KEY.to_owned(), 5, HELLO_SHA256.to_owned())]);
    let answer = bench.download(KEY).await;
    assert_eq!((answer.text().as_str(), answer.header("content-type")), ("hello", "image/png"));
    assert_eq!(bench.files(), (1, 0));
}

#[tokio::test]
async fn nobody_else_on_the_machine_reads_the_folder() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::new();
    bench.upload(KEY, "image/png", b"hello").await;
    for folder in ["objects", "tmp"] {
        let mode = std::fs::metadata(bench.folder.path().join(folder)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{folder}");
    }
    let shelves = std::fs::read_dir(bench.folder.path().join("objects")).unwrap();
    let files = shelves.flat_map(|shelf| std::fs::read_dir(shelf.unwrap().path()).unwrap());
    let modes: Vec<_> = files.map(|file| file.unwrap().metadata().unwrap().permissions().mode() & 0o777).collect();
    assert_eq!(modes, [0o600], "a copy of a file keeps its mode where the folder's does not protect it");
}

#[tokio::test]
async fn an_empty_file_is_a_file() {
    let bench = Bench::new();
    bench.upload(KEY, "text/plain", b"").await;
    let answer = bench.download(KEY).await;
    assert_eq!((answer.status.as_u16(), answer.body.len(), answer.header("content-length")), (200, 0, "0"));
}

#[tokio::test]
async fn the_path_form_works_alike() {
    let bench = Bench::at("http://localhost:4566/_objects");
    bench.upload(KEY, "text/plain", b"hello").await;
    assert_eq!(bench.download(KEY).await.text(), "hello");
}

#[tokio::test]
async fn a_broken_upload_leaves_nothing() {
    let bench = Bench::new();
    let broken: Vec<Vec<io::Result<&'static str>>> = vec![
        vec![Ok("hell")],
        vec![],
        vec![Ok("hello"), Ok("!")],
        vec![Ok("he"), Err(io::ErrorKind::ConnectionReset.into())],
    ];
    for frames in broken {
        let answer = bench.send(with_frames(bench.put(KEY, "image/png", b"hello"), frames)).await;
        assert_eq!(answer.refusal(), (400, "IncompleteBody".into()));
        assert_eq!(bench.files(), (0, 0));
    }
    assert!(bench.listener.told.lock().unwrap().is_empty());
    assert_eq!(bench.download(KEY).await.refusal(), (404, "NoSuchKey".into()));
}

#[tokio::test]
async fn a_client_that_goes_away_leaves_nothing() {
    let bench = Bench::new();
    let endless = stream::iter([Ok::<_, io::Error>(Frame::data(Bytes::from("he")))]).chain(stream::pending());
    let request = bench.put(KEY, "image/png", b"hello").map(|_| StreamBody::new(endless));
    let service = bench.service.clone();
    let upload = tokio::spawn(async move { service.handle(request, NOW).await });
    while bench.files() != (0, 1) {
        tokio::task::yield_now().await;
    }
    upload.abort();
    assert!(upload.await.unwrap_err().is_cancelled());
    while bench.files() != (0, 0) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_client_that_falls_silent_is_broken_off() {
    let bench = Bench::with_idle(Duration::from_millis(20));
    let silent = stream::iter([Ok::<_, io::Error>(Frame::data(Bytes::from("he")))]).chain(stream::pending());
    let answer = bench.send(bench.put(KEY, "image/png", b"hello").map(|_| StreamBody::new(silent))).await;
    assert_eq!(answer.refusal(), (408, "RequestTimeout".into()));
    assert_eq!(bench.files(), (0, 0));
}

#[tokio::test]
async fn what_a_crash_left_is_swept_at_start() {
    let bench = Bench::new();
    bench.upload(KEY, "image/png", b"hello").await;
    std::fs::write(bench.folder.path().join("tmp/7.part"), b"half").unwrap();
    let again = open(bench.folder.path(), Arc::new(Listener::default()), bench::IDLE);
    assert_eq!(bench.files(), (1, 0));
    let answer = again.handle(bench.get(KEY).body(Full::<Bytes>::default()).unwrap(), NOW).await;
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn size_and_type_are_bound() {
    let bench = Bench::new();
    let changes: [fn(&mut Request<Full<Bytes>>); 4] = [
        |request| drop(request.headers_mut().insert("content-length", 6.into())),
        |request| drop(request.headers_mut().insert("content-type", "text/html".parse().unwrap())),
        |request| drop(request.headers_mut().remove("content-type")),
        |request| assert!(request.headers_mut().append("content-type", "text/html".parse().unwrap())),
    ];
    for change in changes {
        let mut request = bench.put(KEY, "image/png", b"hello");
        change(&mut request);
        let (status, code) = bench.send(request).await.refusal();
        assert!(matches!((status, code.as_str()), (403, "SignatureDoesNotMatch")), "{status} {code}");
    }
    assert_eq!(bench.files(), (0, 0));
}

#[tokio::test]
async fn a_body_of_unknown_length_is_refused() {
    let bench = Bench::new();
    let mut request = bench.put(KEY, "image/png", b"hello");
    request.headers_mut().remove("content-length");
    assert_eq!(bench.send(request).await.status.as_u16(), 403);
}

#[tokio::test]
async fn an_upload_url_that_binds_no_size_is_refused() {
    let bench = Bench::new();
    let host = http::HeaderMap::from_iter([(http::header::HOST, "objects.localhost:4566".parse().unwrap())]);
    let parts = sigv4::RequestParts { method: "PUT", path: "/k", query: "", headers: &host, authority: None };
    let credentials = bench::credentials();
    let signer =
        sigv4::Signer { credentials: &credentials, region: "us-east-1", service: "s3", style: sigv4::Style::S3 };
    let query = signer.presign(NOW, &parts, sigv4::Payload::Unsigned, 60).unwrap();
    let request = request(Method::PUT, &format!("http://objects.localhost:4566/k?{query}"))
        .header("content-length", 1)
        .header("content-type", "a/b")
        .body(Full::new(Bytes::from("x")))
        .unwrap();
    assert_eq!(bench.send(request).await.refusal(), (403, "AccessDenied".into()));
}

#[tokio::test]
async fn an_object_over_the_limit_is_refused_before_its_bytes() {
    let bench = Bench::new();
    let upload = bench.urls.upload(NOW, KEY, "a/b", 1024 * 1024 + 1).unwrap();
    let request = request(Method::PUT, &upload.url)
        .header("content-type", "a/b")
        .header("content-length", 1024 * 1024 + 1)
        .body(StreamBody::new(stream::pending::<io::Result<Frame<Bytes>>>()))
        .unwrap();
    assert_eq!(bench.send(request).await.refusal(), (413, "EntityTooLarge".into()));
}

#[tokio::test]
async fn the_same_bytes_may_be_sent_again_and_other_bytes_may_not() {
    let bench = Bench::new();
    bench.upload(KEY, "image/png", b"hello").await;
    bench.upload(KEY, "image/png", b"hello").await;
    assert_eq!(bench.listener.told.lock().unwrap().len(), 2);
    let answer = bench.send(bench.put(KEY, "image/png", b"world")).await;
    assert_eq!(answer.refusal(), (409, "ObjectAlreadyExists".into()));
    assert_eq!(bench.download(KEY).await.text(), "hello");
    assert_eq!(bench.files(), (1, 0));
}

#[tokio::test]
async fn of_many_parallel_uploads_to_one_key_one_wins() {
    let bench = Bench::new();
    let uploads = (0u8..16).map(|n| bench.send(bench.put(KEY, "image/png", &[n; 1000])));
    let answers = futures_util::future::join_all(uploads).await;
    let won: Vec<usize> = (0..16).filter(|n| answers[*n].status == 200).collect();
    assert_eq!((won.len(), bench.files()), (1, (1, 0)));
    assert_eq!(usize::from(bench.download(KEY).await.body[0]), won[0]);
}

#[tokio::test]
async fn a_refused_report_removes_the_object() {
    for (error, status) in [(ReportError::Unknown, 404), (ReportError::Full, 507)] {
        let bench = Bench::new();
        *bench.listener.answer.lock().unwrap() = Some(error);
        assert_eq!(bench.send(bench.put(KEY, "image/png", b"hello")).await.status.as_u16(), status);
        assert_eq!(bench.files(), (0, 0));
    }
}

#[tokio::test]
async fn after_an_unanswered_report_the_upload_can_be_repeated() {
    let bench = Bench::new();
    *bench.listener.answer.lock().unwrap() = Some(ReportError::Unavailable("down".into()));
    let answer = bench.send(bench.put(KEY, "image/png", b"hello")).await;
    assert_eq!(answer.refusal(), (503, "ServiceUnavailable".into()));
    *bench.listener.answer.lock().unwrap() = None;
    bench.upload(KEY, "image/png", b"hello").await;
}

#[tokio::test]
async fn a_deleted_object_is_gone_and_deleting_twice_is_fine() {
    let bench = Bench::new();
    bench.upload(KEY, "image/png", b"hello").await;
    bench.service.delete(KEY).await.unwrap();
    bench.service.delete(KEY).await.unwrap();
    assert_eq!(bench.download(KEY).await.refusal(), (404, "NoSuchKey".into()));
    assert_eq!(bench.files(), (0, 0));
}
