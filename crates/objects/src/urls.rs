//! Makes the presigned URLs that [`crate::ObjectService`] accepts.
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderValue};
use http::{HeaderMap, Uri};
use sigv4::{Credentials, Payload, RequestParts, SigV4Error, Signer, Style, encode_path};

/// A base URL that cannot be used: not `http(s)://host[:port][/prefix]`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a base URL for objects: {0}")]
pub struct BadBase(pub String);

/// A URL to PUT to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresignedUpload {
    /// Absolute.
    pub url: String,
    /// To be sent besides `content-length`, which a browser sets by itself.
    pub headers: Vec<(String, String)>,
    /// Epoch milliseconds.
    pub expires_at: i64,
}

/// A URL to GET.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresignedDownload {
    /// Absolute.
    pub url: String,
    /// Epoch milliseconds.
    pub expires_at: i64,
}

/// Maker of presigned URLs under one base.
#[derive(Clone, Debug)]
pub struct ObjectUrls {
    credentials: Credentials,
    region: String,
    origin: String,
    host: HeaderValue,
    prefix: String,
    upload_seconds: u32,
    download_seconds: u32,
}

impl ObjectUrls {
    /// `base` is `http://objects.localhost:4566` or, in the path form, `http://localhost:4566/_objects`. The clients must send its
    /// host as their Host header. The two lifetimes are seconds, 1 to 604,800.
    pub fn new(
        base: &str,
        credentials: Credentials,
        region: impl Into<String>,
        upload_seconds: u32,
        download_seconds: u32,
    ) -> Result<Self, BadBase> {
        let bad = || BadBase(base.to_owned());
        let uri: Uri = base.parse().map_err(|_| bad())?;
        let scheme = uri.scheme_str().ok_or_else(bad)?;
        let authority = uri.authority().map(http::uri::Authority::as_str).ok_or_else(bad)?;
        // Clients leave the scheme's own port out of their Host header.
        let host = match scheme {
            "http" => authority.strip_suffix(":80").unwrap_or(authority),
            "https" => authority.strip_suffix(":443").unwrap_or(authority),
            _ => return Err(bad()),
        };
        let bounds = 1..=sigv4::MAX_EXPIRES_SECONDS;
        if uri.query().is_some() || !bounds.contains(&upload_seconds) || !bounds.contains(&download_seconds) {
            return Err(bad());
        }
        Ok(Self {
            credentials,
            region: region.into(),
            origin: format!("{scheme}://{host}"),
            host: HeaderValue::from_str(host).map_err(|_| bad())?,
            prefix: uri.path().trim_end_matches('/').to_owned(),
            upload_seconds,
            download_seconds,
        })
    }

    /// Bound to the key, the size in bytes and the content type.
    pub fn upload(&self, now: i64, key: &str, content_type: &str, size: u64) -> Result<PresignedUpload, SigV4Error> {
        let type_value = HeaderValue::from_str(content_type)
            .map_err(|_| SigV4Error::IncompleteSignature("the content type is not a header value".into()))?;
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_LENGTH, size.into());
        headers.insert(CONTENT_TYPE, type_value);
        Ok(PresignedUpload {
            url: self.presign(now, "PUT", key, headers, self.upload_seconds)?,
            headers: vec![(CONTENT_TYPE.as_str().to_owned(), content_type.to_owned())],
            expires_at: end(now, self.upload_seconds),
        })
    }

    /// To an inbox: bound to the key and, as AWS's own URLs of this kind are, to `x-amz-server-side-encryption: aws:kms`. The same every time
    /// for one moment.
    pub fn inbox(&self, now: i64, key: &str) -> Result<String, SigV4Error> {
        let mut headers = HeaderMap::new();
        headers.insert("x-amz-server-side-encryption", HeaderValue::from_static("aws:kms"));
        self.presign(now, "PUT", key, headers, self.upload_seconds)
    }

    /// Bound to the key.
    pub fn download(&self, now: i64, key: &str) -> Result<PresignedDownload, SigV4Error> {
        Ok(PresignedDownload {
            url: self.presign(now, "GET", key, HeaderMap::new(), self.download_seconds)?,
            expires_at: end(now, self.download_seconds),
        })
    }

    fn presign(
        &self,
        now: i64,
        method: &str,
        key: &str,
        mut headers: HeaderMap,
        seconds: u32,
    ) -> Result<String, SigV4Error> {
        headers.insert(HOST, self.host.clone());
        let path = format!("{}/{}", self.prefix, encode_path(key));
        let request = RequestParts { method, path: &path, query: "", headers: &headers, authority: None };
        let signer = Signer { credentials: &self.credentials, region: &self.region, service: "s3", style: Style::S3 };
        let query = signer.presign(now, &request, Payload::Unsigned, seconds)?;
        Ok(format!("{}{path}?{query}", self.origin))
    }
}

/// Signatures carry whole seconds.
fn end(now: i64, seconds: u32) -> i64 {
    now - now.rem_euclid(1000) + i64::from(seconds) * 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(base: &str) -> Result<ObjectUrls, BadBase> {
        let credentials = Credentials { access_key_id: "OBJECTS".into(), secret: "s".into(), session_token: None };
        ObjectUrls::new(base, credentials, "us-east-1", 900, 300)
    }

    #[test]
    fn a_key_is_encoded_under_its_base() {
        for (base, begin) in [
            ("http://objects.localhost:4566", "http://objects.localhost:4566/uploads/a%20b%2B.png?X-Amz-Algorithm="),
            ("http://localhost:4566/_objects/", "http://localhost:4566/_objects/uploads/a%20b%2B.png?X-Amz-Algorithm="),
            ("https://files.example:443", "https://files.example/uploads/a%20b%2B.png?X-Amz-Algorithm="),
        ] {
            let download = urls(base).unwrap().download(1_000_999, "uploads/a b+.png").unwrap();
            assert!(download.url.starts_with(begin), "{}", download.url);
            assert_eq!(download.expires_at, 1_300_000);
        }
    }

    #[test]
    fn an_unusable_base_is_refused() {
        for base in ["", "/x", "localhost:4566", "ftp://x", "http://x/?a=b"] {
            assert!(urls(base).is_err(), "{base}");
        }
    }

    #[test]
    fn an_upload_binds_size_and_type() {
        let upload = urls("http://o").unwrap().upload(0, "k", "image/png", 12).unwrap();
        assert!(upload.url.contains("X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost"), "{}", upload.url);
        assert_eq!(upload.headers, [("content-type".to_owned(), "image/png".to_owned())]);
    }
}
