//! Plain and signed HTTP for the checklist: no redirects followed, ten seconds each, bodies bounded.
use crate::platform::Clock;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use sigv4::{Credentials, Payload, RequestParts, Signer, Style};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(10);
const LARGEST: usize = 4 * 1024 * 1024;

/// An HTTP client with a key pair.
pub struct Http {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    credentials: Credentials,
    region: String,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
}

impl Answer {
    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The body, cut for a line of output.
    pub fn short(&self) -> String {
        String::from_utf8_lossy(&self.body).chars().take(160).collect()
    }
}

impl Http {
    /// A client that signs for a region and trusts, beside the known roots, the certificates of a file.
    pub fn new(credentials: Credentials, region: String, trusted: Option<&Path>) -> Result<Self, String> {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        if let Some(file) = trusted {
            let cannot = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
            let more = CertificateDer::pem_file_iter(file).map_err(|error| cannot(&error))?;
            let more: Vec<_> = more.collect::<Result<_, _>>().map_err(|error| cannot(&error))?;
            roots.add_parsable_certificates(more);
        }
        let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connector =
            hyper_rustls::HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().build();
        Ok(Self { client: Client::builder(TokioExecutor::new()).build(connector), credentials, region })
    }

    /// Sends a request. The error is a sentence.
    pub async fn send(
        &self,
        method: Method,
        url: &str,
        headers: HeaderMap,
        body: impl Into<Bytes>,
    ) -> Result<Answer, String> {
        let mut request = Request::new(Full::new(body.into()));
        *request.method_mut() = method;
        *request.uri_mut() = url.parse().map_err(|error| format!("{url}: {error}"))?;
        *request.headers_mut() = headers;
        on_this_machine(&mut request)?;
        let answer = tokio::time::timeout(TIMEOUT, self.exchange(request)).await;
        answer
            .map_err(|_| format!("{url} did not answer within {} seconds", TIMEOUT.as_secs()))?
            .map_err(|error| format!("{url}: {error}"))
    }

    async fn exchange(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<Answer, Box<dyn std::error::Error + Send + Sync>> {
        let response = self.client.request(request).await?;
        let (parts, body) = response.into_parts();
        let body = Limited::new(body, LARGEST).collect().await?.to_bytes();
        Ok(Answer { status: parts.status, headers: parts.headers, body })
    }

    /// Sends a request with one header.
    pub async fn get(&self, url: &str, name: header::HeaderName, value: &str) -> Result<Answer, String> {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_str(value).map_err(|error| error.to_string())?);
        self.send(Method::GET, url, headers, Bytes::new()).await
    }

    /// A `cognito-idp` call, signed. An error answer becomes `Type: message`.
    pub async fn cognito(&self, endpoint: &str, operation: &str, input: &Value) -> Result<Value, String> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.1"));
        let target = format!("AWSCognitoIdentityProviderService.{operation}");
        headers.insert("x-amz-target", HeaderValue::from_str(&target).map_err(|error| error.to_string())?);
        let answer =
            self.signed("cognito-idp", Method::POST, &format!("{endpoint}/"), headers, input.to_string()).await?;
        let json = answer.json();
        if answer.status.is_success() {
            return Ok(json);
        }
        let text = |name: &str| json.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        Err(format!("{operation}: {} {}", text("__type"), text("message")))
    }

    /// An API Gateway control-plane read, signed: all pages of a list.
    pub async fn api_items(&self, endpoint: &str, path: &str) -> Result<Vec<Value>, String> {
        let mut items = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let token: String =
                next.iter().flat_map(|token| form_urlencoded::byte_serialize(token.as_bytes())).collect();
            let url = if token.is_empty() {
                format!("{endpoint}{path}")
            } else {
                format!("{endpoint}{path}?nextToken={token}")
            };
            let page = self.api(&url).await?;
            items.extend(page.get("items").and_then(Value::as_array).cloned().unwrap_or_default());
            next = page.get("nextToken").and_then(Value::as_str).map(str::to_owned);
            if next.is_none() {
                return Ok(items);
            }
        }
    }

    /// One API Gateway control-plane read, signed.
    pub async fn api(&self, url: &str) -> Result<Value, String> {
        let answer = self.signed("apigateway", Method::GET, url, HeaderMap::new(), String::new()).await?;
        if answer.status.is_success() {
            Ok(answer.json())
        } else {
            Err(format!("{url}: {} {}", answer.status, answer.short()))
        }
    }

    async fn signed(
        &self,
        service: &str,
        method: Method,
        url: &str,
        mut headers: HeaderMap,
        body: String,
    ) -> Result<Answer, String> {
        let uri: http::Uri = url.parse().map_err(|error| format!("{url}: {error}"))?;
        let host = uri.authority().map(http::uri::Authority::as_str).unwrap_or_default();
        headers.insert(header::HOST, HeaderValue::from_str(host).map_err(|error| error.to_string())?);
        let parts = RequestParts {
            method: method.as_str(),
            path: uri.path(),
            query: uri.query().unwrap_or_default(),
            headers: &headers,
            authority: None,
        };
        let signer = Signer { credentials: &self.credentials, region: &self.region, service, style: Style::Standard };
        let added = signer
            .sign(Clock::default().now(), &parts, Payload::Bytes(body.as_bytes()))
            .map_err(|error| error.to_string())?;
        headers.extend(added);
        self.send(method, url, headers, body).await
    }
}

/// Names below `localhost` are this machine (RFC 6761), whatever its resolver says: the connection goes to 127.0.0.1, the Host header stays.
fn on_this_machine<B>(request: &mut Request<B>) -> Result<(), String> {
    let Some(authority) =
        request.uri().authority().filter(|authority| authority.host().ends_with(".localhost")).cloned()
    else {
        return Ok(());
    };
    let host = HeaderValue::from_str(authority.as_str()).map_err(|error| error.to_string())?;
    request.headers_mut().entry(header::HOST).or_insert(host);
    let mut parts = request.uri().clone().into_parts();
    let loopback = authority.port_u16().map_or_else(|| "127.0.0.1".to_owned(), |port| format!("127.0.0.1:{port}"));
    parts.authority = Some(loopback.parse().map_err(|_| "the port is no port")?);
    *request.uri_mut() = http::Uri::from_parts(parts).map_err(|error| error.to_string())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_below_localhost_is_reached_without_a_resolver_and_keeps_its_host_header() {
        let mut request = Request::get("http://login.auth.localhost:4566/login?a=b").body(()).unwrap();
        on_this_machine(&mut request).unwrap();
        assert_eq!(request.uri(), "http://127.0.0.1:4566/login?a=b");
        assert_eq!(request.headers()[header::HOST], "login.auth.localhost:4566");
    }

    #[test]
    fn other_names_are_left_to_the_resolver() {
        let mut request = Request::get("https://api.example/login").body(()).unwrap();
        on_this_machine(&mut request).unwrap();
        assert_eq!(request.uri(), "https://api.example/login");
    }
}
