//! The `lambda` API: REST-JSON, the part of it that makes a function run here and that tools read beside it. `table` is
//! the whole API on one page; each operation is a file in a resource's folder. Rules, words and processes are the ground
//! floor's (`functions`); versions, aliases, layers and event sources are not here and are refused by name.

mod cx;
mod errors;
mod functions;
mod invocations;
mod permissions;
mod prelude;
mod table;
mod tags;

use std::sync::Arc;

use ::functions::Functions;
use aws::{ServiceError, rest_json};
use bytes::Bytes;
use http::{Response, request::Parts};
use user_pools::RequestContext;
use user_pools::ports::DecisionSink;

use crate::caller::{Permit, Signatures};
use crate::rest;
use cx::Cx;

const SIGNING_NAME: &str = "lambda";
/// The most a request may bring that brings code: a zip of 50 MB in Base64, and what stands beside it.
const WITH_CODE: usize = 72 * 1024 * 1024;
/// The most any other request may bring: the event of a call, and room to say that it is too large.
pub const WITHOUT_CODE: usize = 8 * 1024 * 1024;
/// The most of what cannot pass: enough to be polite.
const OF_STRANGERS: usize = 64 * 1024;
/// The operations that bring code.
const BRING_CODE: [&str; 2] = ["CreateFunction", "UpdateFunctionCode"];

/// What the door needs from outside.
#[derive(Clone)]
pub struct Ports {
    /// The functions.
    pub functions: Functions,
    /// Who may call.
    pub signatures: Arc<dyn Signatures>,
    /// Where refusals are noted.
    pub decisions: Arc<dyn DecisionSink>,
}

/// The door. Cheap to clone.
#[derive(Clone)]
pub struct Lambda {
    ports: Ports,
    uploads: bool,
}

impl Lambda {
    /// A door to these functions. `uploads`: whoever may call may also bring code, which then runs as the server's user.
    pub fn new(ports: Ports, uploads: bool) -> Self {
        Self { ports, uploads }
    }

    /// Whether a path is this API's: `/2015-03-31/functions/…` and its younger siblings.
    pub fn claims(path: &str) -> bool {
        let mut parts = path.trim_start_matches('/').split('/');
        let date = parts.next().unwrap_or_default();
        let is_date = date.len() == 10 && date.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        is_date && matches!(parts.next(), Some("functions" | "tags"))
    }

    /// The most bytes to read of a request, as far as its head tells. The signature covers the body and is checked behind it: a stranger must
    /// not make the server hold a zip for that, nor anybody where no code is taken.
    pub fn room_for(&self, now: i64, parts: &Parts) -> usize {
        match self.ports.signatures.could_pass(now, SIGNING_NAME, parts) {
            Err(_) => OF_STRANGERS,
            Ok(()) if self.uploads && brings_code(parts) => WITH_CODE,
            Ok(()) => WITHOUT_CODE,
        }
    }

    /// Why a body found no room: who may not bring it learns that, and not a size.
    pub fn no_room_for(&self, now: i64, parts: &Parts) -> ServiceError {
        match self.ports.signatures.could_pass(now, SIGNING_NAME, parts) {
            Err(error) => error,
            Ok(()) if !self.uploads && brings_code(parts) => errors::uploads_are_off(),
            Ok(()) => rest_json::too_large(),
        }
    }

    /// Answers a request.
    pub async fn handle(&self, request: RequestContext, parts: &Parts, body: Bytes) -> Response<Bytes> {
        let id = request.request_id.clone();
        match self.call(request, parts, body).await {
            Ok(answer) => answer,
            Err(error) => refused(error, &id),
        }
    }

    async fn call(&self, request: RequestContext, parts: &Parts, body: Bytes) -> Result<Response<Bytes>, ServiceError> {
        let routed = rest_json::route(&aws::lambda::SERVICE, &parts.method, parts.uri.path(), parts.uri.query())?;
        let operation = routed.operation;
        let Some(row) = table::TABLE.row(operation.name) else { return Err(rest::not_supported_yet(operation.name)) };
        let refused = |error| rest::noted(&*self.ports.decisions, &request, operation.name, error);
        let permit =
            Permit::signed(&*self.ports.signatures, request.now, SIGNING_NAME, parts, &body).map_err(refused)?;
        let brought = rest_json::Brought { query: parts.uri.query(), headers: &parts.headers, body: &body };
        let input = rest_json::gather(&routed, brought).map_err(errors::of_the_model).map_err(refused)?;
        let cx = Cx::new(self.ports.clone(), self.uploads, request, &permit, operation.name, body);
        let call = rest::Call { cx: &cx, permit, input, operation };
        (row.run)(call).await.map_err(|refusal| errors::on_the_wire(&cx, refusal))
    }
}

fn brings_code(parts: &Parts) -> bool {
    rest_json::route(&aws::lambda::SERVICE, &parts.method, parts.uri.path(), parts.uri.query())
        .is_ok_and(|routed| BRING_CODE.contains(&routed.operation.name))
}

/// More large requests than can be taken at a time.
pub fn too_many() -> ServiceError {
    aws::lambda::ErrorCode::TooManyRequestsException.with("Rate Exceeded.")
}

/// An error with the member that Lambda adds to every one.
pub fn refused(error: ServiceError, request_id: &str) -> Response<Bytes> {
    let fault = if error.status.is_server_error() { "Server" } else { "User" };
    rest_json::error(&error.extra("Type", fault), request_id)
}

/// All operations of the model and how far each works, for `cognate coverage`.
pub fn coverage() -> Vec<crate::Coverage> {
    table::TABLE.coverage()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_apis_paths_are_known_by_their_date() {
        for path in ["/2015-03-31/functions", "/2015-03-31/functions/f/invocations", "/2017-03-31/tags/arn%3Aaws"] {
            assert!(Lambda::claims(path), "{path}");
        }
        for path in ["/", "/functions", "/2015-03-31", "/2015-03-31/layers", "/v2/apis"] {
            assert!(!Lambda::claims(path), "{path}");
        }
    }
}
