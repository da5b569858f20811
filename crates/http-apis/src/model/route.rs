//! Routes: key, target and who may call.

use serde::{Deserialize, Serialize};

use super::{Act, Api, AuthorizerType, PART_ID, RouteKey, patch};
use crate::errors::ApiError;

/// Who may call a route.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuthorizationType {
    /// Everybody.
    #[default]
    #[serde(rename = "NONE")]
    None,
    /// SigV4 callers.
    #[serde(rename = "AWS_IAM")]
    AwsIam,
    /// A Lambda authorizer decides.
    #[serde(rename = "CUSTOM")]
    Custom,
    /// Bearers of a valid JSON Web Token.
    #[serde(rename = "JWT")]
    Jwt,
}

impl AuthorizationType {
    /// The wire's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::AwsIam => "AWS_IAM",
            Self::Custom => "CUSTOM",
            Self::Jwt => "JWT",
        }
    }

    /// The type of authorizer a route of this kind needs.
    fn authorizer(self) -> Option<AuthorizerType> {
        match self {
            Self::None | Self::AwsIam => None,
            Self::Custom => Some(AuthorizerType::Request),
            Self::Jwt => Some(AuthorizerType::Jwt),
        }
    }
}

/// A route, in API Gateway's JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Route {
    /// Made by quick create.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub api_gateway_managed: bool,
    /// Always false on HTTP APIs.
    #[serde(default)]
    pub api_key_required: bool,
    /// Any one of them lets a token pass; empty: no scope is asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorization_scopes: Vec<String>,
    /// Who may call.
    #[serde(default)]
    pub authorization_type: AuthorizationType,
    /// For JWT and CUSTOM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorizer_id: Option<String>,
    /// A name for documentation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_name: Option<String>,
    /// Seven characters.
    pub route_id: String,
    /// Method and path, or `$default`.
    pub route_key: RouteKey,
    /// `integrations/{id}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

impl Route {
    /// The id of the integration the target names.
    pub fn integration_id(&self) -> Option<&str> {
        self.target.as_deref()?.strip_prefix("integrations/")
    }
}

/// CreateRoute's input.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NewRoute {
    /// Refused when true.
    pub api_key_required: Option<bool>,
    /// Only with JWT.
    pub authorization_scopes: Vec<String>,
    /// `NONE` when absent.
    pub authorization_type: Option<AuthorizationType>,
    /// Required with JWT and CUSTOM.
    pub authorizer_id: Option<String>,
    /// A name for documentation.
    pub operation_name: Option<String>,
    /// Required.
    pub route_key: String,
    /// `integrations/{id}`.
    pub target: Option<String>,
}

/// UpdateRoute's input: absent changes nothing, `""` clears.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RoutePatch {
    /// Refused when true.
    pub api_key_required: Option<bool>,
    /// `[]` clears.
    pub authorization_scopes: Option<Vec<String>>,
    /// The new type.
    pub authorization_type: Option<AuthorizationType>,
    /// `""` clears.
    pub authorizer_id: Option<String>,
    /// `""` clears.
    pub operation_name: Option<String>,
    /// The new key.
    pub route_key: Option<String>,
    /// `""` clears.
    pub target: Option<String>,
}

impl Api {
    /// One route.
    pub fn route(&self, id: &str) -> Result<&Route, ApiError> {
        let found = self.definition.routes.iter().find(|route| route.route_id == id);
        found.ok_or_else(|| ApiError::NoRoute(id.to_owned()))
    }

    /// CreateRoute.
    pub fn create_route(&mut self, new: NewRoute, act: &Act<'_>) -> Result<Route, ApiError> {
        let route = self.add_route(new, false, act)?;
        self.changed(act);
        Ok(route)
    }

    /// Adds a route without deploying: quick create does several things at once.
    pub(super) fn add_route(&mut self, new: NewRoute, managed: bool, act: &Act<'_>) -> Result<Route, ApiError> {
        let route = Route {
            api_gateway_managed: managed,
            api_key_required: new.api_key_required.unwrap_or_default(),
            authorization_scopes: new.authorization_scopes,
            authorization_type: new.authorization_type.unwrap_or_default(),
            authorizer_id: new.authorizer_id.filter(|id| !id.is_empty()),
            operation_name: new.operation_name.filter(|name| !name.is_empty()),
            route_id: act.id(PART_ID),
            route_key: RouteKey::parse(&new.route_key)?,
            target: new.target.filter(|target| !target.is_empty()),
        };
        self.check_route(&route)?;
        self.definition.routes.push(route.clone());
        Ok(route)
    }

    /// UpdateRoute. Leaving JWT clears what only JWT may have, unless the same call says otherwise.
    pub fn update_route(&mut self, id: &str, patch: RoutePatch, act: &Act<'_>) -> Result<Route, ApiError> {
        let mut route = self.route(id)?.clone();
        if let Some(key) = patch.route_key {
            let key = RouteKey::parse(&key)?;
            if route.api_gateway_managed && key != route.route_key {
                return Err(ApiError::Managed("The route key", "changed"));
            }
            route.route_key = key;
        }
        if let Some(kind) = patch.authorization_type {
            route.authorization_type = kind;
            if kind.authorizer().is_none() && patch.authorizer_id.is_none() {
                route.authorizer_id = None;
            }
            if kind != AuthorizationType::Jwt && patch.authorization_scopes.is_none() {
                route.authorization_scopes.clear();
            }
        }
        patch::set(&mut route.api_key_required, patch.api_key_required);
        patch::set(&mut route.authorization_scopes, patch.authorization_scopes);
        patch::text(&mut route.authorizer_id, patch.authorizer_id);
        patch::text(&mut route.operation_name, patch.operation_name);
        patch::text(&mut route.target, patch.target);
        self.check_route(&route)?;
        for stored in self.definition.routes.iter_mut().filter(|stored| stored.route_id == id) {
            stored.clone_from(&route);
        }
        self.changed(act);
        Ok(route)
    }

    /// DeleteRoute. Stage settings for its key go with it.
    pub fn delete_route(&mut self, id: &str, act: &Act<'_>) -> Result<(), ApiError> {
        let key = self.route(id)?.route_key.to_string();
        self.definition.routes.retain(|route| route.route_id != id);
        for stage in &mut self.stages {
            stage.route_settings.remove(&key);
        }
        self.changed(act);
        Ok(())
    }

    /// All the rules between a route and the rest of the API.
    fn check_route(&self, route: &Route) -> Result<(), ApiError> {
        if route.api_key_required {
            return Err(ApiError::ApiKeyUnsupported);
        }
        let form = route.route_key.form();
        let others = self.definition.routes.iter().filter(|other| other.route_id != route.route_id);
        if others.into_iter().any(|other| other.route_key.form() == form) {
            return Err(ApiError::RouteTaken(route.route_key.to_string()));
        }
        if let Some(target) = &route.target {
            let id = route.integration_id().ok_or_else(|| ApiError::BadTarget(target.clone()))?;
            self.integration(id)?;
        }
        self.check_authorization(route)
    }

    fn check_authorization(&self, route: &Route) -> Result<(), ApiError> {
        let word = route.authorization_type.word();
        if !route.authorization_scopes.is_empty() && route.authorization_type != AuthorizationType::Jwt {
            return Err(ApiError::ScopesWithoutJwt);
        }
        match (route.authorization_type.authorizer(), &route.authorizer_id) {
            (None, None) => Ok(()),
            (None, Some(_)) => Err(ApiError::AuthorizerNotAllowed(word)),
            (Some(_), None) => Err(ApiError::AuthorizerRequired(word)),
            (Some(kind), Some(id)) if self.authorizer(id)?.authorizer_type == kind => Ok(()),
            (Some(_), Some(id)) => Err(ApiError::AuthorizerMismatch { id: id.clone(), wanted: word }),
        }
    }
}
