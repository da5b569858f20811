//! Listeners: one current-thread runtime per core, each with its own socket on the same port (SO_REUSEPORT), so that a request of the
//! data plane never leaves its thread and no lock is shared by all of them.
use super::Body;
use super::handshake;
use super::watch::{Answer, Connections, TICK, Traffic, Watched};
use crate::tls::Tls;
use futures_util::future::select_all;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use socket2::{Domain, Protocol, Socket, Type};
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Largest request head read; the rooms have smaller limits of their own and answer them in their own words.
const HEAD_BUFFER: usize = 256 * 1024;
/// Time for requests in flight to end after a signal.
const DRAIN: Duration = Duration::from_secs(35);
/// Between two words about the same trouble.
const SAID: Duration = Duration::from_secs(10);

/// The two ends of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Ends {
    /// Who connected.
    pub peer: SocketAddr,
    /// The address they reached.
    pub local: SocketAddr,
    /// By https.
    pub tls: bool,
}

/// What a thread serves with. Stays on that thread, so that its locks are never contended.
pub trait Worker: Send + Sync + 'static {
    /// Answers one request.
    fn handle(self: Arc<Self>, ends: Ends, request: Request<Incoming>) -> impl Future<Output = Response<Body>> + Send;
}

/// The sockets of one port: addresses that are bound, to be opened again by each thread.
#[derive(Clone, Debug)]
pub struct Bound {
    addresses: Vec<SocketAddr>,
}

impl Bound {
    /// The addresses that answer.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Binds a port on 127.0.0.1 and, where there is one, ::1. The error says which port is taken and what to do.
    pub fn loopback(port: u16, flag: &str) -> Result<Self, String> {
        let first = probe(SocketAddr::from(([127, 0, 0, 1], port))).map_err(|error| taken(port, flag, &error))?;
        let second = SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], first.port()));
        match probe(second) {
            Ok(second) => Ok(Self { addresses: vec![first, second] }),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => Err(taken(second.port(), flag, &error)),
            Err(_) => Ok(Self { addresses: vec![first] }),
        }
    }

    /// Binds explicit addresses.
    pub fn explicit(addresses: &[SocketAddr]) -> Result<Self, String> {
        let bound: Result<Vec<_>, _> = addresses
            .iter()
            .map(|address| probe(*address).map_err(|error| format!("cannot listen on {address}: {error}")))
            .collect();
        Ok(Self { addresses: bound? })
    }
}

fn taken(port: u16, flag: &str, error: &io::Error) -> String {
    format!(
        "cannot listen on port {port}: {error}. Is another server running there? Stop it, or choose another port with {flag} PORT"
    )
}

/// Takes the address alone for a moment: with SO_REUSEPORT on, a second server would silently share it.
fn probe(address: SocketAddr) -> io::Result<SocketAddr> {
    let socket = socket(address, false)?;
    socket.local_addr()?.as_socket().ok_or_else(|| io::Error::other("not an IP socket"))
}

fn socket(address: SocketAddr, shared: bool) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_reuse_port(shared)?;
    socket.bind(&address.into())?;
    socket.listen(1024)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// How a listener is run.
#[derive(Clone, Copy, Debug)]
pub struct Threads {
    /// Of these, for the system's eyes.
    pub name: &'static str,
    /// How many.
    pub count: usize,
    /// Connections that one of them takes at the same time; newcomers wait.
    pub connections: usize,
}

/// Runs one thread per worker until `stop` turns true and the requests in flight have ended. `make` runs on the thread itself. With `tls` the
/// sockets speak https and nothing else.
pub fn run<W: Worker>(
    threads: Threads,
    bound: &Bound,
    tls: Option<&Tls>,
    stop: &watch::Receiver<bool>,
    make: impl Fn() -> W + Clone + Send + 'static,
) -> io::Result<Vec<std::thread::JoinHandle<()>>> {
    (0..threads.count)
        .map(|index| {
            let (make, stop, tls) = (make.clone(), stop.clone(), tls.cloned());
            let sockets =
                bound.addresses.iter().map(|address| socket(*address, true)).collect::<io::Result<Vec<_>>>()?;
            std::thread::Builder::new().name(format!("{}-{index}", threads.name)).spawn(move || {
                if let Err(error) = thread(sockets, tls, stop, threads.connections, make) {
                    tracing::error!(%error, "a serving thread ended");
                }
            })
        })
        .collect()
}

fn thread<W: Worker>(
    sockets: Vec<Socket>,
    tls: Option<Tls>,
    stop: watch::Receiver<bool>,
    most: usize,
    make: impl FnOnce() -> W,
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async move {
        let listeners =
            sockets.into_iter().map(|socket| TcpListener::from_std(socket.into())).collect::<io::Result<Vec<_>>>()?;
        Door { server: builder(), tls, graceful: GracefulShutdown::new(), connections: Connections::default(), most }
            .keep(listeners, stop, Arc::new(make()))
            .await;
        Ok(())
    })
}

/// One thread's door: lets connections in, no more than it may.
struct Door {
    server: auto::Builder<TokioExecutor>,
    tls: Option<Tls>,
    graceful: GracefulShutdown,
    connections: Connections,
    most: usize,
}

impl Door {
    async fn keep<W: Worker>(self, listeners: Vec<TcpListener>, mut stop: watch::Receiver<bool>, worker: Arc<W>) {
        let looking = self.connections.clone();
        let looking = tokio::spawn(async move {
            let mut tick = tokio::time::interval(TICK);
            loop {
                tick.tick().await;
                looking.look_through();
            }
        });
        let mut said = None;
        loop {
            let next = async {
                self.room(&mut said).await;
                let next = listeners
                    .iter()
                    .map(|listener| Box::pin(listener.accept()) as Pin<Box<dyn Future<Output = _> + Send>>);
                select_all(next).await.0
            };
            let accepted = tokio::select! {
                accepted = next => accepted,
                _ = stop.wait_for(|stop| *stop) => break,
            };
            match accepted {
                Ok((stream, peer)) => self.serve(stream, peer, Arc::clone(&worker)),
                // Out of file descriptors, or the client was gone before we looked: wait a moment, go on.
                Err(error) => {
                    if once(&mut said) {
                        tracing::warn!(%error, "a connection could not be taken");
                    }
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        }
        // Whoever comes now is refused at once, instead of waiting in the backlog of a server that ends.
        drop(listeners);
        if tokio::time::timeout(DRAIN, self.graceful.shutdown()).await.is_err() {
            tracing::warn!("some requests were still open when the time to end had come");
        }
        looking.abort();
    }

    /// Waits until there is room for one more connection.
    async fn room(&self, said: &mut Option<Instant>) {
        while self.connections.count() >= self.most {
            self.connections.sweep();
            if self.connections.count() < self.most {
                return;
            }
            if once(said) {
                tracing::warn!(
                    connections = self.most,
                    "as many connections as this listener may have: newcomers wait (raise the limit of open files)"
                );
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn serve<W: Worker>(&self, stream: TcpStream, peer: SocketAddr, worker: Arc<W>) {
        let _ = stream.set_nodelay(true);
        // A connection without a local address is gone already.
        let Ok(local) = stream.local_addr() else { return };
        let ends = Ends { peer, local, tls: self.tls.is_some() };
        let traffic = Arc::<Traffic>::default();
        let heard = Arc::clone(&traffic);
        let service = service_fn(move |request: Request<Incoming>| {
            let under_way = heard.begin(request.version() == http::Version::HTTP_2);
            let answer = Arc::clone(&worker).handle(ends, request);
            async move { Ok::<_, std::convert::Infallible>(answer.await.map(|body| Answer::new(body, under_way))) }
        });
        let watched = Watched::new(TokioIo::new(stream), Arc::clone(&traffic));
        let task = match &self.tls {
            None => {
                let connection = self.server.serve_connection(watched, service).into_owned();
                let connection = self.graceful.watch(connection);
                tokio::spawn(async move { ended(connection.await) })
            }
            // The look-through ends a handshake that is not done in time, as it does a head.
            Some(tls) => {
                let (tls, server, watcher) = (tls.clone(), self.server.clone(), self.graceful.watcher());
                tokio::spawn(async move {
                    let Some(stream) = handshake::accept(&tls, watched).await else { return };
                    let connection = server.serve_connection(TokioIo::new(stream), service).into_owned();
                    ended(watcher.watch(connection).await);
                })
            }
        };
        self.connections.add(traffic, task.abort_handle());
    }
}

fn ended<E: std::fmt::Display>(how: Result<(), E>) {
    if let Err(error) = how {
        tracing::trace!(%error, "connection");
    }
}

/// Whether something may be said again.
fn once(said: &mut Option<Instant>) -> bool {
    let again = said.is_none_or(|at| at.elapsed() >= SAID);
    if again {
        *said = Some(Instant::now());
    }
    again
}

/// The times of HTTP/1 connections are the look-through's to keep.
fn builder() -> auto::Builder<TokioExecutor> {
    let mut server = auto::Builder::new(TokioExecutor::new());
    server.http1().header_read_timeout(None).max_buf_size(HEAD_BUFFER).writev(false).half_close(false);
    server
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(64 * 1024)
        .max_concurrent_streams(128)
        .keep_alive_interval(Some(Duration::from_secs(30)));
    server
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_a_clear_error() {
        let holder = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = holder.local_addr().unwrap().port();
        let error = Bound::loopback(port, "--port").unwrap_err();
        assert!(error.contains(&format!("cannot listen on port {port}")) && error.contains("--port PORT"), "{error}");
    }

    #[test]
    fn a_port_that_another_cognate_shares_among_its_threads_is_taken_too() {
        let held = socket(SocketAddr::from(([127, 0, 0, 1], 0)), true).unwrap();
        let port = held.local_addr().unwrap().as_socket().unwrap().port();
        assert!(Bound::loopback(port, "--port").is_err());
    }
}
