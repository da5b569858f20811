//! The service behind a real hyper server on loopback: its bodies stream both ways, and a cut connection leaves nothing.
#![allow(clippy::unwrap_used)]
mod bench;

use bench::{Bench, KEY, NOW};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Serves the bench on a free port; returns the host.
async fn serve() -> (Bench, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let bench = Bench::at(&format!("http://{host}"));
    let service = bench.service.clone();
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            let service = service.clone();
            tokio::spawn(async move {
                let answer = service_fn(move |request| {
                    let service = service.clone();
                    async move { Ok::<_, Infallible>(service.handle(request, NOW).await) }
                });
                let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(socket), answer).await;
            });
        }
    });
    (bench, host)
}

fn target(url: &str, host: &str) -> String {
    url.strip_prefix(&format!("http://{host}")).unwrap().to_owned()
}

/// Sends the head and the bytes, reads to the end.
async fn talk(host: &str, head: &str, body: &[u8]) -> String {
    let mut socket = TcpStream::connect(host).await.unwrap();
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(body).await.unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_megabyte_goes_in_and_comes_out() {
    let (bench, host) = serve().await;
    let bytes = vec![b'x'; 1024 * 1024];
    let put = target(&bench.urls.upload(NOW, KEY, "text/plain", bytes.len() as u64).unwrap().url, &host);
    let head = format!(
        "PUT {put} HTTP/1.1\r\nhost: {host}\r\ncontent-type: text/plain\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        bytes.len()
    );
    let answer = talk(&host, &head, &bytes).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let get = target(&bench.urls.download(NOW, KEY).unwrap().url, &host);
    let answer = talk(&host, &format!("GET {get} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"), b"").await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("content-length: 1048576"), "{head}");
    assert_eq!(body.len(), bytes.len());
}

#[tokio::test]
async fn a_cut_connection_leaves_nothing() {
    let (bench, host) = serve().await;
    let put = target(&bench.urls.upload(NOW, KEY, "text/plain", 1000).unwrap().url, &host);
    let mut socket = TcpStream::connect(&host).await.unwrap();
    let head =
        format!("PUT {put} HTTP/1.1\r\nhost: {host}\r\ncontent-type: text/plain\r\ncontent-length: 1000\r\n\r\nhalf");
    socket.write_all(head.as_bytes()).await.unwrap();
    while bench.files() != (0, 1) {
        tokio::task::yield_now().await;
    }
    drop(socket);
    while bench.files() != (0, 0) {
        tokio::task::yield_now().await;
    }
    assert!(bench.listener.told.lock().unwrap().is_empty());
}
