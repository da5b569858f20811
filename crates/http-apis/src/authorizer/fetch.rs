//! Fetching an issuer's documents: https (or http to this machine), no redirects, bounded in time and size.

use std::{sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use http::{HeaderValue, Request, StatusCode, header};
use http_body_util::BodyExt;
use rustls::ClientConfig;
use url::Url;

use crate::{gateway::Upload, integration::connect, model::is_loopback, snapshot::Origin};

/// For discovery and for the key set, each.
const TIMEOUT: Duration = Duration::from_millis(1500);
/// API Gateway's limit for a key set; more than enough for a discovery document.
const MAX_BYTES: usize = jose::MAX_JWKS_BYTES;

/// Reads one document. The error says what went wrong, for `explain`.
pub(super) async fn get(url: &str, tls: &Arc<ClientConfig>) -> Result<Bytes, String> {
    let fetched = tokio::time::timeout(TIMEOUT, fetch(url, tls)).await;
    fetched.unwrap_or_else(|_| Err(format!("{url}: no answer within 1.5 s")))
}

async fn fetch(url: &str, tls: &Arc<ClientConfig>) -> Result<Bytes, String> {
    let told = |error: &dyn std::fmt::Display| format!("{url}: {error}");
    let parsed = Url::parse(url).map_err(|error| told(&error))?;
    let origin = origin(&parsed).ok_or_else(|| told(&"only https, or http to this machine, is fetched"))?;
    let mut sender = connect::open(&origin, tls).await.map_err(|error| told(&error))?;
    let request = request(&parsed, &origin).map_err(|error| told(&error))?;
    let response = sender.send_request(request).await.map_err(|error| told(&error))?;
    // A redirect would let whoever controls one page of the issuer's host name another issuer's keys.
    if response.status() != StatusCode::OK {
        return Err(told(&format_args!("answered {}", response.status())));
    }
    let mut body = response.into_body();
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| told(&error))?;
        bytes.extend_from_slice(frame.data_ref().map_or(&[], Bytes::as_ref));
        if bytes.len() > MAX_BYTES {
            return Err(told(&"larger than 150,000 bytes"));
        }
    }
    Ok(bytes.freeze())
}

fn origin(url: &Url) -> Option<Origin> {
    let tls = url.scheme() == "https";
    let here = url.scheme() == "http" && is_loopback(url);
    if !tls && !here {
        return None;
    }
    let host = url.host_str()?;
    let authority = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    Origin::new(tls, &authority)
}

fn request(url: &Url, origin: &Origin) -> Result<Request<Upload>, http::Error> {
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    Request::get(format!("{}{query}", url.path()))
        .header(header::HOST, origin.host_header.clone())
        .header(header::ACCEPT, HeaderValue::from_static("application/json"))
        .header(header::CONNECTION, HeaderValue::from_static("close"))
        .body(Upload::empty())
}
