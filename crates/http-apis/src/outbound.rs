//! One request to somebody else's server (issuers' documents, identity providers): https (or http to this machine), no redirects, bounded in
//! time and size. The gateway's own traffic goes through `integration`.

use std::{fmt, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use http::{HeaderValue, Request, StatusCode, header};
use http_body_util::BodyExt;
use rustls::ClientConfig;
use url::Url;

use crate::{
    gateway::{RequestBody, Upload},
    integration::connect,
    model::is_loopback,
    snapshot::Origin,
};

/// A request.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    /// Where to; absolute.
    pub url: &'a str,
    /// A form (`application/x-www-form-urlencoded`) to POST; `None` is a GET.
    pub form: Option<&'a str>,
    /// The token of the `Authorization` header.
    pub bearer: Option<&'a str>,
    /// The time until the whole answer is there.
    pub within: Duration,
    /// The most bytes of the answer.
    pub largest: usize,
}

impl fmt::Debug for Ask<'_> {
    /// URL, form and token may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ask").field("within", &self.within).field("largest", &self.largest).finish_non_exhaustive()
    }
}

/// How others' certificates are checked. Cheap to clone.
#[derive(Clone)]
pub struct Outbound {
    tls: Arc<ClientConfig>,
}

impl Default for Outbound {
    /// The public roots.
    fn default() -> Self {
        Self { tls: connect::public_tls() }
    }
}

impl fmt::Debug for Outbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbound").finish_non_exhaustive()
    }
}

impl Outbound {
    /// Sends the request and reads the answer, whatever its status. The error says what went wrong, for `explain`: the URL without its query.
    pub async fn ask(&self, ask: Ask<'_>) -> Result<(StatusCode, Bytes), String> {
        self::ask(&self.tls, ask).await
    }
}

pub(crate) async fn ask(tls: &Arc<ClientConfig>, ask: Ask<'_>) -> Result<(StatusCode, Bytes), String> {
    let plain = ask.url.split('?').next().unwrap_or_default();
    let answered = tokio::time::timeout(ask.within, send(tls, ask)).await;
    let answered = answered.unwrap_or_else(|_| Err(format!("no answer within {:.1} s", ask.within.as_secs_f32())));
    answered.map_err(|error| format!("{plain}: {error}"))
}

async fn send(tls: &Arc<ClientConfig>, ask: Ask<'_>) -> Result<(StatusCode, Bytes), String> {
    let told = |error: &dyn fmt::Display| error.to_string();
    let parsed = Url::parse(ask.url).map_err(|error| told(&error))?;
    let origin = origin(&parsed).ok_or("only https, or http to this machine, is asked")?;
    let mut sender = connect::open(&origin, tls).await.map_err(|error| told(&error))?;
    let request = request(&parsed, &origin, ask).map_err(|error| told(&error))?;
    let response = sender.send_request(request).await.map_err(|error| told(&error))?;
    let status = response.status();
    let mut body = response.into_body();
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| told(&error))?;
        bytes.extend_from_slice(frame.data_ref().map_or(&[], Bytes::as_ref));
        if bytes.len() > ask.largest {
            return Err(format!("larger than {} bytes", ask.largest));
        }
    }
    Ok((status, bytes.freeze()))
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

fn request(url: &Url, origin: &Origin, ask: Ask<'_>) -> Result<Request<Upload>, http::Error> {
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut request = Request::get(format!("{}{query}", url.path()))
        .header(header::HOST, origin.host_header.clone())
        .header(header::ACCEPT, HeaderValue::from_static("application/json"))
        .header(header::CONNECTION, HeaderValue::from_static("close"));
    if let Some(token) = ask.bearer {
        let mut value = HeaderValue::from_str(&format!("Bearer {token}"))?;
        value.set_sensitive(true);
        request = request.header(header::AUTHORIZATION, value);
    }
    let Some(form) = ask.form else { return request.body(Upload::empty()) };
    let body = Upload::new(RequestBody::from(Bytes::copy_from_slice(form.as_bytes())), form.len() as u64);
    request
        .method(http::Method::POST)
        .header(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"))
        .header(header::CONTENT_LENGTH, form.len())
        .body(body)
}
