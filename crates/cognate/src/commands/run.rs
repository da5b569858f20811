//! What `dev` and `serve` have in common: runtime, signals, the orderly end.
use crate::admin;
use crate::platform::files;
use crate::server::{Bound, HallWorker, Threads, run as listen};
use crate::tls::Tls;
use crate::wiring::App;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// The one thread of a small listener beside the hall's.
pub const fn aside(name: &'static str) -> Threads {
    Threads { name, count: 1, connections: 256 }
}

/// Time for the last decisions to reach the table.
const FLUSH: Duration = Duration::from_secs(5);

/// The runtime of everything but the gateway's data plane.
pub fn control_runtime() -> Result<tokio::runtime::Runtime, String> {
    let threads = std::thread::available_parallelism().map_or(2, usize::from).max(2);
    let built =
        tokio::runtime::Builder::new_multi_thread().worker_threads(threads).thread_name("control").enable_all().build();
    built.map_err(|error| format!("cannot start the runtime: {error}"))
}

/// Serves the hall on these sockets, one thread per worker.
pub fn serve_hall(
    app: &Arc<App>,
    bound: &Bound,
    tls: Option<&Tls>,
    workers: usize,
    stop: &watch::Receiver<bool>,
) -> Result<Vec<JoinHandle<()>>, String> {
    let (hall, gateway) = (Arc::clone(&app.hall), app.gateway.clone());
    let edge = Threads { name: "edge", count: workers, connections: files::connections(files::raise(), workers) };
    let threads = listen(edge, bound, tls, stop, move || HallWorker::new(Arc::clone(&hall), gateway.worker()));
    threads.map_err(|error| format!("cannot start the listener: {error}"))
}

/// Serves the admin channel. It hears questions when this returns, so that `cognate env` works as soon as the server says it is ready.
/// Must run inside the runtime.
pub fn serve_admin(app: &Arc<App>) {
    let app = Arc::clone(app);
    match admin::listen(app.folder().root()) {
        Ok(listener) => {
            tokio::spawn(admin::serve(listener, move |ask| Arc::clone(&app).admin(ask)));
        }
        Err(error) => {
            tracing::error!(%error, "the admin channel is closed: cognate env, explain and keys will not work");
        }
    }
}

/// Waits for Ctrl-C, SIGTERM, or trouble in storage. The error is what went wrong.
pub async fn until_told(app: &App) -> Result<(), String> {
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    let mut trouble = app.trouble.clone();
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.map_err(|error| error.to_string()),
        _ = terminate.recv() => Ok(()),
        Ok(said) = trouble.wait_for(Option::is_some) => Err(said.clone().unwrap_or_default()),
    }
}

async fn end_at_once() {
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::warn!("told to stop a second time: requests in flight are dropped");
    std::process::exit(1);
}

/// Ends: no new connections, requests in flight finished, decisions kept, storage closed. Who asks a second time gets the end at once:
/// what was acknowledged is on the disk already.
pub fn end(app: &App, tell: &watch::Sender<bool>, threads: Vec<JoinHandle<()>>, runtime: tokio::runtime::Runtime) {
    runtime.spawn(end_at_once());
    tell.send_replace(true);
    for thread in threads {
        let _ = thread.join();
    }
    app.functions.invoker().close();
    if runtime.block_on(async { tokio::time::timeout(FLUSH, app.decisions.flush()).await }).is_err() {
        tracing::warn!("the last decisions could not be kept");
    }
    runtime.shutdown_timeout(Duration::from_secs(5));
    app.store.close();
}
