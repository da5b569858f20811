//! Who may do what: a presigned URL of ours, for this method and this key, not yet ended. Nothing else opens a door here.
use crate::error::ObjectError;
use http::request::Parts;
use percent_encoding::percent_decode_str;
use sigv4::{Credentials, DeclaredPayload, Form, Payload, RequestParts, Rules, SecretKey, Style, verify};

const MAX_KEY_BYTES: usize = 1024;

/// Leave to use one key with one method; only [`permit`] makes one.
#[derive(Debug)]
pub(crate) struct Permit {
    pub(crate) key: String,
    /// What the URL says of the body.
    pub(crate) payload: DeclaredPayload,
    signed_headers: Vec<String>,
}

impl Permit {
    /// Whether the URL binds this header's value.
    pub(crate) fn binds(&self, header: &str) -> bool {
        self.signed_headers.iter().any(|signed| signed == header)
    }
}

/// Verifies the request's presigned URL.
pub(crate) fn permit(
    parts: &Parts,
    prefix: &str,
    credentials: &Credentials,
    region: &str,
    now: i64,
) -> Result<Permit, ObjectError> {
    let key = key(parts.uri.path(), prefix)?;
    let keys = |id: &str| {
        (id == credentials.access_key_id).then(|| SecretKey {
            secret: credentials.secret.clone(),
            account: String::new(),
            session_token: None,
        })
    };
    let rules = Rules { style: Style::S3, services: &["s3"], region: Some(region) };
    let verified = verify(&RequestParts::from(parts), Payload::Unsigned, &keys, &rules, now)?;
    if verified.form == Form::Header {
        return Err(ObjectError::AccessDenied("Only presigned URLs are accepted here."));
    }
    Ok(Permit { key, payload: verified.payload, signed_headers: verified.signed_headers })
}

/// The key a path names, with or without the prefix of the path form.
fn key(path: &str, prefix: &str) -> Result<String, ObjectError> {
    let path = path.strip_prefix(prefix).filter(|rest| rest.starts_with('/')).unwrap_or(path);
    let raw = path.strip_prefix('/').unwrap_or(path);
    let key = percent_decode_str(raw).decode_utf8().map_err(|_| ObjectError::InvalidUri)?;
    let usable = !key.is_empty() && key.len() <= MAX_KEY_BYTES && !key.chars().any(char::is_control);
    if usable { Ok(key.into_owned()) } else { Err(ObjectError::InvalidUri) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_decoded_path_without_the_prefix() {
        for (path, expected) in [
            ("/uploads/u/a%20b", "uploads/u/a b"),
            ("/_objects/uploads/u/a", "uploads/u/a"),
            ("/_objectsx/a", "_objectsx/a"),
            ("/a/../b", "a/../b"),
        ] {
            assert_eq!(key(path, "/_objects").unwrap(), expected);
        }
    }

    #[test]
    fn a_path_that_is_no_key_is_refused() {
        let long = format!("/{}", "a".repeat(1025));
        for path in ["/", "/_objects/", "/a%00b", "/%ff", "/a%0Ab", &long] {
            assert!(matches!(key(path, "/_objects"), Err(ObjectError::InvalidUri)), "{path}");
        }
    }
}
