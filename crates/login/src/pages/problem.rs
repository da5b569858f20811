//! Refusals of the pool as people read them: the sentence, the field it is about, and the status.
use crate::fields;
use crate::language::Lang;
use crate::page::Problem;
use http::StatusCode;
use std::borrow::Cow;
use user_pools::Error;
use user_pools::error::{AttributeFault, ErrorKind, Topic};
use user_pools::messages::PasswordRule;

/// The names of a page's fields, for problems that belong to one.
#[derive(Clone, Copy, Default)]
pub(super) struct Names<'a> {
    pub username: &'a str,
    pub password: &'a str,
    pub code: &'a str,
}

/// The problem to show, in the person's language. What came in is not repeated.
pub(super) fn of(lang: Lang, error: &Error, names: Names<'_>) -> Problem {
    let field = match (&error.topic, error.kind) {
        (Some(Topic::Attribute(name, _)), _) => name,
        (Some(Topic::EmailInvalid | Topic::EmailTaken), _) if names.username.is_empty() => "email",
        (Some(Topic::PhoneInvalid | Topic::PhoneTaken), _) if names.username.is_empty() => "phone_number",
        (Some(Topic::EmailInvalid), _) => "email",
        (Some(Topic::PhoneInvalid), _) => "phone_number",
        (_, ErrorKind::InvalidPassword | ErrorKind::PasswordHistoryPolicyViolation) => names.password,
        (_, ErrorKind::UsernameExists | ErrorKind::AliasExists | ErrorKind::UserNotFound) => names.username,
        (_, ErrorKind::CodeMismatch | ErrorKind::ExpiredCode | ErrorKind::EnableSoftwareTokenMFA) => names.code,
        _ => "",
    };
    let text = error.topic.as_ref().map_or_else(|| by_kind(lang, error), |topic| by_topic(lang, topic));
    if field.is_empty() { Problem::general(text) } else { Problem::of(field, text) }
}

fn by_topic(lang: Lang, topic: &Topic) -> Cow<'static, str> {
    Cow::Borrowed(match topic {
        Topic::IncorrectCredentials => lang.incorrect_credentials(),
        Topic::UserDisabled => lang.user_disabled(),
        Topic::TemporaryPasswordExpired => lang.temporary_password_expired(),
        Topic::PasswordAttempts => lang.password_attempts(),
        Topic::SessionEnded => lang.sign_in_expired(),
        Topic::CodeUsed => lang.code_used(),
        Topic::SignUpClosed => lang.sign_up_closed(),
        Topic::CannotBeConfirmed => lang.cannot_be_confirmed(),
        Topic::NothingToResend => lang.nothing_to_resend(),
        Topic::NoRecoveryContact => lang.no_recovery_contact(),
        Topic::CannotReset => lang.cannot_reset(),
        Topic::ContactAdministrator => lang.contact_administrator(),
        Topic::UsernameNotEmail => lang.username_not_email(),
        Topic::UsernameNotPhone => lang.username_not_phone(),
        Topic::UsernameNeither => lang.username_neither(),
        Topic::UsernameLikeEmail => lang.username_like_email(),
        Topic::UsernameLikePhone => lang.username_like_phone(),
        Topic::UsernamePattern => lang.username_pattern(),
        Topic::EmailTaken => lang.email_taken(),
        Topic::PhoneTaken => lang.phone_taken(),
        Topic::EmailInvalid => lang.email_invalid(),
        Topic::PhoneInvalid => lang.phone_invalid(),
        Topic::PasswordRule(rule) => by_rule(lang, *rule),
        Topic::Attribute(name, fault) => return Cow::Owned(by_fault(lang, &fields::label(lang, name), fault)),
    })
}

const fn by_rule(lang: Lang, rule: PasswordRule) -> &'static str {
    match rule {
        PasswordRule::Length => lang.password_too_short(),
        PasswordRule::Uppercase => lang.password_needs_upper(),
        PasswordRule::Lowercase => lang.password_needs_lower(),
        PasswordRule::Numbers => lang.password_needs_number(),
        PasswordRule::Symbols => lang.password_needs_symbol(),
    }
}

fn by_fault(lang: Lang, label: &str, fault: &AttributeFault) -> String {
    match fault {
        AttributeFault::TooShort(bound) => lang.too_short(label, bound),
        AttributeFault::TooLong(bound) => lang.too_long(label, bound),
        AttributeFault::TooSmall(bound) => lang.too_small(label, bound),
        AttributeFault::TooGreat(bound) => lang.too_great(label, bound),
        AttributeFault::Form => lang.wrong_form(label),
    }
}

fn by_kind(lang: Lang, error: &Error) -> Cow<'static, str> {
    Cow::Borrowed(match error.kind {
        ErrorKind::UserNotFound => lang.unknown_user(),
        ErrorKind::TooManyRequests => lang.too_many_requests(),
        ErrorKind::LimitExceeded | ErrorKind::TooManyFailedAttempts => lang.attempt_limit(),
        ErrorKind::CodeMismatch => lang.code_mismatch(),
        ErrorKind::ExpiredCode => lang.code_expired(),
        ErrorKind::EnableSoftwareTokenMFA => lang.enrolment_mismatch(),
        ErrorKind::UsernameExists | ErrorKind::AliasExists => lang.username_taken(),
        ErrorKind::CodeDeliveryFailure => lang.delivery_failed(),
        ErrorKind::PasswordHistoryPolicyViolation => lang.password_used_before(),
        ErrorKind::Unavailable => lang.unavailable(),
        ErrorKind::InternalError => lang.internal(),
        // The pool's own functions speak to its own people.
        kind if kind.is_of_a_function() => return Cow::Owned(error.message.trim_end().to_owned()),
        // What is left is told by a mistake of the operator or of a program: its words help those who mend it.
        _ => return Cow::Owned(lang.refused(error.message.trim_end())),
    })
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
    error.topic == Some(Topic::SessionEnded)
}
