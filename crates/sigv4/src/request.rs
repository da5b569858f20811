//! The parts of a request that a signature covers.
use crate::canonical::{hex_sha256, unsigned};
use http::HeaderMap;
use http::header::HOST;

/// A request's parts as they stand on the wire.
#[derive(Clone, Copy, Debug)]
pub struct RequestParts<'a> {
    /// Upper-case method.
    pub method: &'a str,
    /// Raw path, percent-encoding kept; empty reads as `/`.
    pub path: &'a str,
    /// Raw query string without `?`; empty when there is none.
    pub query: &'a str,
    /// All headers.
    pub headers: &'a HeaderMap,
    /// Stands in for a missing Host header (HTTP/2's `:authority`).
    pub authority: Option<&'a str>,
}

impl<'a> From<&'a http::request::Parts> for RequestParts<'a> {
    fn from(parts: &'a http::request::Parts) -> Self {
        Self {
            method: parts.method.as_str(),
            path: parts.uri.path(),
            query: parts.uri.query().unwrap_or_default(),
            headers: &parts.headers,
            authority: parts.uri.authority().map(http::uri::Authority::as_str),
        }
    }
}

impl RequestParts<'_> {
    /// A header's values in canonical form, joined with `,`; `None` when it is absent.
    pub(crate) fn header(&self, name: &str) -> Option<Vec<u8>> {
        let values: Vec<Vec<u8>> = self.headers.get_all(name).iter().map(|value| squeeze(value.as_bytes())).collect();
        if values.is_empty() {
            let authority = self.authority.filter(|_| name == HOST.as_str())?;
            return Some(authority.as_bytes().to_vec());
        }
        Some(values.join(&b','))
    }

    /// A header that must stand at most once, as text. Two of it read as none.
    pub(crate) fn single(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next()?.to_str().ok()?;
        values.next().is_none().then_some(value)
    }
}

/// Trims, and makes one space of several.
fn squeeze(value: &[u8]) -> Vec<u8> {
    let words = value.split(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(&b' ')
}

/// The two ways of AWS to canonicalise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Every service but S3: dot segments and double slashes removed, path encoded twice, the body always hashed.
    Standard,
    /// S3: path encoded once and left alone, the body may be unsigned.
    S3,
}

/// What is known of the body.
#[derive(Clone, Copy, Debug)]
pub enum Payload<'a> {
    /// The whole body.
    Bytes(&'a [u8]),
    /// SHA-256 of the whole body.
    Sha256([u8; 32]),
    /// Not read yet (verifying), or deliberately not signed (signing, S3 only).
    Unsigned,
}

impl Payload<'_> {
    /// The last line of the canonical request.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Bytes(bytes) => hex_sha256(bytes),
            Self::Sha256(digest) => hex::encode(digest),
            Self::Unsigned => unsigned(),
        }
    }
}
