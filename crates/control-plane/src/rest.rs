//! What the REST-JSON doors have in common: what a row is called with, the refusal of an operation without a row, the note
//! of every refusal.
use aws::{Input, Operation, ServiceError};
use http::StatusCode;
use user_pools::RequestContext;
use user_pools::ports::{Decision, DecisionSink};

use crate::caller::{Permit, SigV4};

/// A request that has passed its door.
pub(crate) struct Call<'a, Cx> {
    pub(crate) cx: &'a Cx,
    pub(crate) permit: Permit<SigV4>,
    pub(crate) input: Input,
    pub(crate) operation: &'static Operation,
}

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
