//! From the ground floor's refusals to the wire: one exhaustive match.

use aws::ServiceError;
use aws::apigatewayv2::ErrorCode;
use http::StatusCode;
use http_apis::{ApiError, ErrorKind, StoreError};
use user_pools::RequestContext;
use user_pools::ports::{Decision, DecisionSink};

use super::cx::Cx;

/// Why an operation did not end well.
#[derive(Debug)]
pub(super) enum Refusal {
    /// A rule of the ground floor.
    Domain(ApiError),
    /// Storage.
    Store(StoreError),
    /// The wire's own rules.
    Wire(ServiceError),
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self::Domain(error)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<ServiceError> for Refusal {
    fn from(error: ServiceError) -> Self {
        Self::Wire(error)
    }
}

/// A mistake in the request that neither the model nor the ground floor sees.
pub(super) fn bad_request(message: impl Into<std::borrow::Cow<'static, str>>) -> Refusal {
    Refusal::Wire(ErrorCode::BadRequestException.with(message))
}

/// The typed refusal of an operation that exists on AWS and not here yet.
pub(super) fn not_supported_yet(operation: &str) -> ServiceError {
    let message = format!("Cognate does not support {operation} yet. `cognate coverage` lists what works.");
    ServiceError::new("NotSupportedYetException", message)
        .status(StatusCode::NOT_IMPLEMENTED)
        .because("no such row in the operation table")
}

/// Turns a refusal into AWS's error and notes it for `explain`; faults of ours are logged here, once.
pub(super) fn on_the_wire(cx: &Cx, operation: &str, refusal: Refusal) -> ServiceError {
    let error = match refusal {
        Refusal::Wire(error) => error,
        Refusal::Domain(error) => code(error.kind()).with(error.to_string()),
        Refusal::Store(error) => store(&error),
    };
    noted(&*cx.ports.decisions, &cx.request, operation, error)
}

/// Notes a refusal that came before the operation ran (signature, body) or in it.
pub(super) fn noted(
    decisions: &dyn DecisionSink,
    request: &RequestContext,
    operation: &str,
    error: ServiceError,
) -> ServiceError {
    if error.status.is_server_error() {
        let reason = error.reason.as_deref();
        tracing::error!(request_id = %request.request_id, operation, code = %error.code, reason, "an operation failed");
    }
    let mut decision = Decision::of(request, operation, false, error.code.clone());
    decision.got = error.reason.as_deref().map(str::to_owned);
    decision.expected = Some(error.message.clone().into_owned());
    decisions.note(decision);
    error
}

fn code(kind: ErrorKind) -> ErrorCode {
    match kind {
        ErrorKind::BadRequest => ErrorCode::BadRequestException,
        ErrorKind::NotFound => ErrorCode::NotFoundException,
        ErrorKind::Conflict => ErrorCode::ConflictException,
    }
}

fn store(error: &StoreError) -> ServiceError {
    match error {
        StoreError::NotFound => ErrorCode::NotFoundException.with("The resource does not exist"),
        StoreError::Conflict | StoreError::Exists => ErrorCode::ConflictException
            .with("Unable to complete operation due to concurrent modification. Please try again later."),
        StoreError::Unavailable(_) | StoreError::Full => {
            ServiceError::new("ServiceUnavailableException", "The service is unavailable. Please try again.")
                .status(StatusCode::SERVICE_UNAVAILABLE)
                .because(error.to_string())
        }
    }
}
