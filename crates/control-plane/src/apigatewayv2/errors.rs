//! From the ground floor's refusals to the wire: one exhaustive match.

use aws::ServiceError;
use aws::apigatewayv2::ErrorCode;
use http::StatusCode;
use http_apis::{ApiError, ErrorKind, StoreError};

use super::cx::Cx;
use crate::rest::noted;

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

/// Turns a refusal into AWS's error and notes it for `explain`.
pub(super) fn on_the_wire(cx: &Cx, operation: &str, refusal: Refusal) -> ServiceError {
    let error = match refusal {
        Refusal::Wire(error) => error,
        Refusal::Domain(error) => code(error.kind()).with(error.to_string()),
        Refusal::Store(error) => store(&error),
    };
    noted(&*cx.ports.decisions, &cx.request, operation, error)
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
