//! The admin listener of `serve`: health, readiness, metrics. Keep it off the internet.
use crate::server::{Body, Ends, Worker, full, plain};
use crate::telemetry::Metrics;
use crate::wiring::App;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use std::sync::Arc;
use std::time::Duration;
use user_pools::ports::Pools as _;

/// Storage that answers later than this is not ready.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the listener reads.
pub struct Ops {
    metrics: Arc<Metrics>,
    store: store::SqliteStore,
    control: tokio::runtime::Handle,
}

impl Ops {
    /// Of this server.
    pub fn new(app: &App) -> Self {
        Self { metrics: Arc::clone(&app.metrics), store: app.store.clone(), control: app.hall.control.clone() }
    }

    /// Ready means that storage answers.
    async fn ready(&self) -> bool {
        let store = self.store.clone();
        let read = self.control.spawn(async move { store.changes_head().await.is_ok() });
        tokio::time::timeout(PATIENCE, read).await.is_ok_and(|read| read.unwrap_or(false))
    }
}

/// The listener's one thread.
pub struct OpsWorker(pub Arc<Ops>);

impl Worker for OpsWorker {
    async fn handle(self: Arc<Self>, _: Ends, request: Request<Incoming>) -> Response<Body> {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return plain(StatusCode::METHOD_NOT_ALLOWED, "only GET");
        }
        match request.uri().path() {
            "/healthz" => plain(StatusCode::OK, "ok"),
            "/readyz" if self.0.ready().await => plain(StatusCode::OK, "ready"),
            "/readyz" => plain(StatusCode::SERVICE_UNAVAILABLE, "storage does not answer"),
            "/metrics" => {
                let mut answer = Response::new(full(self.0.metrics.text()));
                let kind = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
                answer.headers_mut().insert(header::CONTENT_TYPE, kind);
                answer
            }
            _ => plain(StatusCode::NOT_FOUND, "healthz, readyz and metrics are here"),
        }
    }
}
