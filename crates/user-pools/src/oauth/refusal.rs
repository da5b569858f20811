//! Refusals in OAuth's words: the error code a client reads, and beside it the rule, what was expected and what came, for `explain`.
use crate::context::RequestContext;
use crate::error::{Error, ErrorKind};
use crate::ids::{ClientId, PoolId};
use crate::ports::{Decision, StoreError};
use crate::service::UserPools;
use std::borrow::Cow;

/// The `error` of RFC 6749, RFC 6750, RFC 7009 and OpenID Connect, as far as we send it; `redirect_mismatch` is AWS's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are the protocol's")]
pub enum ErrorCode {
    InvalidRequest,
    InvalidClient,
    InvalidGrant,
    UnauthorizedClient,
    UnsupportedGrantType,
    UnsupportedTokenType,
    InvalidScope,
    InvalidToken,
    InsufficientScope,
    AccessDenied,
    LoginRequired,
    RedirectMismatch,
    ServerError,
    TemporarilyUnavailable,
}

impl ErrorCode {
    /// As it stands on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedTokenType => "unsupported_token_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::AccessDenied => "access_denied",
            Self::LoginRequired => "login_required",
            Self::RedirectMismatch => "redirect_mismatch",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
        }
    }
}

/// A refusal: what the client reads, and what the operator reads.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// `error`.
    pub code: ErrorCode,
    /// `error_description`, where there is one. Never a secret, never what the client sent.
    pub description: Option<Cow<'static, str>>,
    /// The rule that decided.
    pub rule: &'static str,
    /// What was expected, for the operator.
    pub expected: Option<Cow<'static, str>>,
    /// What came, for the operator; never a secret.
    pub got: Option<Cow<'static, str>>,
}

impl Refusal {
    /// A refusal under a rule.
    pub const fn new(code: ErrorCode, rule: &'static str) -> Self {
        Self { code, description: None, rule, expected: None, got: None }
    }

    /// Adds `error_description`.
    #[must_use]
    pub fn saying(mut self, description: impl Into<Cow<'static, str>>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Adds what was expected.
    #[must_use]
    pub fn expected(mut self, what: impl Into<Cow<'static, str>>) -> Self {
        self.expected = Some(what.into());
        self
    }

    /// Adds what came. What came from outside is cut to a length that fits a table.
    #[must_use]
    pub fn got(mut self, what: impl Into<Cow<'static, str>>) -> Self {
        let what = what.into();
        self.got = Some(if what.chars().nth(300).is_some() {
            what.chars().take(300).collect::<String>().into()
        } else {
            what
        });
        self
    }
}

impl From<Error> for Refusal {
    /// A fault of ours is never `invalid_grant`: clients throw their tokens away at that.
    fn from(error: Error) -> Self {
        if error.kind.is_of_a_function() {
            let why = error.reason.unwrap_or_default();
            return Self::new(ErrorCode::InvalidRequest, "trigger").saying(error.message).got(why);
        }
        let code = match error.kind {
            ErrorKind::Unavailable | ErrorKind::TooManyRequests => ErrorCode::TemporarilyUnavailable,
            _ => ErrorCode::ServerError,
        };
        Self::new(code, "server").got(error.reason.unwrap_or(error.message))
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Error::from(error).into()
    }
}

/// Whom a decision is about, as far as it is known.
#[derive(Clone, Copy, Debug, Default)]
pub struct Subject<'a> {
    /// The pool.
    pub pool: Option<&'a PoolId>,
    /// The client.
    pub client: Option<&'a ClientId>,
    /// The user's sub.
    pub user: Option<&'a str>,
}

impl UserPools {
    /// Notes how a request at an OAuth endpoint ended and passes the result on.
    pub fn settle<T>(
        &self,
        cx: &RequestContext,
        action: &'static str,
        subject: Subject<'_>,
        result: Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        self.note(cx, action, subject, result.as_ref().map(drop));
        result
    }

    /// Notes how a request at an OAuth endpoint ended.
    pub fn note(&self, cx: &RequestContext, action: &'static str, subject: Subject<'_>, result: Result<(), &Refusal>) {
        let rule = result.err().map_or("oauth", |refusal| refusal.rule);
        let mut decision = Decision::of(cx, action, result.is_ok(), rule);
        decision.pool = subject.pool.map(ToString::to_string);
        decision.client = subject.client.map(ToString::to_string);
        decision.user = subject.user.map(str::to_owned);
        if let Err(refusal) = result {
            decision.expected = refusal.expected.as_ref().map(ToString::to_string);
            decision.got = refusal.got.as_ref().map(ToString::to_string);
            decision.fix = fix(refusal.rule).map(str::to_owned);
        }
        self.decisions.note(decision);
    }
}

/// What to do about it.
fn fix(rule: &str) -> Option<&'static str> {
    Some(match rule {
        "redirect_uri.registered" => "add exactly this URL to the client's CallbackURLs, or send one of them",
        "logout_uri.registered" => "add exactly this URL to the client's LogoutURLs, or send one of them",
        "client.domain" => "use the login domain of the client's own pool",
        "client.oauth" => "set AllowedOAuthFlowsUserPoolClient to true",
        "client.flow" => "add the flow to the client's AllowedOAuthFlows",
        "client.refresh" => "add ALLOW_REFRESH_TOKEN_AUTH to the client's ExplicitAuthFlows, or enable rotation",
        "client.secret" => "send the secret with Basic or as client_secret; a public client sends none",
        "scope.readable" => {
            "let the client read (ReadAttributes) every attribute of the scope, or do not ask for the scope"
        }
        "code.single_use" => "redeem a code once; a second redemption ends the tokens of the first",
        "pkce.verifier" => "send the code_verifier whose SHA-256 was the code_challenge",
        "provider.offered" => "list the provider in the client's SupportedIdentityProviders",
        "federation.browser" => "the answer came to another browser than the one that asked, or without its cookie",
        "federation.state" => {
            "begin at /oauth2/authorize; a sign-in at a provider is answered once, within five minutes"
        }
        "federation.required" => "map the required attributes, and let the provider send their claims",
        "federation.immutable" => "do not map attributes that are not mutable: they are written at every sign-in",
        "provider.unreachable" | "provider.token" | "provider.user_info" => {
            "look at the provider: its URLs in ProviderDetails, its client id and secret, its log"
        }
        "id_token.issuer" => "oidc_issuer must be exactly the iss of the provider's tokens",
        "csrf.token" => "open the page again: its cookie was not sent, or the form came from elsewhere",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_of_ours_never_reads_as_a_bad_grant() {
        let full: Refusal = StoreError::Full.into();
        assert_eq!(full.code, ErrorCode::TemporarilyUnavailable);
        let internal: Refusal = Error::new(ErrorKind::InternalError, "Internal error").into();
        assert_eq!(internal.code, ErrorCode::ServerError);
    }

    #[test]
    fn what_came_is_cut() {
        let refusal = Refusal::new(ErrorCode::InvalidRequest, "x").got("ä".repeat(5000));
        assert_eq!(refusal.got.unwrap().chars().count(), 300);
    }
}
