//! The `cognito-idp` API: JSON 1.1 at `POST /`. `table` is the whole API on one page; each operation is a file in a resource's folder.
mod auth_events;
mod branding;
mod carried;
mod clients;
mod devices;
mod domains;
mod errors;
mod groups;
mod identity_providers;
mod imports;
mod log_delivery;
mod mfa;
mod paging;
mod passkeys;
mod pools;
mod prelude;
mod resource_servers;
mod risk;
mod sessions;
mod sign_in;
mod table;
mod tags;
mod terms;
mod tokens;
mod users;

use crate::caller::{Caller, Signatures};
use aws::{ServiceError, json11};
use bytes::Bytes;
use http::request::Parts;
use http::{Method, Response, StatusCode};
use std::sync::Arc;
use user_pools::{RequestContext, UserPools};

/// The door. Cheap to clone.
#[derive(Clone)]
pub struct CognitoIdp {
    pools: Arc<UserPools>,
    signatures: Arc<dyn Signatures>,
}

/// What an operation has at hand.
pub(crate) struct Cx {
    /// The ground floor.
    pub(crate) pools: Arc<UserPools>,
    /// Who asks, when, under which id.
    pub(crate) request: RequestContext,
}

impl Cx {
    /// The user an operator names, or UserNotFoundException: admin operations always tell (spec C.16).
    pub(crate) async fn user(
        &self,
        pool: &user_pools::pool::UserPool,
        name: &str,
    ) -> user_pools::Result<user_pools::user::User> {
        self.pools.find_user(pool, name).await?.ok_or(user_pools::messages::USER_DOES_NOT_EXIST)
    }
}

impl CognitoIdp {
    /// A door to these pools.
    pub fn new(pools: Arc<UserPools>, signatures: Arc<dyn Signatures>) -> Self {
        Self { pools, signatures }
    }

    /// Who may call the operation that the request names; `None` when it names none.
    pub fn caller(parts: &Parts) -> Option<Caller> {
        let operation = operation(parts).ok()?;
        Some(table::TABLE.row(operation.name).map_or(Caller::SigV4, |row| row.by))
    }

    /// The most bytes to keep of a request, as far as its head tells. The signature covers the body and is checked behind it: a stranger must
    /// not make the server hold images for that.
    pub fn room_for(&self, now: i64, parts: &Parts) -> usize {
        let most = operation(parts).map_or(json11::USUAL_BODY, json11::body_limit);
        if most > json11::USUAL_BODY && self.could_pass(now, parts).is_err() { json11::USUAL_BODY } else { most }
    }

    /// Tells why a body found no room. Who may not bring it learns that and not a size, unless it is more (`said`) than anybody may bring.
    pub fn no_room(&self, request: &RequestContext, parts: &Parts, said: Option<u64>) -> Response<Bytes> {
        let bearable = said.is_some_and(|said| said <= json11::MAX_BODY as u64);
        let better = match operation(parts) {
            Err(unknown) => Some(unknown),
            Ok(_) if Self::caller(parts) == Some(Caller::SigV4) => self.could_pass(request.now, parts).err(),
            Ok(_) => None,
        };
        let error = better.filter(|_| bearable).unwrap_or_else(json11::too_large);
        let error = match operation(parts) {
            Ok(operation) => errors::noted(&*self.pools.decisions, request, operation.name, error),
            Err(_) => error,
        };
        with_cors(parts, json11::error(&error, &request.request_id))
    }

    fn could_pass(&self, now: i64, parts: &Parts) -> Result<(), ServiceError> {
        self.signatures.could_pass(now, table::SIGNING_NAME, parts)
    }

    /// Answers a request. CORS headers go on the answers of operations that browsers call (spec A.6), preflights among them.
    pub async fn handle(&self, request: RequestContext, parts: &Parts, body: Bytes) -> Response<Bytes> {
        if parts.method == Method::OPTIONS {
            return preflight();
        }
        let id = request.request_id.clone();
        let answer = match self.call(request, parts, body).await {
            Ok(answer) => answer,
            Err(error) => json11::error(&error, &id),
        };
        with_cors(parts, answer)
    }

    async fn call(&self, request: RequestContext, parts: &Parts, body: Bytes) -> Result<Response<Bytes>, ServiceError> {
        if parts.method != Method::POST {
            return Err(ServiceError::new("UnknownOperationException", "")
                .status(StatusCode::NOT_FOUND)
                .because("only POST is spoken here"));
        }
        let operation = operation(parts)?;
        let Some(row) = table::TABLE.row(operation.name) else { return Err(errors::not_supported_yet(operation.name)) };
        let proof = table::Proof { signatures: &*self.signatures, parts, body: &body };
        // An unsigned caller learns that first, before anything about the body's mistakes.
        let refused = |error| errors::noted(&*self.pools.decisions, &request, operation.name, error);
        let signed = if row.by == Caller::SigV4 { Some(proof.signed(request.now).map_err(refused)?) } else { None };
        let input = json11::input(operation, &body).map_err(refused)?;
        let cx = Cx { pools: self.pools.clone(), request };
        (row.run)(table::Call { cx: &cx, signed, input })
            .await
            .map_err(|refusal| errors::on_the_wire(&cx, operation.name, refusal))
    }
}

fn operation(parts: &Parts) -> Result<&'static aws::Operation, ServiceError> {
    json11::operation(&aws::cognito_idp::SERVICE, &parts.headers)
}

/// What browsers call they may also read.
fn with_cors(parts: &Parts, mut answer: Response<Bytes>) -> Response<Bytes> {
    if CognitoIdp::caller(parts) != Some(Caller::SigV4) {
        answer.headers_mut().extend(json11::cors::answer());
    }
    answer
}

fn preflight() -> Response<Bytes> {
    let mut answer = Response::new(Bytes::new());
    answer.headers_mut().extend(json11::cors::preflight());
    answer
}

/// All operations of the model and how far each works, for `cognate coverage`.
pub fn coverage() -> Vec<crate::Coverage> {
    table::TABLE.coverage()
}
