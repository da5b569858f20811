//! API Gateway HTTP APIs: what an API is (routes, integrations, authorizers, stages, deployments, CORS) and the
//! data plane that serves it: routing, JWT authorization, CORS, HTTP and function integrations.
//! Verifies and forwards. It knows no database, no clock and no user pools: storage, time, randomness, functions and
//! local issuers' keys come in through `ports`.

mod authorizer;
pub mod errors;
pub mod gateway;
mod integration;
pub mod model;
pub mod outbound;
pub mod ports;
mod snapshot;

pub use errors::{ApiError, ErrorKind};
pub use gateway::{Gateway, GatewayOptions, Ports, RequestContext, Worker, host_name};
pub use model::{Act, Api, Scope};
pub use ports::{ApiStore, Random, StoreError};
