//! Refusals, in S3's words and S3's small XML.
use http::StatusCode;
use sigv4::SigV4Error;
use std::io;

/// Why a request is not served.
#[derive(Debug)]
pub(crate) enum ObjectError {
    /// The signature or what it covers; the client learns S3's code only.
    Signature(SigV4Error),
    /// The URL is valid but not for this.
    AccessDenied(&'static str),
    /// Not an object key.
    InvalidUri,
    NoSuchKey,
    MethodNotAllowed,
    /// The preflight asks for an origin, method or header that is not allowed.
    CorsForbidden,
    MissingContentLength,
    MissingContentType,
    TooLarge,
    /// Fewer or more bytes than announced, or the connection broke.
    IncompleteBody,
    /// No bytes for too long.
    Timeout,
    /// The key already holds other bytes.
    AlreadyExists,
    /// Nobody waits for this upload (any more).
    NoSuchUpload,
    /// Offset beyond the end; the object's size.
    InvalidRange(u64),
    /// No room.
    Full,
    /// Whoever is told of complete uploads does not answer.
    Unavailable(String),
    /// The folder.
    Io(io::Error),
}

impl From<SigV4Error> for ObjectError {
    fn from(error: SigV4Error) -> Self {
        Self::Signature(error)
    }
}

impl From<io::Error> for ObjectError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => Self::Full,
            _ => Self::Io(error),
        }
    }
}

impl ObjectError {
    /// Status, S3's code, and a sentence for a person.
    pub(crate) fn wire(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Signature(error) => signature_wire(error),
            Self::AccessDenied(why) => (StatusCode::FORBIDDEN, "AccessDenied", why),
            Self::InvalidUri => (StatusCode::BAD_REQUEST, "InvalidURI", "Couldn't parse the specified URI."),
            Self::NoSuchKey => (StatusCode::NOT_FOUND, "NoSuchKey", "The specified key does not exist."),
            Self::MethodNotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                "MethodNotAllowed",
                "The specified method is not allowed against this resource.",
            ),
            Self::CorsForbidden => {
                (StatusCode::FORBIDDEN, "AccessForbidden", "CORSResponse: This CORS request is not allowed.")
            }
            Self::MissingContentLength => (
                StatusCode::LENGTH_REQUIRED,
                "MissingContentLength",
                "You must provide the Content-Length HTTP header.",
            ),
            Self::MissingContentType => {
                (StatusCode::BAD_REQUEST, "InvalidRequest", "You must provide the Content-Type HTTP header.")
            }
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "EntityTooLarge",
                "Your proposed upload exceeds the maximum allowed object size.",
            ),
            Self::IncompleteBody => (
                StatusCode::BAD_REQUEST,
                "IncompleteBody",
                "You did not provide the number of bytes specified by the Content-Length HTTP header.",
            ),
            Self::Timeout => (
                StatusCode::REQUEST_TIMEOUT,
                "RequestTimeout",
                "Your socket connection to the server was not read from or written to within the timeout period.",
            ),
            Self::AlreadyExists => {
                (StatusCode::CONFLICT, "ObjectAlreadyExists", "The key already holds an object with other content.")
            }
            Self::NoSuchUpload => {
                (StatusCode::NOT_FOUND, "NoSuchUpload", "The upload was never announced, has expired, or was deleted.")
            }
            Self::InvalidRange(_) => {
                (StatusCode::RANGE_NOT_SATISFIABLE, "InvalidRange", "The requested range is not satisfiable")
            }
            Self::Full => (
                StatusCode::INSUFFICIENT_STORAGE,
                "InsufficientStorage",
                "The server has no room for this object. Nothing was stored.",
            ),
            Self::Unavailable(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable", "Please try the same upload again later.")
            }
            Self::Io(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "InternalError",
                "We encountered an internal error. Please try again.",
            ),
        }
    }

    /// The cause of a 5xx, for the log; nothing for what the client did.
    pub(crate) fn cause(&self) -> Option<String> {
        match self {
            Self::Full => Some("no room left".into()),
            Self::Unavailable(cause) => Some(cause.clone()),
            Self::Io(error) => Some(error.to_string()),
            _ => None,
        }
    }

    /// The error's document.
    pub(crate) fn xml(&self) -> String {
        let (_, code, message) = self.wire();
        let message = message.replace('&', "&amp;").replace('<', "&lt;");
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        )
    }
}

fn signature_wire(error: &SigV4Error) -> (StatusCode, &'static str, &'static str) {
    match error {
        SigV4Error::MissingAuthenticationToken => (StatusCode::FORBIDDEN, "AccessDenied", "Access Denied"),
        SigV4Error::IncompleteSignature(_) => (
            StatusCode::BAD_REQUEST,
            "AuthorizationQueryParametersError",
            "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, \
             X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
        ),
        SigV4Error::InvalidSignature(_) => (
            StatusCode::FORBIDDEN,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
        ),
        SigV4Error::UnrecognizedClient => (
            StatusCode::FORBIDDEN,
            "InvalidAccessKeyId",
            "The AWS Access Key Id you provided does not exist in our records.",
        ),
        SigV4Error::Expired(_) => (StatusCode::FORBIDDEN, "AccessDenied", "Request has expired"),
        SigV4Error::NotYetCurrent(_) => (StatusCode::FORBIDDEN, "AccessDenied", "Request is not valid yet"),
        SigV4Error::PayloadMismatch => (
            StatusCode::BAD_REQUEST,
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        ),
        SigV4Error::Unsupported(_) => (
            StatusCode::NOT_IMPLEMENTED,
            "NotImplemented",
            "A header you provided implies functionality that is not implemented.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_apart_from_a_broken_one() {
        for kind in [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded] {
            assert_eq!(ObjectError::from(io::Error::from(kind)).wire().0, StatusCode::INSUFFICIENT_STORAGE);
        }
        let broken = ObjectError::from(io::Error::other("secret path"));
        assert_eq!(broken.wire().0, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!broken.xml().contains("secret path"));
    }
}
