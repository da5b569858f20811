//! The inbox: what comes in, what is kept out, and that nothing gets out again.
#![allow(clippy::unwrap_used)]
mod bench;

use async_trait::async_trait;
use bench::{Bench, IDLE, NOW, open, request};
use bytes::Bytes;
use http::{Method, Request};
use http_body_util::Full;
use objects::{Awaited, Inbox, Received};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const KEY: &str = "imports/import-1.csv";
const LARGEST: u64 = 16;

/// Waits for everything, or for nothing any more.
#[derive(Default)]
struct Door(AtomicBool);

#[async_trait]
impl Awaited for Door {
    async fn awaits(&self, _: &str) -> Result<bool, String> {
        Ok(!self.0.load(Ordering::SeqCst))
    }
}

struct Scene {
    bench: Bench,
    inbox: Inbox,
    door: Arc<Door>,
    _folder: tempfile::TempDir,
}

fn scene() -> Scene {
    let mut bench = Bench::new();
    let (folder, door) = (tempfile::tempdir().unwrap(), Arc::new(Door::default()));
    let inbox = Inbox::open(folder.path(), "imports/", LARGEST, door.clone()).unwrap();
    let service = open(bench.folder.path(), bench.listener.clone(), IDLE).with_inbox(inbox.clone());
    bench.service = Arc::new(service);
    Scene { bench, inbox, door, _folder: folder }
}

impl Scene {
    fn put(&self, bytes: &'static str) -> http::request::Builder {
        let url = self.bench.urls.inbox(NOW, KEY).unwrap();
        request(Method::PUT, &url).header("content-length", bytes.len())
    }

    /// As `curl -T` sends it: no content type.
    fn file(&self, bytes: &'static str) -> Request<Full<Bytes>> {
        self.put(bytes).header("x-amz-server-side-encryption", "aws:kms").body(Full::from(bytes)).unwrap()
    }

    async fn refusal(&self, request: Request<Full<Bytes>>) -> (u16, String) {
        self.bench.send(request).await.refusal()
    }
}

#[tokio::test]
async fn a_file_arrives_and_a_second_one_takes_its_place() {
    let scene = scene();
    assert_eq!(scene.inbox.find(KEY).await.unwrap(), None);
    assert_eq!(scene.bench.send(scene.file("first")).await.status, 200);
    let first = scene.inbox.find(KEY).await.unwrap().unwrap();
    assert_eq!(scene.bench.send(scene.file("the second")).await.status, 200);
    let second = scene.inbox.find(KEY).await.unwrap().unwrap();
    assert_eq!((first.size, second.size), (5, 10));
    assert_eq!(scene.inbox.read(KEY, &second, 4, 100).await.unwrap().unwrap(), b"second");
    assert_eq!(scene.inbox.read(KEY, &second, 0, 3).await.unwrap().unwrap(), b"the");
    assert_eq!(scene.inbox.read(KEY, &second, 10, 3).await.unwrap().unwrap(), b"");
    assert_eq!(scene.inbox.read(KEY, &first, 0, 3).await.unwrap(), None, "another file than the one that was found");
    assert_eq!(scene.inbox.keys().await.unwrap(), [KEY]);
    scene.inbox.remove(KEY).await.unwrap();
    assert_eq!(scene.inbox.read(KEY, &second, 0, 3).await.unwrap(), None);
    assert!(scene.bench.listener.told.lock().unwrap().is_empty(), "it is no object");
}

#[tokio::test]
async fn what_the_url_does_not_allow_stays_outside() {
    let scene = scene();
    let bare = scene.put("x").body(Full::from("x")).unwrap();
    assert_eq!(scene.refusal(bare).await.0, 403, "the URL binds the header, as AWS's does");
    let chunked = request(Method::PUT, &scene.bench.urls.inbox(NOW, KEY).unwrap());
    let chunked = chunked.header("x-amz-server-side-encryption", "aws:kms").body(Full::from("x")).unwrap();
    assert_eq!(scene.refusal(chunked).await, (411, "MissingContentLength".into()));
    assert_eq!(scene.refusal(scene.file("seventeen letters")).await, (413, "EntityTooLarge".into()));
    let mut late = scene.file("x");
    *late.uri_mut() = late.uri().to_string().replace("imports/import-1", "imports/import-2").parse().unwrap();
    assert_eq!(scene.refusal(late).await.0, 403);
    let over = scene.bench.service.handle(scene.file("x"), NOW + 900_000).await;
    assert_eq!(over.status(), 403, "a quarter of an hour");
    scene.door.0.store(true, Ordering::SeqCst);
    assert_eq!(scene.refusal(scene.file("x")).await, (404, "NoSuchUpload".into()));
    assert_eq!(scene.inbox.find(KEY).await.unwrap(), None);
}

#[tokio::test]
async fn nobody_fetches_what_has_arrived() {
    let scene = scene();
    scene.bench.send(scene.file("secret")).await;
    let got = scene.bench.send(scene.bench.get(KEY).body(Full::<Bytes>::default()).unwrap()).await;
    assert_eq!(got.refusal(), (404, "NoSuchKey".into()));
    let found = Received { size: 6, sha256: String::new() };
    assert_eq!(scene.inbox.read(KEY, &found, 0, 9).await.unwrap(), None);
}
