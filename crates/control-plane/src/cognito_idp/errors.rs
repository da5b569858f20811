//! From the ground floor's refusals to the wire: one exhaustive match.
use super::Cx;
use aws::ServiceError;
use http::StatusCode;
use std::borrow::Cow;
use user_pools::RequestContext;
use user_pools::error::ErrorKind;
use user_pools::ports::{Decision, DecisionSink};

/// Why an operation did not end well.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The ground floor refused.
    Domain(user_pools::Error),
    /// The wire's own rules were broken.
    Wire(ServiceError),
}

impl From<user_pools::Error> for Refusal {
    fn from(error: user_pools::Error) -> Self {
        Self::Domain(error)
    }
}

impl From<ServiceError> for Refusal {
    fn from(error: ServiceError) -> Self {
        Self::Wire(error)
    }
}

/// A bad parameter that the model's constraints do not see.
pub(crate) fn invalid(message: impl Into<Cow<'static, str>>) -> Refusal {
    Refusal::Domain(user_pools::Error::new(ErrorKind::InvalidParameter, message))
}

/// The typed refusal of an operation that exists on AWS and not here yet.
pub(crate) fn not_supported_yet(operation: &str) -> ServiceError {
    ServiceError::new(
        "NotSupportedYetException",
        format!("Cognate does not support {operation} yet. `cognate coverage` lists what works."),
    )
    .status(StatusCode::NOT_IMPLEMENTED)
    .because("no such row in the operation table")
}

/// Turns a refusal into AWS's error and notes it for `explain`; faults of ours are logged here, once.
pub(crate) fn on_the_wire(cx: &Cx, operation: &str, refusal: Refusal) -> ServiceError {
    let noted = matches!(&refusal, Refusal::Domain(error) if error.noted);
    let error = match refusal {
        Refusal::Wire(error) => error,
        Refusal::Domain(error) => domain(error),
    };
    log(&cx.request, operation, &error);
    if !noted {
        note(&*cx.pools.decisions, &cx.request, operation, &error);
    }
    error
}

/// Notes a refusal that came before the operation ran: signature, body.
pub(super) fn noted(
    decisions: &dyn DecisionSink,
    request: &RequestContext,
    operation: &str,
    error: ServiceError,
) -> ServiceError {
    log(request, operation, &error);
    note(decisions, request, operation, &error);
    error
}

fn log(request: &RequestContext, operation: &str, error: &ServiceError) {
    // What is not supported yet (501) is our answer, not our trouble.
    if error.status.is_server_error() && error.status != StatusCode::NOT_IMPLEMENTED {
        let (request_id, reason) = (&request.request_id, error.reason.as_deref());
        tracing::error!(%request_id, operation, code = %error.code, reason, "an operation failed");
    }
}

fn note(decisions: &dyn DecisionSink, request: &RequestContext, operation: &str, error: &ServiceError) {
    let mut decision = Decision::of(request, operation, false, error.code.clone());
    decision.got = Some(error.reason.as_ref().unwrap_or(&error.message).clone().into_owned());
    decisions.note(decision);
}

fn domain(error: user_pools::Error) -> ServiceError {
    let wire = match error.kind {
        ErrorKind::InternalError => ServiceError::new("InternalErrorException", "Something went wrong")
            .status(StatusCode::INTERNAL_SERVER_ERROR),
        ErrorKind::Unavailable => {
            ServiceError::new("ServiceUnavailable", error.message).status(StatusCode::SERVICE_UNAVAILABLE)
        }
        ErrorKind::NotSupportedYet => {
            ServiceError::new("NotSupportedYetException", error.message).status(StatusCode::NOT_IMPLEMENTED)
        }
        kind => ServiceError::new(format!("{}Exception", name(kind)), error.message),
    };
    match error.reason {
        Some(reason) => wire.because(reason),
        None => wire,
    }
}

/// AWS's name without `Exception`.
fn name(kind: ErrorKind) -> String {
    format!("{kind:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_of_the_ground_floor_has_an_exception_of_the_model() {
        let known = aws::cognito_idp::ErrorCode::ALL;
        for kind in [
            ErrorKind::NotAuthorized,
            ErrorKind::EnableSoftwareTokenMFA,
            ErrorKind::MFAMethodNotFound,
            ErrorKind::UserPoolTagging,
            ErrorKind::UserPoolAddOnNotEnabled,
            ErrorKind::TermsExists,
            ErrorKind::RefreshTokenReuse,
        ] {
            let code = domain(user_pools::Error::new(kind, "x")).code;
            assert!(known.iter().any(|known| known.as_str() == code), "{code}");
        }
    }

    #[test]
    fn storage_trouble_is_never_told_as_not_authorized() {
        let error = domain(user_pools::ports::StoreError::Full.into());
        assert_eq!((error.status, error.code.as_ref()), (StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable"));
    }
}
