//! PUT: the bytes go to a temporary file, counted and hashed on the way; only a whole, flushed and reported object stays.
use crate::access::Permit;
use crate::body::ObjectBody;
use crate::error::ObjectError;
use crate::folder::{Commit, Upload};
use crate::meta::ObjectMeta;
use crate::service::{ObjectService, ReportError};
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderValue};
use http::request::Parts;
use http::{HeaderMap, HeaderName, Response};
use http_body::Body;
use http_body_util::BodyExt;
use sigv4::DeclaredPayload;
use std::pin::pin;
use std::time::Duration;
use tokio::time::timeout;

impl ObjectService {
    pub(crate) async fn put<B>(
        &self,
        parts: &Parts,
        permit: Permit,
        body: B,
        now: i64,
    ) -> Result<Response<ObjectBody>, ObjectError>
    where
        B: Body<Data = Bytes>,
    {
        let size = announced_size(&parts.headers)?;
        let content_type = one_line(&parts.headers, &CONTENT_TYPE).ok_or(ObjectError::MissingContentType)?.to_owned();
        if !permit.binds(CONTENT_LENGTH.as_str()) || !permit.binds(CONTENT_TYPE.as_str()) {
            return Err(ObjectError::AccessDenied("An upload URL must bind content-length and content-type."));
        }
        if size > self.config.max_object_bytes {
            return Err(ObjectError::TooLarge);
        }
        let mut upload = self.folder.begin().await?;
        receive(body, &mut upload, size, self.config.idle_timeout).await?;
        let sha256 = upload.sha256();
        if matches!(&permit.payload, DeclaredPayload::Sha256(declared) if *declared != sha256) {
            return Err(sigv4::SigV4Error::PayloadMismatch.into());
        }
        let meta = ObjectMeta { key: permit.key, content_type, size, sha256, created_at: now };
        let commit = upload.commit(meta.clone()).await?;
        self.report(&meta, commit).await?;
        Ok(etag_of(&meta))
    }

    /// Tells of a complete upload. The same bytes once more are told once more: the client cannot know whether its first try was
    /// heard. When the report is refused the object goes away again. When the answer is unknown it stays: the report may have been
    /// taken, the client may repeat, and otherwise the sweep of the pending record removes it.
    async fn report(&self, meta: &ObjectMeta, commit: Commit) -> Result<(), ObjectError> {
        if commit == Commit::Different {
            return Err(ObjectError::AlreadyExists);
        }
        let told = self.uploads.completed(meta.key.clone(), meta.size, meta.sha256.clone()).await;
        let (error, refused) = match told {
            Ok(()) => return Ok(()),
            Err(ReportError::Unknown) => (ObjectError::NoSuchUpload, true),
            Err(ReportError::Full) => (ObjectError::Full, true),
            Err(ReportError::Unavailable(cause)) => (ObjectError::Unavailable(cause), false),
        };
        if refused && commit == Commit::New {
            self.folder.delete(&meta.key).await?;
        }
        Err(error)
    }
}

/// The answer to an upload that stands.
pub(crate) fn etag_of(meta: &ObjectMeta) -> Response<ObjectBody> {
    let mut answer = Response::new(ObjectBody::empty());
    if let Ok(etag) = HeaderValue::from_str(&meta.etag()) {
        answer.headers_mut().insert(ETAG, etag);
    }
    answer
}

/// Exactly `size` bytes, none of them later than `idle` after the one before.
pub(crate) async fn receive<B: Body<Data = Bytes>>(
    body: B,
    upload: &mut Upload,
    size: u64,
    idle: Duration,
) -> Result<(), ObjectError> {
    let mut body = pin!(body);
    while let Some(frame) = timeout(idle, body.frame()).await.map_err(|_| ObjectError::Timeout)? {
        let frame = frame.map_err(|_| ObjectError::IncompleteBody)?;
        if let Ok(bytes) = frame.into_data() {
            if upload.size() + bytes.len() as u64 > size {
                return Err(ObjectError::IncompleteBody);
            }
            upload.write(&bytes).await?;
        }
    }
    if upload.size() == size { Ok(()) } else { Err(ObjectError::IncompleteBody) }
}

pub(crate) fn announced_size(headers: &HeaderMap) -> Result<u64, ObjectError> {
    one_line(headers, &CONTENT_LENGTH)
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|digits| digits.parse().ok())
        .ok_or(ObjectError::MissingContentLength)
}

/// A header that stands exactly once, as text, not empty.
fn one_line<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok().filter(|value| !value.is_empty())?;
    values.next().is_none().then_some(value)
}
