//! GET and POST /oauth2/userInfo: who an access token speaks for.
use crate::answer;
use crate::routes::Call;
use bytes::Bytes;
use http::header::{self, HeaderValue};
use http::{Response, StatusCode};
use user_pools::oauth::{ErrorCode, Refusal, Subject};

const ACTION: &str = "/oauth2/userInfo";

pub(crate) async fn get(call: &Call<'_>) -> Response<Bytes> {
    let result = match bearer(call) {
        Some(token) => call.login.pools.user_info(&call.cx, call.domain(), token).await,
        None => Err(Refusal::new(ErrorCode::InvalidRequest, "token.present")
            .saying("The access token is missing from the Authorization header.")
            .expected("Authorization: Bearer <access token>")),
    };
    match call.login.pools.settle(&call.cx, ACTION, Subject::default(), result) {
        Ok(claims) => answer::json(StatusCode::OK, &claims.into()),
        Err(refusal) => refused(&refusal),
    }
}

fn bearer<'a>(call: &'a Call<'_>) -> Option<&'a str> {
    let (scheme, token) = call.header("authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim()).filter(|token| !token.is_empty())
}

fn refused(refusal: &Refusal) -> Response<Bytes> {
    let status = match refusal.code {
        ErrorCode::InvalidToken => StatusCode::UNAUTHORIZED,
        ErrorCode::InsufficientScope => StatusCode::FORBIDDEN,
        _ => answer::fault(refusal).unwrap_or(StatusCode::BAD_REQUEST),
    };
    let mut answer = answer::oauth_error(status, refusal);
    // Both texts are our own constants. RFC 6750 wants the scheme in front; AWS leaves it out, and its clients do not look.
    let description = refusal.description.as_deref().unwrap_or_default();
    let challenge = format!("Bearer error=\"{}\", error_description=\"{description}\"", refusal.code.as_str());
    if let Ok(challenge) = HeaderValue::from_str(&challenge) {
        answer.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    answer
}
