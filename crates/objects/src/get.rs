//! GET and HEAD: an object, or one range of it, under headers that keep it from running as a page of ours.
use crate::access::Permit;
use crate::body::ObjectBody;
use crate::disposition::{disposition, is_inline};
use crate::error::ObjectError;
use crate::meta::ObjectMeta;
use crate::range::{Range, select};
use crate::service::ObjectService;
use http::header::{
    ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderName, HeaderValue,
    IF_NONE_MATCH, IF_RANGE, LAST_MODIFIED, RANGE,
};
use http::request::Parts;
use http::{HeaderMap, Method, Response, StatusCode};
use jiff::Timestamp;
use std::io::SeekFrom;
use tokio::io::AsyncSeekExt;

impl ObjectService {
    pub(crate) async fn get(&self, parts: &Parts, permit: &Permit) -> Result<Response<ObjectBody>, ObjectError> {
        let (mut file, meta) = self.folder.read(&permit.key).await?.ok_or(ObjectError::NoSuchKey)?;
        let mut answer = Response::new(ObjectBody::empty());
        describe(answer.headers_mut(), &meta);
        if is_known(&parts.headers, &meta) {
            *answer.status_mut() = StatusCode::NOT_MODIFIED;
            return Ok(answer);
        }
        let (start, length) = match selected(parts, &meta) {
            Range::Unsatisfiable => return Err(ObjectError::InvalidRange(meta.size)),
            Range::Whole => (0, meta.size),
            Range::Part { start, end } => {
                *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
                set(answer.headers_mut(), CONTENT_RANGE, &format!("bytes {start}-{end}/{}", meta.size));
                (start, end - start + 1)
            }
        };
        answer.headers_mut().insert(CONTENT_LENGTH, length.into());
        if parts.method == Method::GET {
            file.seek(SeekFrom::Start(start)).await?;
            *answer.body_mut() = ObjectBody::file(file, length);
        }
        Ok(answer)
    }
}

/// Only GET has ranges; an If-Range that names another content asks for the whole.
fn selected(parts: &Parts, meta: &ObjectMeta) -> Range {
    let same = parts.headers.get(IF_RANGE).is_none_or(|known| known.as_bytes() == meta.etag().as_bytes());
    let header = parts.headers.get(RANGE).and_then(|value| value.to_str().ok());
    if parts.method == Method::GET && same { select(header, meta.size) } else { Range::Whole }
}

/// Whether the client already holds this content.
fn is_known(headers: &HeaderMap, meta: &ObjectMeta) -> bool {
    let etag = meta.etag();
    headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).any(|list| {
        list.split(',').map(|known| known.trim().trim_start_matches("W/")).any(|known| known == "*" || known == etag)
    })
}

fn describe(headers: &mut HeaderMap, meta: &ObjectMeta) {
    set(headers, CONTENT_TYPE, &meta.content_type);
    set(headers, ETAG, &meta.etag());
    set(headers, CONTENT_DISPOSITION, &disposition(&meta.key, &meta.content_type));
    set(headers, ACCEPT_RANGES, "bytes");
    let modified = Timestamp::from_millisecond(meta.created_at).unwrap_or(Timestamp::UNIX_EPOCH);
    set(headers, LAST_MODIFIED, &modified.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string());
    // The page lives on another site (`localhost` and `objects.localhost` do not count as one), and its <img> sends no CORS
    // request. Only what may be shown at all may be embedded; everything else is for downloads and CORS.
    let policy = if is_inline(&meta.content_type) { "cross-origin" } else { "same-origin" };
    set(headers, HeaderName::from_static("cross-origin-resource-policy"), policy);
}

/// All values come from our own making or from a header that was valid when it was stored.
fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
