//! The dashboard's page on its own port, another origin than the API: static files from the binary, and the values it needs.
use crate::server::{Body, Ends, Worker, full, plain};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use std::sync::Arc;

/// Name and content of each file of the built page; empty when the page was not built.
static FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/page.rs"));

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Dashboard</title><h1>The page was not built into this binary</h1>\
<p>Run <code>make web</code> (Node 20 or newer), then <code>cargo build</code> again; <code>make run</code> does both.</p></html>";

/// What the page is served with.
pub struct Page {
    /// `/config.json`, as text.
    pub config: String,
    /// Content-Security-Policy.
    pub policy: HeaderValue,
    /// Host names it answers to (DNS rebinding).
    pub hosts: Vec<String>,
}

impl Page {
    /// The page of these origins: `connect` are the origins it calls, `images` those it shows images from.
    pub fn new(config: &serde_json::Value, connect: &[&str], images: &str, hosts: Vec<String>) -> Result<Self, String> {
        let policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: {images}; font-src 'self' data:; connect-src 'self' {}; \
             frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
            connect.join(" ")
        );
        let policy = HeaderValue::from_str(&policy).map_err(|error| error.to_string())?;
        Ok(Self { config: config.to_string(), policy, hosts })
    }

    fn answer(&self, request: &Request<Incoming>) -> Response<Body> {
        let host = request.headers().get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !self.hosts.iter().any(|known| known.eq_ignore_ascii_case(host)) {
            return plain(StatusCode::FORBIDDEN, "the page answers for localhost only");
        }
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return plain(StatusCode::METHOD_NOT_ALLOWED, "only GET");
        }
        let mut answer = self.file(request.uri().path().trim_start_matches('/'));
        self.guard(answer.headers_mut());
        answer
    }

    fn file(&self, name: &str) -> Response<Body> {
        if name == "config.json" {
            return typed(self.config.clone(), "application/json", "no-store");
        }
        if let Some((found, content)) = FILES.iter().find(|(file, _)| *file == name) {
            let cache = if found.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
            return typed(bytes::Bytes::from_static(content), media_type(found), cache);
        }
        if name.contains('.') {
            return plain(StatusCode::NOT_FOUND, "no such file");
        }
        // Every other path is the application's own.
        match FILES.iter().find(|(file, _)| *file == "index.html") {
            Some((_, content)) => typed(bytes::Bytes::from_static(content), "text/html; charset=utf-8", "no-cache"),
            None => typed(NOT_BUILT, "text/html; charset=utf-8", "no-store"),
        }
    }

    fn guard(&self, headers: &mut HeaderMap) {
        headers.insert(header::CONTENT_SECURITY_POLICY, self.policy.clone());
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    }
}

fn typed(body: impl Into<bytes::Bytes>, media_type: &'static str, cache: &'static str) -> Response<Body> {
    let mut answer = Response::new(full(body));
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    answer
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "json" | "map" | "webmanifest" => "application/json",
        _ => "application/octet-stream",
    }
}

/// One listener thread's share of the page.
pub struct PageWorker(pub Arc<Page>);

impl Worker for PageWorker {
    async fn handle(self: Arc<Self>, _: Ends, request: Request<Incoming>) -> Response<Body> {
        self.0.answer(&request)
    }
}
