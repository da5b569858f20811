//! Refusals of the pool as people read them: the sentence, the field it is about, and the status.
use crate::page::Problem;
use http::StatusCode;
use user_pools::error::ErrorKind;
use user_pools::{Error, messages};

/// The names of a page's fields, for problems that belong to one.
#[derive(Clone, Copy, Default)]
pub(super) struct Names<'a> {
    pub username: &'a str,
    pub password: &'a str,
    pub code: &'a str,
}

/// The problem to show. What came in is not repeated; AWS's sentences do not contain it beyond attribute names.
pub(super) fn of(error: &Error, names: Names<'_>) -> Problem {
    let field = match error.kind {
        ErrorKind::InvalidPassword | ErrorKind::PasswordHistoryPolicyViolation => names.password,
        ErrorKind::UsernameExists | ErrorKind::AliasExists | ErrorKind::UserNotFound => names.username,
        ErrorKind::CodeMismatch | ErrorKind::ExpiredCode | ErrorKind::EnableSoftwareTokenMFA => names.code,
        _ => "",
    };
    let text = sentence(error).trim_end();
    if field.is_empty() { Problem::general(text) } else { Problem::of(field, text) }
}

fn sentence(error: &Error) -> &str {
    match error.kind {
        ErrorKind::EnableSoftwareTokenMFA => "This code does not fit the key. Enter the code that the app shows now.",
        ErrorKind::InternalError => "Something went wrong on our side. Please try again.",
        _ => &error.message,
    }
}

/// The status of a page with a problem.
pub(super) fn status(error: &Error) -> StatusCode {
    match error.kind {
        ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::TooManyRequests | ErrorKind::LimitExceeded => StatusCode::TOO_MANY_REQUESTS,
        ErrorKind::InternalError => StatusCode::INTERNAL_SERVER_ERROR,
        ErrorKind::NotSupportedYet => StatusCode::NOT_IMPLEMENTED,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// The session between two steps is no good any more: only signing in again helps.
pub(super) fn ends_the_sign_in(error: &Error) -> bool {
    let sentences = [
        messages::SESSION_EXPIRED.message,
        messages::SESSION_REUSED.message,
        messages::SESSION_INVALID.message,
        messages::SESSION_FOREIGN.message,
        messages::CHALLENGE_MISMATCH.message,
    ];
    error.kind == ErrorKind::NotAuthorized && sentences.contains(&error.message)
}
