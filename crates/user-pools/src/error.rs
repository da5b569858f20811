//! What can go wrong, in Cognito's own words. The doors map each variant to the wire once; the texts of spec K sit in `messages.rs`.
use crate::messages::PasswordRule;
use crate::ports::StoreError;
use std::borrow::Cow;

/// Shorthand.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A refusal: AWS's exception name, the public sentence, and the private reason that `explain` and the log show.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{kind:?}: {message}")]
pub struct Error {
    /// Which exception.
    pub kind: ErrorKind,
    /// The sentence a client sees, byte for byte AWS's where spec K has one.
    pub message: Cow<'static, str>,
    /// Why, for the operator; never sent to the client, never a secret.
    pub reason: Option<Cow<'static, str>>,
    /// The decision stands noted under the request id already; a door need not note it again.
    pub noted: bool,
    /// What the sentence says, for doors that speak to people in their own language.
    pub topic: Option<Topic>,
}

/// What a sentence says, where the exception alone does not tell: `NotAuthorized` has twenty sentences. Only those that a person who signs in or up
/// can meet have one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the sentences in `messages.rs` explain them")]
pub enum Topic {
    IncorrectCredentials,
    UserDisabled,
    TemporaryPasswordExpired,
    PasswordAttempts,
    /// The step between two answers is no good any more: only signing in again helps.
    SessionEnded,
    CodeUsed,
    SignUpClosed,
    CannotBeConfirmed,
    NothingToResend,
    NoRecoveryContact,
    CannotReset,
    ContactAdministrator,
    UsernameNotEmail,
    UsernameNotPhone,
    UsernameNeither,
    UsernameLikeEmail,
    UsernameLikePhone,
    UsernamePattern,
    EmailTaken,
    PhoneTaken,
    EmailInvalid,
    PhoneInvalid,
    /// The first rule of the policy that a password breaks.
    PasswordRule(PasswordRule),
    /// The value of an attribute does not fit; the attribute's name.
    Attribute(String, AttributeFault),
}

/// What is wrong with the value of an attribute; the bound that it breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum AttributeFault {
    TooShort(String),
    TooLong(String),
    TooSmall(String),
    TooGreat(String),
    Form,
}

impl Error {
    /// An error with AWS's sentence.
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, message: message.into(), reason: None, noted: false, topic: None }
    }

    /// InvalidParameter with a sentence of one rule; sentences that several rules share sit in `messages.rs`.
    pub(crate) fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::InvalidParameter, message)
    }

    /// Marks the refusal as noted.
    #[must_use]
    pub(crate) fn noted(mut self) -> Self {
        self.noted = true;
        self
    }

    /// Says what the sentence is about.
    #[must_use]
    pub(crate) fn about(mut self, topic: Topic) -> Self {
        self.topic = Some(topic);
        self
    }

    /// Adds the private reason.
    #[must_use]
    pub fn because(mut self, reason: impl Into<Cow<'static, str>>) -> Self {
        self.reason = Some(reason.into());
        self
    }
}

/// The exceptions of `cognito-idp` that this room raises; the name of each variant plus `Exception` is AWS's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are AWS's exception names")]
pub enum ErrorKind {
    AliasExists,
    CodeDeliveryFailure,
    CodeMismatch,
    ConcurrentModification,
    DuplicateProvider,
    EnableSoftwareTokenMFA,
    ExpiredCode,
    FeatureUnavailableInTier,
    Forbidden,
    GroupExists,
    InternalError,
    InvalidLambdaResponse,
    InvalidOAuthFlow,
    InvalidParameter,
    InvalidPassword,
    InvalidUserPoolConfiguration,
    LimitExceeded,
    ManagedLoginBrandingExists,
    MFAMethodNotFound,
    NotAuthorized,
    OperationNotEnabled,
    PasswordHistoryPolicyViolation,
    PasswordResetRequired,
    PreconditionNotMet,
    RefreshTokenReuse,
    ResourceNotFound,
    ScopeDoesNotExist,
    SoftwareTokenMFANotFound,
    TermsExists,
    TooManyFailedAttempts,
    TooManyRequests,
    Unauthorized,
    UnexpectedLambda,
    UnsupportedIdentityProvider,
    UnsupportedOperation,
    UnsupportedTokenType,
    UnsupportedUserState,
    UserImportInProgress,
    UserLambdaValidation,
    UserNotConfirmed,
    UserNotFound,
    UsernameExists,
    UserPoolAddOnNotEnabled,
    UserPoolTagging,
    WebAuthnChallengeNotFound,
    WebAuthnClientMismatch,
    WebAuthnConfigurationMissing,
    WebAuthnCredentialNotSupported,
    WebAuthnNotEnabled,
    WebAuthnOriginNotAllowed,
    WebAuthnRelyingPartyMismatch,
    /// Not AWS's: what is asked for is not supported yet. The doors answer it as a typed refusal.
    NotSupportedYet,
    /// Storage cannot answer now: HTTP 503 at the doors. Never NotAuthorized, or clients would throw their tokens away (spec A.4).
    Unavailable,
}

impl ErrorKind {
    /// Whether it is a function of the pool that refused, failed, or could not be asked.
    pub const fn is_of_a_function(self) -> bool {
        matches!(self, Self::UserLambdaValidation | Self::UnexpectedLambda | Self::InvalidLambdaResponse)
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict => Self::new(
                ErrorKind::ConcurrentModification,
                "The resource was changed by somebody else at the same time. Please try again.",
            ),
            StoreError::NotFound => Self::new(ErrorKind::ResourceNotFound, "The resource does not exist."),
            StoreError::Exists(what) => Self::new(ErrorKind::InvalidParameter, "The resource already exists.")
                .because(format!("{what:?} is taken")),
            StoreError::Unavailable(cause) => {
                Self::new(ErrorKind::Unavailable, "The service is unavailable. Please try again.").because(cause)
            }
            StoreError::Full => Self::new(ErrorKind::Unavailable, "The service is unavailable. Please try again.")
                .because("the disk is full"),
        }
    }
}
