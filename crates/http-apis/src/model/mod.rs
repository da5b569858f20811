//! What an HTTP API is, and the rules between its parts. Decides and refuses; does no I/O.
//! The JSON of each part is API Gateway's own (`apigatewayv2`), so that an answer and a stored row say the same.
//! Time comes in as `Act::now`, ids are drawn from `Act::random`.

mod api;
mod authorizer;
mod cors;
mod deployment;
mod ids;
mod integration;
pub mod mapping;
mod patch;
mod quick;
mod route;
mod route_key;
mod stage;
mod tags;
mod time;

pub use api::{Api, ApiPatch, ApiView, Definition, NewApi};
pub use authorizer::{
    Authorizer, AuthorizerPatch, AuthorizerType, JwtConfiguration, JwtConfigurationPatch, NewAuthorizer,
};
pub use cors::Cors;
pub use deployment::Deployment;
pub use integration::{Integration, IntegrationPatch, IntegrationType, NewIntegration, TlsConfig};
pub use route::{AuthorizationType, NewRoute, Route, RoutePatch};
pub use route_key::{PathTemplate, RouteKey, Segment};
pub use stage::{AccessLogSettings, NewStage, RouteSettings, RouteSettingsPatch, Stage, StagePatch};
pub use tags::{TagArn, TagTarget};
pub use time::iso8601_seconds;

pub(crate) use authorizer::is_loopback;
pub(crate) use integration::{function_arn, http_uri};

use serde::{Deserialize, Serialize};

use crate::ports::Random;

/// The account and region everything is keyed by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Scope {
    /// Twelve digits.
    pub account: String,
    /// E.g. `us-east-1`.
    pub region: String,
}

/// What a change needs from outside: the time and fresh ids.
pub struct Act<'a> {
    /// Epoch milliseconds.
    pub now: i64,
    /// Where ids come from.
    pub random: &'a dyn Random,
}

impl Act<'_> {
    /// The time in whole seconds, as API Gateway shows it.
    pub(crate) fn seconds(&self) -> i64 {
        self.now.div_euclid(1000)
    }

    /// A fresh identifier of `len` characters out of `a-z0-9`.
    pub(crate) fn id(&self, len: usize) -> String {
        ids::fresh(self.random, len)
    }
}

/// Characters in an API id.
pub(crate) const API_ID: usize = 10;
/// Characters in the id of a route, an integration or an authorizer.
pub(crate) const PART_ID: usize = 7;
/// Characters in a deployment id.
pub(crate) const DEPLOYMENT_ID: usize = 6;
