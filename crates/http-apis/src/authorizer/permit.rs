//! `Permitted`: a request that its route's authorizer has let through. Only `admit`, in this file, can construct it.

use std::sync::Arc;

use super::{Bearer, jwt};
use crate::{
    gateway::{Call, Own, Refusal, Worker},
    snapshot::Authorization,
};

/// A request that may reach its integration.
pub(crate) struct Permitted<T> {
    request: T,
    bearer: Option<Arc<Bearer>>,
}

impl<T> Permitted<T> {
    /// The request and, on JWT routes, the token's bearer.
    pub(crate) fn into_parts(self) -> (T, Option<Arc<Bearer>>) {
        (self.request, self.bearer)
    }
}

/// Asks the route's authorizer. What it cannot check is closed.
pub(crate) async fn admit(worker: &Worker, call: Call) -> Result<Permitted<Call>, (Refusal, Call)> {
    let asked = match call.route().map(|route| &route.authorization) {
        Some(Authorization::Open) => Ok(None),
        Some(Authorization::Jwt(rule)) => jwt::check(worker, rule, &call).await.map(Some),
        Some(Authorization::Closed(why)) => {
            let fix = "use a JWT authorizer, or no authorizer, on this route";
            Err(Refusal::new(Own::Internal, "authorizer.supported", "JWT or NONE", *why, fix))
        }
        None => Err(Refusal::new(Own::NotFound, "route", "a route", "none", "create the route")),
    };
    match asked {
        Ok(bearer) => Ok(Permitted { request: call, bearer }),
        Err(refusal) => Err((refusal, call)),
    }
}
