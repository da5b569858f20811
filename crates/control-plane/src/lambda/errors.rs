//! From the ground floor's refusals to the wire: one exhaustive match.

use std::borrow::Cow;

use aws::ServiceError;
use aws::lambda::ErrorCode;
use functions::{CodeRefused, FunctionsError};
use http::StatusCode;

use super::cx::Cx;
use crate::rest::noted;

/// Why an operation did not end well.
#[derive(Debug)]
pub(super) enum Refusal {
    /// A rule of the ground floor.
    Domain(FunctionsError),
    /// The wire's own rules.
    Wire(ServiceError),
}

impl From<FunctionsError> for Refusal {
    fn from(error: FunctionsError) -> Self {
        Self::Domain(error)
    }
}

impl From<ServiceError> for Refusal {
    fn from(error: ServiceError) -> Self {
        Self::Wire(error)
    }
}

/// A parameter that cannot be.
pub(super) fn invalid(message: impl Into<Cow<'static, str>>) -> Refusal {
    Refusal::Wire(ErrorCode::InvalidParameterValueException.with(message))
}

/// Another account's function; whether it exists is not told.
pub(super) fn denied(cx: &Cx, arn: &str) -> Refusal {
    let (account, operation) = (&cx.scope.account, cx.operation);
    let action = if operation == "Invoke" { "InvokeFunction" } else { operation };
    let message = format!(
        "User: arn:aws:iam::{account}:root is not authorized to perform: lambda:{action} on resource: {arn} because no resource-based policy allows the lambda:{action} action"
    );
    Refusal::Wire(ServiceError::new("AccessDeniedException", message).status(StatusCode::FORBIDDEN))
}

/// Another region's function.
pub(super) fn unreachable(theirs: &str, own: &str) -> Refusal {
    let message = format!("Functions from '{theirs}' are not reachable in this region ('{own}')");
    Refusal::Wire(ErrorCode::ResourceNotFoundException.with(message))
}

/// `serve` takes code only where its configuration says so.
pub(super) fn uploads_are_off() -> ServiceError {
    let message = "This server takes no code: whoever may upload functions, or change how they run, runs programs as the server's user. Set function_uploads = true in cognate.toml to allow it.";
    ServiceError::new("AccessDeniedException", message).status(StatusCode::FORBIDDEN)
}

/// Lambda's own names for what every REST-JSON door refuses.
pub(super) fn of_the_model(mut error: ServiceError) -> ServiceError {
    let broken = error.message.contains("validation error");
    error.code = if broken { "ValidationException" } else { "InvalidRequestContentException" }.into();
    error
}

/// Turns a refusal into AWS's error and notes it for `explain`.
pub(super) fn on_the_wire(cx: &Cx, refusal: Refusal) -> ServiceError {
    let error = match refusal {
        Refusal::Wire(error) => error,
        Refusal::Domain(error) => of_the_domain(&error),
    };
    noted(&*cx.ports.decisions, &cx.request, cx.operation, error)
}

fn of_the_domain(error: &FunctionsError) -> ServiceError {
    let code = match error {
        FunctionsError::NotFound(_) | FunctionsError::NoPolicy | FunctionsError::NoStatement(_) => {
            ErrorCode::ResourceNotFoundException
        }
        FunctionsError::Exists(_) | FunctionsError::StatementExists(_) | FunctionsError::Busy(_) => {
            ErrorCode::ResourceConflictException
        }
        FunctionsError::Revision => ErrorCode::PreconditionFailedException,
        FunctionsError::PolicyTooLong(_) => ErrorCode::PolicyLengthExceededException,
        FunctionsError::Code(CodeRefused::TooLarge) => {
            // The front end's name: the model has none for it.
            let error = ServiceError::new("RequestEntityTooLargeException", error.to_string());
            return error.status(StatusCode::PAYLOAD_TOO_LARGE);
        }
        FunctionsError::Code(CodeRefused::Disk(_)) | FunctionsError::Store(_) | FunctionsError::Disk(_) => {
            let message = "The Lambda service encountered an internal error.";
            return ErrorCode::ServiceException.with(message).because(error.to_string());
        }
        FunctionsError::Parameter(_) | FunctionsError::Code(_) => ErrorCode::InvalidParameterValueException,
    };
    code.with(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_has_awss_name_and_status_and_our_faults_tell_nothing() {
        let told = |error| {
            let error = of_the_domain(&error);
            (error.code.into_owned(), error.status.as_u16())
        };
        let table = [
            (FunctionsError::NotFound(String::new()), "ResourceNotFoundException", 404),
            (FunctionsError::Exists(String::new()), "ResourceConflictException", 409),
            (FunctionsError::Revision, "PreconditionFailedException", 412),
            (FunctionsError::Code(CodeRefused::NotAZip), "InvalidParameterValueException", 400),
            (FunctionsError::Code(CodeRefused::TooLarge), "RequestEntityTooLargeException", 413),
            (FunctionsError::PolicyTooLong(1), "PolicyLengthExceededException", 400),
        ];
        for (error, code, status) in table {
            assert_eq!(told(error), (code.to_owned(), status));
        }
        let fault = of_the_domain(&FunctionsError::Disk("/secret/path".to_owned()));
        assert_eq!((fault.status.as_u16(), fault.message.contains("secret")), (500, false));
    }
}
