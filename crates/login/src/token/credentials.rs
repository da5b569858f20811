//! What a client says about itself: by Basic, or in the body, not by both.
use crate::routes::Call;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use std::fmt;
use user_pools::oauth::{ClientCredentials, ErrorCode, Refusal};

/// Id and secret as they came.
pub(crate) struct Given {
    id: String,
    secret: Option<String>,
}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Given").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Given {
    pub fn credentials(&self) -> ClientCredentials<'_> {
        ClientCredentials { id: &self.id, secret: self.secret.as_deref() }
    }
}

/// Reads them. `invalid_request` when they contradict each other, `invalid_client` when there are none.
pub(crate) fn given(call: &Call<'_>) -> Result<Given, Refusal> {
    let owned = |name| call.form.get(name).map(str::to_owned);
    let (id, secret) = (owned("client_id"), owned("client_secret"));
    let Some(header) = call.header("authorization") else {
        let id = id.ok_or_else(|| Refusal::new(ErrorCode::InvalidRequest, "client_id.present").got("no client_id"))?;
        return Ok(Given { id, secret });
    };
    let basic = basic(header)
        .ok_or_else(|| Refusal::new(ErrorCode::InvalidClient, "client.basic").got("another Authorization header"))?;
    let twice = |got| Refusal::new(ErrorCode::InvalidRequest, "client.once").expected("one way").got(got);
    if id.is_some_and(|id| id != basic.id) {
        return Err(twice("another client_id in the body"));
    }
    if secret.is_some() {
        return Err(twice("a client_secret in the body too"));
    }
    Ok(basic)
}

/// `Basic base64(id:secret)`, each part form-encoded by RFC 6749 or raw as most clients send it: ours have neither `%` nor `+`.
fn basic(header: &str) -> Option<Given> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decoded = |text: &str| percent_decode_str(text).decode_utf8().map(std::borrow::Cow::into_owned).ok();
    let secret = decoded(secret)?;
    Some(Given { id: decoded(id)?, secret: (!secret.is_empty()).then_some(secret) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, Option<String>)> {
        basic(&format!("Basic {}", STANDARD.encode(text))).map(|given| (given.id, given.secret))
    }

    #[test]
    fn basic_is_read_raw_and_encoded() {
        assert_eq!(read("id:secret"), Some(("id".into(), Some("secret".into()))));
        assert_eq!(read("id:s%3Aecret"), Some(("id".into(), Some("s:ecret".into()))));
        assert_eq!(read("id:"), Some(("id".into(), None)));
        assert_eq!(read("id"), None);
        assert!(basic("Bearer x").is_none() && basic("Basic").is_none() && basic("Basic %%").is_none());
    }
}
