//! The dashboard's page on its own port, another origin than the API: static files from the binary, and the values it needs.
use crate::server::{Body, Ends, Worker, authority, full, plain};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use std::sync::Arc;

/// A file of the built page, as `build.rs` embeds it.
struct File {
    /// Path below the page's folder.
    name: &'static str,
    /// A hash of the content.
    tag: &'static str,
    content: &'static [u8],
    /// The content compressed, where that makes it smaller.
    gzip: Option<&'static [u8]>,
}

/// The built page; empty when it was not built.
static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/page.rs"));

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
        let host = authority(request).unwrap_or_default();
        if !self.hosts.iter().any(|known| known.eq_ignore_ascii_case(host)) {
            return plain(StatusCode::FORBIDDEN, "the page answers for localhost only");
        }
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return plain(StatusCode::METHOD_NOT_ALLOWED, "only GET");
        }
        let mut answer = self.file(request.uri().path().trim_start_matches('/'), request.headers());
        self.guard(answer.headers_mut());
        answer
    }

    fn file(&self, name: &str, asked: &HeaderMap) -> Response<Body> {
        if name == "config.json" {
            return typed(self.config.clone(), "application/json", "no-store");
        }
        if let Some(file) = FILES.iter().find(|file| file.name == name) {
            return file.answer(asked);
        }
        if name.contains('.') {
            return plain(StatusCode::NOT_FOUND, "no such file");
        }
        // Every other path is the application's own.
        match FILES.iter().find(|file| file.name == "index.html") {
            Some(file) => file.answer(asked),
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

impl File {
    /// The file in the form that the client takes, or word that it has the current one.
    fn answer(&self, asked: &HeaderMap) -> Response<Body> {
        let packed = self.gzip.filter(|_| takes_gzip(asked));
        // Two forms, two tags: a cache must not mend one with the other.
        let tag = format!("\"{}{}\"", self.tag, if packed.is_some() { "-gzip" } else { "" });
        // What vite puts here has a hash in its name.
        let hashed = self.name.starts_with("assets/");
        let cache = if hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
        let fresh = has(asked, &tag);
        let content = if fresh { &[] } else { packed.unwrap_or(self.content) };
        let mut answer = typed(bytes::Bytes::from_static(content), media_type(self.name), cache);
        if fresh {
            *answer.status_mut() = StatusCode::NOT_MODIFIED;
            answer.headers_mut().remove(header::CONTENT_TYPE);
        } else if packed.is_some() {
            answer.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        if self.gzip.is_some() {
            answer.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        }
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            answer.headers_mut().insert(header::ETAG, tag);
        }
        answer
    }
}

/// The members of a header that is a list.
fn members(headers: &HeaderMap, name: header::HeaderName) -> impl Iterator<Item = &str> {
    headers
        .get_all(name)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
}

/// Whether `Accept-Encoding` names gzip, by itself or by `*`, with a quality above zero. Its own entry counts before `*`.
fn takes_gzip(asked: &HeaderMap) -> bool {
    let accepts = |coding: &str| {
        let mut named = members(asked, header::ACCEPT_ENCODING).filter_map(|member| {
            let (name, parameter) = member.split_once(';').unwrap_or((member, "q=1"));
            let quality = parameter.trim().strip_prefix("q=").and_then(|quality| quality.parse::<f32>().ok());
            name.trim().eq_ignore_ascii_case(coding).then(|| quality.unwrap_or_default() > 0.0)
        });
        named.next()
    };
    accepts("gzip").or_else(|| accepts("*")).unwrap_or_default()
}

/// Whether `If-None-Match` names this tag, compared weakly as for GET.
fn has(asked: &HeaderMap, tag: &str) -> bool {
    members(asked, header::IF_NONE_MATCH).any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
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

#[cfg(test)]
mod tests {
    use super::*;

    const STYLE: File =
        File { name: "assets/index-C9NM0O92.css", tag: "abc", content: b"plain plain", gzip: Some(b"packed") };
    const FONT: File = File { name: "font.woff2", tag: "def", content: b"font", gzip: None };

    fn asked(pairs: &[(header::HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    async fn get(file: &File, pairs: &[(header::HeaderName, &'static str)]) -> (u16, HeaderMap, bytes::Bytes) {
        use http_body_util::BodyExt as _;
        let (parts, body) = file.answer(&asked(pairs)).into_parts();
        (parts.status.as_u16(), parts.headers, body.collect().await.unwrap().to_bytes())
    }

    #[test]
    fn gzip_is_sent_to_those_who_take_it_only() {
        for yes in ["gzip", "br, gzip", "GZIP;q=0.5", "*", "br;q=1.0, *;q=0.1"] {
            assert!(takes_gzip(&asked(&[(header::ACCEPT_ENCODING, yes)])), "{yes}");
        }
        for no in ["", "br", "identity", "gzip;q=0", "gzip;q=0, *", "*;q=0", "x-gzip", "gzip;q=nonsense"] {
            assert!(!takes_gzip(&asked(&[(header::ACCEPT_ENCODING, no)])), "{no}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
    }

    #[tokio::test]
    async fn the_two_forms_of_a_file_have_tags_of_their_own_and_say_that_they_vary() {
        let (status, packed, body) = get(&STYLE, &[(header::ACCEPT_ENCODING, "gzip, br")]).await;
        assert_eq!((status, &body[..]), (200, &b"packed"[..]));
        assert_eq!(packed[header::CONTENT_ENCODING], "gzip");
        assert_eq!(packed[header::ETAG], "\"abc-gzip\"");
        let (status, plain, body) = get(&STYLE, &[]).await;
        assert_eq!((status, &body[..]), (200, &b"plain plain"[..]));
        assert!(!plain.contains_key(header::CONTENT_ENCODING));
        assert_eq!(plain[header::ETAG], "\"abc\"");
        for headers in [packed, plain] {
            assert_eq!(headers[header::VARY], "accept-encoding");
            assert_eq!(headers[header::CONTENT_TYPE], "text/css; charset=utf-8");
            assert_eq!(headers[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
        }
    }

    #[tokio::test]
    async fn who_has_the_current_file_gets_no_second_copy() {
        for (file, known, status) in [
            (&FONT, "\"def\"", 304),
            (&FONT, "W/\"def\"", 304),
            (&FONT, "\"x\", \"def\"", 304),
            (&FONT, "*", 304),
            (&FONT, "\"abc\"", 200),
            (&STYLE, "\"abc-gzip\"", 200),
        ] {
            let (got, headers, body) = get(file, &[(header::IF_NONE_MATCH, known)]).await;
            assert_eq!((got, body.is_empty()), (status, status == 304), "{known}");
            assert!(headers.contains_key(header::ETAG) && headers.contains_key(header::CACHE_CONTROL));
        }
        let (_, headers, _) = get(&FONT, &[]).await;
        assert_eq!(
            (headers.get(header::VARY), &headers[header::CACHE_CONTROL]),
            (None, &HeaderValue::from_static("no-cache"))
        );
    }
}
