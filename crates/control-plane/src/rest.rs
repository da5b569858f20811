//! What the REST-JSON doors have in common: the refusal of an operation without a row, the note of every refusal, the list
//! of what works.
use aws::{Service, ServiceError};
use http::StatusCode;
use user_pools::RequestContext;
use user_pools::ports::{Decision, DecisionSink};

use crate::cognito_idp::Coverage;

/// The typed refusal of an operation that exists on AWS and not here yet.
pub(crate) fn not_supported_yet(operation: &str) -> ServiceError {
    let message = format!("Cognate does not support {operation} yet. `cognate coverage` lists what works.");
    ServiceError::new("NotSupportedYetException", message)
        .status(StatusCode::NOT_IMPLEMENTED)
        .because("no such row in the operation table")
}

/// Notes a refusal for `explain`, whether it came before the operation ran (signature, body) or in it; faults of ours are
/// logged here, once.
pub(crate) fn noted(
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

/// All operations of a model. `missing`: what an operation that has a row lacks; `None` when it has no row.
pub(crate) fn coverage(
    service: &'static Service,
    missing: impl Fn(&str) -> Option<Option<&'static str>>,
) -> Vec<Coverage> {
    let one = |name: &'static str| {
        let row = missing(name);
        Coverage { operation: name, supported: row.is_some(), missing: row.flatten() }
    };
    service.operations.iter().map(|operation| one(operation.name)).collect()
}
