//! What the data plane reads: every API's stages compiled, swapped in whole. Requests never see a half-made change and
//! never touch the store.

mod compile;
mod cors;
mod router;
mod target;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use http::{HeaderName, HeaderValue};

pub(crate) use cors::ServedCors;
pub(crate) use router::Router;
pub(crate) use target::{HttpTarget, Origin, PathError};

use crate::{authorizer::Issuer, model::Scope};

/// All APIs as they are served.
#[derive(Default)]
pub(crate) struct Snapshot {
    /// By API id. Ids are random enough to be unique across scopes; the host's region is checked as well.
    pub(crate) apis: HashMap<Box<str>, Arc<ServedApi>>,
    /// The store's change this is built from.
    pub(crate) seq: u64,
}

/// One API.
pub(crate) struct ServedApi {
    pub(crate) scope: Scope,
    pub(crate) id: Box<str>,
    stages: Vec<Arc<ServedStage>>,
}

/// A stage with its deployment compiled under the stage's variables.
pub(crate) struct ServedStage {
    pub(crate) scope: Scope,
    pub(crate) api_id: Arc<str>,
    /// The name the API's endpoint has on AWS.
    pub(crate) aws_host: Box<str>,
    pub(crate) name: Arc<str>,
    pub(crate) variables: BTreeMap<String, String>,
    pub(crate) disabled_endpoint: bool,
    pub(crate) cors: Option<ServedCors>,
    pub(crate) router: Router,
    pub(crate) routes: Vec<ServedRoute>,
}

/// A route, ready to run.
pub(crate) struct ServedRoute {
    /// The route key's text.
    pub(crate) key: Arc<str>,
    /// The path of the key; `$default` for that route.
    pub(crate) resource: Box<str>,
    /// Names of the path's variables, in order.
    pub(crate) variables: Vec<Box<str>>,
    pub(crate) authorization: Authorization,
    pub(crate) integration: ServedIntegration,
}

/// Who may call.
pub(crate) enum Authorization {
    /// Everybody.
    Open,
    /// Bearers of a valid token.
    Jwt(JwtRule),
    /// A kind this server cannot check: nobody may call. Carries why.
    Closed(&'static str),
}

/// A JWT authorizer as one route uses it.
pub(crate) struct JwtRule {
    pub(crate) source: IdentitySource,
    pub(crate) issuer: Arc<Issuer>,
    pub(crate) audiences: Vec<Box<str>>,
    pub(crate) scopes: Vec<Box<str>>,
    /// The scopes joined by spaces, safe inside a quoted string.
    pub(crate) scope_text: Box<str>,
    /// `www-authenticate` of the refusals that strangers cause most, by their description.
    pub(crate) challenges: Vec<(&'static str, HeaderValue)>,
}

/// Where a token is looked for.
pub(crate) enum IdentitySource {
    /// A header.
    Header(HeaderName),
    /// A query parameter, case-sensitive.
    Query(Box<str>),
}

/// Where an allowed request goes.
pub(crate) enum ServedIntegration {
    /// The route has no target.
    Missing,
    /// Cannot be called: 500, and why.
    Broken(String),
    /// An HTTP backend.
    Http(Box<HttpTarget>),
    /// A function.
    Function(FunctionTarget),
}

/// A function and how it is called.
pub(crate) struct FunctionTarget {
    pub(crate) arn: Box<str>,
    pub(crate) payload: Payload,
    /// The integration names a role.
    pub(crate) by_role: bool,
    pub(crate) timeout: Duration,
}

/// Event format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Payload {
    /// `1.0`
    V1,
    /// `2.0`
    V2,
}

impl ServedApi {
    /// A stage by name.
    pub(crate) fn stage(&self, name: &str) -> Option<&Arc<ServedStage>> {
        self.stages.iter().find(|stage| &*stage.name == name)
    }
}

impl ServedStage {
    /// `$default` stands for the API itself: it adds nothing to paths.
    pub(crate) fn is_default(&self) -> bool {
        &*self.name == "$default"
    }
}
