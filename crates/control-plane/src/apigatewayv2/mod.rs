//! The `apigatewayv2` API: REST-JSON below `/v2`, for HTTP APIs. `table` is the whole API on one page; each operation is
//! a file in a resource's folder. Decodes, permits, asks `http-apis` for the change, stores it, makes it live, answers.
//! Rules between resources, defaults and words are the ground floor's.

mod apis;
mod authorizers;
mod cx;
mod deployments;
mod errors;
mod integrations;
mod paging;
mod prelude;
mod routes;
mod stages;
mod table;
mod tags;

use std::sync::Arc;

use aws::{ServiceError, rest_json};
use bytes::Bytes;
use http::{Response, request::Parts};
use http_apis::{ApiStore, Gateway, Random};
use user_pools::RequestContext;
use user_pools::ports::DecisionSink;

use crate::caller::{Permit, Signatures};
use crate::rest;
use cx::Cx;

/// What the door needs from outside.
#[derive(Clone)]
pub struct Ports {
    /// Where API definitions are kept.
    pub store: Arc<dyn ApiStore>,
    /// The data plane: it is told of every change before the answer goes out, and it checks issuers.
    pub gateway: Gateway,
    /// Where ids come from.
    pub random: Arc<dyn Random>,
    /// Who may call.
    pub signatures: Arc<dyn Signatures>,
    /// Where refusals are noted.
    pub decisions: Arc<dyn DecisionSink>,
}

/// How the door behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// What `apiEndpoint` says: `{apiId}` and `{region}` are filled in.
    pub endpoint: String,
    /// CreateAuthorizer and UpdateAuthorizer read the issuer's discovery document, as AWS does. Off where issuers may
    /// start later than the APIs that trust them.
    pub check_issuers: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { endpoint: "https://{apiId}.execute-api.{region}.amazonaws.com".to_owned(), check_issuers: true }
    }
}

/// The door. Cheap to clone.
#[derive(Clone)]
pub struct ApiGatewayV2 {
    ports: Ports,
    options: Arc<Options>,
}

impl ApiGatewayV2 {
    /// A door to the APIs of this store.
    pub fn new(ports: Ports, options: Options) -> Self {
        Self { ports, options: Arc::new(options) }
    }

    /// Whether a path is this API's.
    pub fn claims(path: &str) -> bool {
        path == "/v2" || path.starts_with("/v2/")
    }

    /// Answers a request.
    pub async fn handle(&self, request: RequestContext, parts: &Parts, body: Bytes) -> Response<Bytes> {
        let id = request.request_id.clone();
        match self.call(request, parts, &body).await {
            Ok(answer) => answer,
            Err(error) => rest_json::error(&error, &id),
        }
    }

    async fn call(&self, request: RequestContext, parts: &Parts, body: &[u8]) -> Result<Response<Bytes>, ServiceError> {
        let routed = rest_json::route(&aws::apigatewayv2::SERVICE, &parts.method, parts.uri.path(), parts.uri.query())?;
        let operation = routed.operation;
        let Some(row) = table::TABLE.row(operation.name) else { return Err(rest::not_supported_yet(operation.name)) };
        // An unsigned caller learns that first, before anything about the request's mistakes.
        let refused = |error| rest::noted(&*self.ports.decisions, &request, operation.name, error);
        let permit =
            Permit::signed(&*self.ports.signatures, request.now, "apigateway", parts, body).map_err(refused)?;
        let input = rest_json::input(&routed, parts.uri.query(), body).map_err(refused)?;
        let cx = Cx::new(self.ports.clone(), Arc::clone(&self.options), request, &permit);
        let call = rest::Call { cx: &cx, permit, input, operation };
        (row.run)(call).await.map_err(|refusal| errors::on_the_wire(&cx, operation.name, refusal))
    }
}

/// All operations of the model and how far each works, for `cognate coverage`.
pub fn coverage() -> Vec<crate::Coverage> {
    table::TABLE.coverage()
}
