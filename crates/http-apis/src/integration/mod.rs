//! Where a permitted request goes: an HTTP backend or a function. Everything here takes `Permitted`, so that nothing
//! reaches a backend past its authorizer.

pub(crate) mod connect;
mod event_v1;
mod event_v2;
mod function;
mod headers;
mod http_proxy;
mod mapping;
mod pool;

use http::Response;

pub use pool::Lease;
pub(crate) use pool::Pool;

use crate::{
    authorizer::Permitted,
    gateway::{AnswerBody, Call, Own, Refusal, Worker},
    snapshot::ServedIntegration,
};

/// Runs the route's integration.
pub(crate) async fn call(worker: &Worker, permitted: Permitted<Call>) -> Result<Response<AnswerBody>, Refusal> {
    let (call, bearer) = permitted.into_parts();
    let stage = call.stage_handle();
    let Some(route) = call.route.and_then(|index| stage.routes.get(index)) else {
        return Err(Refusal::new(Own::NotFound, "route", "a route", "none", "create the route"));
    };
    match &route.integration {
        ServedIntegration::Http(target) => http_proxy::call(worker, target, call, bearer.as_deref()).await,
        ServedIntegration::Function(target) => function::call(worker, target, route, call, bearer.as_deref()).await,
        ServedIntegration::Missing => {
            let fix = "give the route a target, integrations/{integrationId}";
            Err(Refusal::new(Own::NotFound, "integration", "a route with a target", "none", fix))
        }
        ServedIntegration::Broken(why) => {
            let fix = "correct the integration";
            Err(Refusal::new(Own::Internal, "integration", "an integration that can be called", why.clone(), fix))
        }
    }
}
