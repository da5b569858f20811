//! HTTP backends on free ports.

use std::{
    collections::VecDeque,
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

/// A backend that answers with what it got.
pub struct Echo {
    pub address: SocketAddr,
    pub connections: Arc<AtomicUsize>,
    pub requests: Arc<AtomicUsize>,
}

impl Echo {
    pub async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (connections, requests) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let echo = Self { address, connections: connections.clone(), requests: requests.clone() };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::Relaxed);
                let requests = requests.clone();
                let service = service_fn(move |request| {
                    requests.fetch_add(1, Ordering::Relaxed);
                    echo_of(request)
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        echo
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

pub async fn echo_of(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let headers: Vec<_> =
        head.headers.iter().map(|(name, value)| json!([name.as_str(), value.to_str().unwrap()])).collect();
    let text = if body.len() < 1000 { String::from_utf8_lossy(&body).into_owned() } else { String::new() };
    let seen = json!({"method": head.method.as_str(), "uri": head.uri.to_string(), "headers": headers, "length": body.len(), "body": text});
    let response = Response::builder()
        .header("x-backend", "1")
        .header("keep-alive", "timeout=5")
        .header("access-control-allow-origin", "*")
        .header("apigw-requestid", "forged");
    Ok(response.body(Full::from(seen.to_string())).unwrap())
}

/// What a scripted backend does with one connection's request.
#[derive(Clone)]
pub enum Act {
    /// Reads a request's head, then writes these bytes and reads on.
    Write(Vec<u8>),
    /// The same, and closes.
    WriteAndClose(Vec<u8>),
    /// Reads a request's head and closes without an answer.
    Close,
    /// Reads a request's head and says nothing.
    Hang,
    /// Waits before it writes and closes.
    Late(Duration, Vec<u8>),
}

/// A backend that follows a script, one act per request; the last act repeats.
pub struct Scripted {
    pub address: SocketAddr,
    pub requests: Arc<Mutex<Vec<String>>>,
    acts: Arc<Mutex<VecDeque<Act>>>,
}

impl Scripted {
    pub async fn new(acts: impl IntoIterator<Item = Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let acts = Arc::new(Mutex::new(acts.into_iter().collect::<VecDeque<_>>()));
        let requests = Arc::<Mutex<Vec<String>>>::default();
        let scripted = Self { address, requests: requests.clone(), acts: acts.clone() };
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (acts, requests) = (acts.clone(), requests.clone());
                tokio::spawn(async move {
                    let mut read = Vec::new();
                    loop {
                        let mut buffer = [0; 16_384];
                        let Ok(count @ 1..) = stream.read(&mut buffer).await else { return };
                        read.extend_from_slice(&buffer[..count]);
                        if !read.windows(4).any(|four| four == b"\r\n\r\n") {
                            continue;
                        }
                        requests.lock().unwrap().push(String::from_utf8_lossy(&read).into_owned());
                        read.clear();
                        let act = {
                            let mut acts = acts.lock().unwrap();
                            if acts.len() > 1 { acts.pop_front() } else { acts.front().cloned() }
                        };
                        match act {
                            Some(Act::Write(bytes)) => stream.write_all(&bytes).await.unwrap(),
                            Some(Act::WriteAndClose(bytes)) => return drop(stream.write_all(&bytes).await),
                            Some(Act::Late(pause, bytes)) => {
                                tokio::time::sleep(pause).await;
                                return drop(stream.write_all(&bytes).await);
                            }
                            Some(Act::Hang) => std::future::pending().await,
                            Some(Act::Close) | None => return,
                        }
                    }
                });
            }
        });
        scripted
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn seen(&self) -> usize {
        self.requests.lock().unwrap().len()
    }

    pub fn then(&self, acts: impl IntoIterator<Item = Act>) {
        *self.acts.lock().unwrap() = acts.into_iter().collect();
    }
}

pub fn answer(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// An echo behind TLS with this certificate.
pub async fn tls(issued: &rcgen::CertifiedKey<rcgen::KeyPair>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(issued.signing_key.serialize_der()).unwrap();
    let config = builder.with_no_client_auth().with_single_cert(vec![issued.cert.der().clone()], key).unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(echo_of)).await);
            });
        }
    });
    address
}
