//! Listeners: one current-thread runtime per core, each with its own socket on the same port (SO_REUSEPORT), so that a request of the
//! data plane never leaves its thread and no lock is shared by all of them.
use super::Body;
use futures_util::future::select_all;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::rt::Executor;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use socket2::{Domain, Protocol, Socket, Type};
use std::cell::Cell;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::LocalSet;

/// Time for a client to send its request head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);
/// Largest request head read; the rooms have smaller limits of their own and answer them in their own words.
const HEAD_BUFFER: usize = 256 * 1024;
/// Time for requests in flight to end after a signal.
const DRAIN: Duration = Duration::from_secs(35);

/// The two ends of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Ends {
    /// Who connected.
    pub peer: SocketAddr,
    /// The address they reached.
    pub local: SocketAddr,
}

/// What a thread serves with. Lives and dies on that thread.
pub trait Worker: 'static {
    /// Answers one request.
    fn handle(self: Rc<Self>, ends: Ends, request: Request<Incoming>) -> impl Future<Output = Response<Body>>;
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

/// Runs one thread per worker until `stop` turns true and the requests in flight have ended. `make` runs on the thread itself.
pub fn run<W: Worker>(
    name: &str,
    threads: usize,
    bound: &Bound,
    stop: &watch::Receiver<bool>,
    make: impl Fn() -> W + Clone + Send + 'static,
) -> io::Result<Vec<std::thread::JoinHandle<()>>> {
    (0..threads)
        .map(|index| {
            let (make, stop) = (make.clone(), stop.clone());
            let sockets =
                bound.addresses.iter().map(|address| socket(*address, true)).collect::<io::Result<Vec<_>>>()?;
            std::thread::Builder::new().name(format!("{name}-{index}")).spawn(move || {
                if let Err(error) = thread(sockets, stop, make) {
                    tracing::error!(%error, "a serving thread ended");
                }
            })
        })
        .collect()
}

fn thread<W: Worker>(sockets: Vec<Socket>, stop: watch::Receiver<bool>, make: impl FnOnce() -> W) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let local = LocalSet::new();
    local.block_on(&runtime, async move {
        let listeners =
            sockets.into_iter().map(|socket| TcpListener::from_std(socket.into())).collect::<io::Result<Vec<_>>>()?;
        accept(listeners, stop, Rc::new(make())).await;
        Ok(())
    })
}

async fn accept<W: Worker>(listeners: Vec<TcpListener>, mut stop: watch::Receiver<bool>, worker: Rc<W>) {
    let graceful = GracefulShutdown::new();
    let server = builder();
    loop {
        let next = select_all(
            listeners.iter().map(|listener| Box::pin(listener.accept()) as Pin<Box<dyn Future<Output = _>>>),
        );
        let accepted = tokio::select! {
            (accepted, _, _) = next => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        match accepted {
            Ok((stream, peer)) => serve(&server, &graceful, stream, peer, Rc::clone(&worker)),
            // Out of file descriptors, or the client was gone before we looked: wait a moment, go on.
            Err(error) => {
                tracing::warn!(%error, "accept");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
    // Whoever comes now is refused at once, instead of waiting in the backlog of a server that ends.
    drop(listeners);
    if tokio::time::timeout(DRAIN, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were still open when the time to end had come");
    }
}

fn serve<W: Worker>(
    server: &auto::Builder<Local>,
    graceful: &GracefulShutdown,
    stream: TcpStream,
    peer: SocketAddr,
    worker: Rc<W>,
) {
    let _ = stream.set_nodelay(true);
    // A connection without a local address is gone already.
    let Ok(local) = stream.local_addr() else { return };
    let ends = Ends { peer, local };
    let asked = Rc::new(Cell::new(false));
    let heard = Rc::clone(&asked);
    let service = service_fn(move |request| {
        let worker = Rc::clone(&worker);
        heard.set(true);
        async move { Ok::<_, std::convert::Infallible>(worker.handle(ends, request).await) }
    });
    let connection = server.serve_connection(TokioIo::new(stream), service).into_owned();
    let watched = graceful.watch(connection);
    tokio::task::spawn_local(async move {
        tokio::select! {
            ended = watched => if let Err(error) = ended {
                tracing::trace!(%error, "connection");
            },
            () = silence(&asked) => tracing::trace!("a connection that asked for nothing was closed"),
        }
    });
}

/// Ends when nothing has been asked for too long. hyper's own timer begins only when it knows which HTTP is spoken, so a client that
/// connects and says nothing, or half a preface, would stay for ever.
async fn silence(asked: &Cell<bool>) {
    tokio::time::sleep(HEAD_TIMEOUT + Duration::from_secs(1)).await;
    if asked.get() {
        std::future::pending::<()>().await;
    }
}

fn builder() -> auto::Builder<Local> {
    let mut server = auto::Builder::new(Local);
    server
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_BUFFER)
        .half_close(false);
    server
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(64 * 1024)
        .max_concurrent_streams(128)
        .keep_alive_interval(Some(Duration::from_secs(30)));
    server
}

/// Spawns HTTP/2 streams on the thread they came in on.
#[derive(Clone, Copy)]
struct Local;

impl<F: Future<Output = ()> + 'static> Executor<F> for Local {
    fn execute(&self, future: F) {
        tokio::task::spawn_local(future);
    }
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
