//! Signing: headers for a request that is about to be sent, or a query string that somebody else will send.
use crate::canonical::{ALGORITHM, canonical_request, encode_query_value, join_query, query_pairs, signature};
use crate::credentials::Credentials;
use crate::error::SigV4Error;
use crate::parse::CredentialScope;
use crate::request::{Payload, RequestParts, Style};
use crate::time::basic;
use http::HeaderMap;
use http::header::{AUTHORIZATION, HOST, HeaderName, HeaderValue};

/// A presigned request lives at most seven days.
pub const MAX_EXPIRES_SECONDS: u32 = 604_800;

/// Headers that a proxy may change or that describe the connection: never signed.
const NEVER_SIGNED: [&str; 12] = [
    "authorization",
    "connection",
    "expect",
    "forwarded",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "via",
    "x-amzn-trace-id",
];

/// Signs for one service in one region.
#[derive(Clone, Copy, Debug)]
pub struct Signer<'a> {
    /// The key pair.
    pub credentials: &'a Credentials,
    /// AWS region.
    pub region: &'a str,
    /// Signing name of the service.
    pub service: &'a str,
    /// How to canonicalise.
    pub style: Style,
}

impl Signer<'_> {
    /// The headers to add to the request: `x-amz-date`, `authorization`, with S3 `x-amz-content-sha256`, with temporary keys
    /// `x-amz-security-token`. All present headers are signed, but those that proxies change. `now` is epoch milliseconds.
    pub fn sign(&self, now: i64, request: &RequestParts<'_>, payload: Payload<'_>) -> Result<HeaderMap, SigV4Error> {
        let time = basic(now);
        let mut added = HeaderMap::new();
        added.insert(HeaderName::from_static("x-amz-date"), value(&time)?);
        if self.style == Style::S3 {
            added.insert(HeaderName::from_static("x-amz-content-sha256"), value(&payload.text())?);
        }
        if let Some(token) = &self.credentials.session_token {
            added.insert(HeaderName::from_static("x-amz-security-token"), value(token)?);
        }
        let mut headers = request.headers.clone();
        for (name, value) in &added {
            headers.insert(name.clone(), value.clone());
        }
        let request = RequestParts { headers: &headers, ..*request };
        let names = signed_names(&headers);
        let (scope, signature) =
            self.signature(&time, &request, &query_pairs(request.query), &names, &payload.text())?;
        let credential = scope.with_key();
        let text =
            format!("{ALGORITHM} Credential={credential}, SignedHeaders={}, Signature={signature}", names.join(";"));
        added.insert(AUTHORIZATION, value(&text)?);
        Ok(added)
    }

    /// The whole query string (without `?`) of a presigned request. Every header of `request` is signed, so the sender must send
    /// them all, unchanged. `expires` is 1 to [`MAX_EXPIRES_SECONDS`] seconds, `now` epoch milliseconds. With S3 the body is not signed.
    pub fn presign(
        &self,
        now: i64,
        request: &RequestParts<'_>,
        payload: Payload<'_>,
        expires: u32,
    ) -> Result<String, SigV4Error> {
        if !(1..=MAX_EXPIRES_SECONDS).contains(&expires) {
            return Err(SigV4Error::IncompleteSignature(format!("expires must be 1 to {MAX_EXPIRES_SECONDS} seconds")));
        }
        let time = basic(now);
        let names = signed_names(request.headers);
        let scope = CredentialScope::new(&self.credentials.access_key_id, &time, self.region, self.service);
        let mut pairs = query_pairs(request.query);
        let mut add = |name: &str, value: &str| pairs.push((name.to_owned(), encode_query_value(value)));
        add("X-Amz-Algorithm", ALGORITHM);
        add("X-Amz-Credential", &scope.with_key());
        add("X-Amz-Date", &time);
        add("X-Amz-Expires", &expires.to_string());
        add("X-Amz-SignedHeaders", &names.join(";"));
        if let Some(token) = &self.credentials.session_token {
            add("X-Amz-Security-Token", token);
        }
        pairs.sort();
        let payload = if self.style == Style::S3 { Payload::Unsigned } else { payload };
        let (_, signature) = self.signature(&time, request, &pairs, &names, &payload.text())?;
        Ok(format!("{}&X-Amz-Signature={signature}", join_query(&pairs)))
    }

    fn signature(
        &self,
        time: &str,
        request: &RequestParts<'_>,
        query: &[(String, String)],
        names: &[String],
        payload: &str,
    ) -> Result<(CredentialScope, String), SigV4Error> {
        let scope = CredentialScope::new(&self.credentials.access_key_id, time, self.region, self.service);
        let canonical = canonical_request(request, self.style, query, names, payload)
            .ok_or_else(|| SigV4Error::IncompleteSignature("the request has no host".into()))?;
        let signature = signature(&self.credentials.secret, &scope, time, &canonical);
        Ok((scope, signature))
    }
}

/// Lower-case, sorted, `host` always among them.
fn signed_names(headers: &HeaderMap) -> Vec<String> {
    let mut names: Vec<String> = headers
        .keys()
        .map(|name| name.as_str().to_owned())
        .filter(|name| !NEVER_SIGNED.contains(&name.as_str()))
        .collect();
    names.push(HOST.as_str().to_owned());
    names.sort();
    names.dedup();
    names
}

fn value(text: &str) -> Result<HeaderValue, SigV4Error> {
    HeaderValue::from_str(text).map_err(|_| SigV4Error::IncompleteSignature("not a header value".into()))
}
