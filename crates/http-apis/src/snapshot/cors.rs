//! CORS compiled: header values are built once, origins are compared exactly.

use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::model::Cors;

/// A stage's CORS configuration, ready to answer with.
#[derive(Debug)]
pub(crate) struct ServedCors {
    any_origin: bool,
    any_https: bool,
    any_http: bool,
    origins: Vec<Box<str>>,
    methods: Vec<Box<str>>,
    headers: Vec<Box<str>>,
    credentials: bool,
    allow_methods: Option<HeaderValue>,
    allow_headers: Option<HeaderValue>,
    expose_headers: Option<HeaderValue>,
    max_age: Option<HeaderValue>,
}

impl ServedCors {
    /// Compiles a checked configuration.
    pub(crate) fn new(cors: &Cors) -> Self {
        let has = |word| cors.allow_origins.iter().any(|origin| origin == word);
        Self {
            any_origin: has("*"),
            any_https: has("https://*"),
            any_http: has("http://*"),
            origins: cors.allow_origins.iter().map(|origin| origin.as_str().into()).collect(),
            methods: cors.allow_methods.iter().map(|method| method.as_str().into()).collect(),
            headers: cors.allow_headers.iter().map(|name| name.to_ascii_lowercase().into()).collect(),
            credentials: cors.allow_credentials == Some(true),
            allow_methods: joined(&cors.allow_methods),
            allow_headers: joined(&cors.allow_headers),
            expose_headers: joined(&cors.expose_headers),
            max_age: cors.max_age.map(HeaderValue::from),
        }
    }

    /// Whether pages of this origin may read answers.
    pub(crate) fn allows(&self, origin: &HeaderValue) -> bool {
        if self.any_origin {
            return true;
        }
        let Ok(origin) = origin.to_str() else { return false };
        (self.any_https && origin.starts_with("https://"))
            || (self.any_http && origin.starts_with("http://"))
            || self.origins.iter().any(|allowed| &**allowed == origin)
    }

    /// Puts the configured headers on an actual answer, in place of whatever the backend said about CORS.
    pub(crate) fn decorate(&self, origin: Option<&HeaderValue>, headers: &mut HeaderMap) {
        strip(headers);
        if !self.any_origin {
            headers.append(header::VARY, HeaderValue::from_static("origin"));
        }
        let Some(origin) = origin.filter(|origin| self.allows(origin)) else { return };
        self.put_origin(origin, headers);
        if let Some(expose) = &self.expose_headers {
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, expose.clone());
        }
    }

    /// The headers of an automatic preflight answer; only `vary` when origin, method or headers are not allowed.
    pub(crate) fn preflight(&self, origin: &HeaderValue, method: &HeaderValue, asked: &HeaderMap) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if !self.any_origin {
            headers.insert(header::VARY, HeaderValue::from_static("origin"));
        }
        if !self.allows(origin) || !self.takes_method(method) || !self.takes_headers(asked) {
            return headers;
        }
        self.put_origin(origin, &mut headers);
        let parts = [
            (header::ACCESS_CONTROL_ALLOW_METHODS, &self.allow_methods),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, &self.allow_headers),
            (header::ACCESS_CONTROL_MAX_AGE, &self.max_age),
        ];
        for (name, value) in parts {
            if let Some(value) = value {
                headers.insert(name, value.clone());
            }
        }
        headers
    }

    fn put_origin(&self, origin: &HeaderValue, headers: &mut HeaderMap) {
        let value = if self.any_origin { HeaderValue::from_static("*") } else { origin.clone() };
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, value);
        if self.credentials {
            headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        }
    }

    fn takes_method(&self, method: &HeaderValue) -> bool {
        self.methods.iter().any(|allowed| &**allowed == "*" || allowed.as_bytes() == method.as_bytes())
    }

    fn takes_headers(&self, asked: &HeaderMap) -> bool {
        let any = self.headers.iter().any(|allowed| &**allowed == "*");
        any || asked.get_all(header::ACCESS_CONTROL_REQUEST_HEADERS).iter().all(|value| {
            let names = value.to_str().unwrap_or("\u{0}").split(',').map(str::trim).filter(|name| !name.is_empty());
            names.into_iter().all(|name| self.headers.iter().any(|allowed| allowed.eq_ignore_ascii_case(name)))
        })
    }
}

/// Removes every `access-control-*` header.
fn strip(headers: &mut HeaderMap) {
    let named = |name: &&HeaderName| name.as_str().starts_with("access-control-");
    if !headers.keys().any(|name| named(&name)) {
        return;
    }
    let names: Vec<HeaderName> = headers.keys().filter(named).cloned().collect();
    for name in names {
        headers.remove(name);
    }
}

fn joined(values: &[String]) -> Option<HeaderValue> {
    if values.is_empty() {
        return None;
    }
    HeaderValue::from_str(&values.join(",")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(of: &[&str]) -> Vec<String> {
        of.iter().map(|text| (*text).to_owned()).collect()
    }

    fn cors(origins: &[&str]) -> ServedCors {
        ServedCors::new(&Cors {
            allow_origins: texts(origins),
            allow_methods: texts(&["GET"]),
            allow_headers: texts(&["Authorization"]),
            expose_headers: texts(&["x-a"]),
            max_age: Some(300),
            allow_credentials: Some(false),
        })
    }

    fn value(text: &str) -> HeaderValue {
        HeaderValue::from_str(text).unwrap()
    }

    fn asking(headers: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCESS_CONTROL_REQUEST_HEADERS, value(headers))])
    }

    #[test]
    fn an_unlisted_origin_is_never_reflected() {
        let cors = cors(&["https://a.example"]);
        for origin in
            ["https://evil.example", "https://a.example.evil", "http://a.example", "null", "https://A.example", ""]
        {
            let mut headers = HeaderMap::new();
            cors.decorate(Some(&value(origin)), &mut headers);
            assert!(headers.get("access-control-allow-origin").is_none(), "{origin}");
            assert_eq!(headers["vary"], "origin");
        }
    }

    #[test]
    fn star_answers_star_and_scheme_wildcards_echo() {
        let mut headers = HeaderMap::new();
        cors(&["*"]).decorate(Some(&value("https://x.example")), &mut headers);
        assert_eq!(headers["access-control-allow-origin"], "*");
        assert!(headers.get("vary").is_none());
        let https = cors(&["https://*"]);
        assert!(https.allows(&value("https://x.example")) && !https.allows(&value("http://x.example")));
    }

    #[test]
    fn a_preflight_lists_methods_and_headers_but_exposes_nothing() {
        let headers = cors(&["https://a.example"]).preflight(
            &value("https://a.example"),
            &value("GET"),
            &asking("authorization"),
        );
        assert_eq!(headers["access-control-allow-methods"], "GET");
        assert_eq!(headers["access-control-allow-headers"], "Authorization");
        assert_eq!(headers["access-control-max-age"], "300");
        assert!(headers.get("access-control-expose-headers").is_none());
    }

    #[test]
    fn a_preflight_for_what_is_not_listed_allows_nothing() {
        let cors = cors(&["https://a.example"]);
        let origin = value("https://a.example");
        for (method, asked) in
            [("PUT", "authorization"), ("GET", "x-other"), ("GET", "authorization, x-other"), ("get", "")]
        {
            let headers = cors.preflight(&origin, &value(method), &asking(asked));
            assert!(headers.get("access-control-allow-origin").is_none(), "{method} {asked}");
        }
    }

    #[test]
    fn the_backends_cors_headers_give_way() {
        let mut headers = HeaderMap::from_iter([
            (header::ACCESS_CONTROL_ALLOW_ORIGIN, value("*")),
            (header::ACCESS_CONTROL_MAX_AGE, value("9")),
        ]);
        cors(&["https://a.example"]).decorate(Some(&value("https://a.example")), &mut headers);
        assert_eq!(headers["access-control-allow-origin"], "https://a.example");
        assert!(headers.get("access-control-max-age").is_none());
    }
}
