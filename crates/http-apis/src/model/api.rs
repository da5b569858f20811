//! The aggregate: an API with everything that hangs on it, and its own settings.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{API_ID, Act, Authorizer, Cors, Deployment, Integration, Route, Scope, Stage, iso8601_seconds, patch};
use crate::{
    errors::ApiError,
    ports::{ApiCursor, ApiKey},
};

const SELECTION: &str = "$request.method $request.path";

/// One HTTP API with all its children: what the store keeps as one row, replaced whole when `version` matches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Api {
    /// Account and region.
    pub scope: Scope,
    /// Ten characters; the first label of its host.
    pub api_id: String,
    /// For compare-and-swap; 1 when inserted, raised by the store.
    pub version: u64,
    /// Epoch milliseconds.
    pub created_at: i64,
    /// `name`.
    pub name: String,
    /// Free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The API's own version, a free text; not the row's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_text: Option<String>,
    /// Kept for answers; HTTP APIs have no API keys.
    pub api_key_selection_expression: String,
    /// `ipv4` or `dualstack`.
    pub ip_address_type: String,
    /// Made by quick create.
    #[serde(default)]
    pub quick_created: bool,
    /// Tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// What the next deployment will hold.
    pub definition: Definition,
    /// In creation order.
    #[serde(default)]
    pub stages: Vec<Stage>,
    /// In creation order.
    #[serde(default)]
    pub deployments: Vec<Deployment>,
}

/// The deployable part of an API.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Definition {
    /// In creation order.
    pub routes: Vec<Route>,
    /// In creation order.
    pub integrations: Vec<Integration>,
    /// In creation order.
    pub authorizers: Vec<Authorizer>,
    /// None: backends and functions answer CORS themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cors: Option<Cors>,
    /// The default host refuses.
    pub disable_execute_api_endpoint: bool,
}

/// CreateApi's input.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NewApi {
    /// `$request.header.x-api-key` when absent.
    pub api_key_selection_expression: Option<String>,
    /// CORS.
    pub cors_configuration: Option<Cors>,
    /// Quick create.
    pub credentials_arn: Option<String>,
    /// Free text.
    pub description: Option<String>,
    /// The default host refuses.
    pub disable_execute_api_endpoint: Option<bool>,
    /// `ipv4` when absent.
    pub ip_address_type: Option<String>,
    /// Required.
    pub name: String,
    /// Must be `HTTP`.
    pub protocol_type: String,
    /// Quick create; `$default` when absent.
    pub route_key: Option<String>,
    /// Must be `$request.method $request.path`.
    pub route_selection_expression: Option<String>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// Quick create: a URL or a function's ARN.
    pub target: Option<String>,
    /// Free text.
    pub version: Option<String>,
}

/// UpdateApi's input: absent changes nothing, `""` and `{}` clear.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ApiPatch {
    /// Kept for answers.
    pub api_key_selection_expression: Option<String>,
    /// Replaces CORS whole; `{}` removes it.
    pub cors_configuration: Option<Cors>,
    /// For the managed integration.
    pub credentials_arn: Option<String>,
    /// `""` clears.
    pub description: Option<String>,
    /// The default host refuses.
    pub disable_execute_api_endpoint: Option<bool>,
    /// `ipv4` or `dualstack`.
    pub ip_address_type: Option<String>,
    /// The new name.
    pub name: Option<String>,
    /// For the managed route.
    pub route_key: Option<String>,
    /// Must be `$request.method $request.path`.
    pub route_selection_expression: Option<String>,
    /// For the managed integration.
    pub target: Option<String>,
    /// `""` clears.
    pub version: Option<String>,
}

/// An API as API Gateway answers it (GetApi and its kin).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiView<'a> {
    /// `https://{apiId}.execute-api.{region}.amazonaws.com`, or where this server serves it.
    pub api_endpoint: String,
    /// Made by quick create.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub api_gateway_managed: bool,
    /// Ten characters.
    pub api_id: &'a str,
    /// Kept for answers.
    pub api_key_selection_expression: &'a str,
    /// Absent without CORS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cors_configuration: Option<&'a Cors>,
    /// ISO-8601.
    pub created_date: String,
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
    /// The default host refuses.
    pub disable_execute_api_endpoint: bool,
    /// `ipv4` or `dualstack`.
    pub ip_address_type: &'a str,
    /// The name.
    pub name: &'a str,
    /// `HTTP`.
    pub protocol_type: &'static str,
    /// `$request.method $request.path`.
    pub route_selection_expression: &'static str,
    /// Tags, `{}` when none.
    pub tags: &'a BTreeMap<String, String>,
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<&'a str>,
}

impl Api {
    /// CreateApi, quick create included.
    pub fn new(scope: Scope, new: NewApi, act: &Act<'_>) -> Result<Self, ApiError> {
        match new.protocol_type.as_str() {
            "HTTP" => {}
            "WEBSOCKET" => return Err(ApiError::WebSocketUnsupported),
            _ => return Err(ApiError::BadProtocol),
        }
        check_selection(new.route_selection_expression.as_deref())?;
        let some = |text: Option<String>| text.filter(|text| !text.is_empty());
        let mut api = Self {
            scope,
            api_id: act.id(API_ID),
            version: 1,
            created_at: act.now,
            name: new.name,
            description: some(new.description),
            version_text: some(new.version),
            api_key_selection_expression: some(new.api_key_selection_expression)
                .unwrap_or_else(|| "$request.header.x-api-key".to_owned()),
            ip_address_type: some(new.ip_address_type).unwrap_or_else(|| "ipv4".to_owned()),
            quick_created: false,
            tags: new.tags,
            definition: Definition {
                cors: new.cors_configuration.map_or(Ok(None), Cors::checked)?,
                disable_execute_api_endpoint: new.disable_execute_api_endpoint.unwrap_or_default(),
                ..Definition::default()
            },
            stages: Vec::new(),
            deployments: Vec::new(),
        };
        api.quick_create(new.target, new.route_key, new.credentials_arn, act)?;
        Ok(api)
    }

    /// UpdateApi.
    pub fn update(&mut self, patch: ApiPatch, act: &Act<'_>) -> Result<(), ApiError> {
        check_selection(patch.route_selection_expression.as_deref())?;
        let before = self.definition.clone();
        if let Some(cors) = patch.cors_configuration {
            self.definition.cors = cors.checked()?;
        }
        self.quick_update(patch.target, patch.route_key, patch.credentials_arn)?;
        patch::set(&mut self.definition.disable_execute_api_endpoint, patch.disable_execute_api_endpoint);
        patch::text(&mut self.description, patch.description);
        patch::text(&mut self.version_text, patch.version);
        patch::set(&mut self.name, patch.name);
        patch::set(&mut self.ip_address_type, patch.ip_address_type);
        patch::set(&mut self.api_key_selection_expression, patch.api_key_selection_expression);
        if before != self.definition {
            self.changed(act);
        }
        Ok(())
    }

    /// The wire's API; `endpoint` is where this server (or AWS) serves it.
    pub fn view(&self, endpoint: String) -> ApiView<'_> {
        ApiView {
            api_endpoint: endpoint,
            api_gateway_managed: self.quick_created,
            api_id: &self.api_id,
            api_key_selection_expression: &self.api_key_selection_expression,
            cors_configuration: self.definition.cors.as_ref(),
            created_date: iso8601_seconds(self.created_at.div_euclid(1000)),
            description: self.description.as_deref(),
            disable_execute_api_endpoint: self.definition.disable_execute_api_endpoint,
            ip_address_type: &self.ip_address_type,
            name: &self.name,
            protocol_type: "HTTP",
            route_selection_expression: SELECTION,
            tags: &self.tags,
            version: self.version_text.as_deref(),
        }
    }

    /// The key the store keeps it under.
    pub fn key(&self) -> ApiKey {
        ApiKey { scope: self.scope.clone(), id: self.api_id.clone() }
    }

    /// Its place in creation order.
    pub fn cursor(&self) -> ApiCursor {
        ApiCursor { created_at: self.created_at, id: self.api_id.clone() }
    }
}

fn check_selection(expression: Option<&str>) -> Result<(), ApiError> {
    match expression {
        None | Some("" | SELECTION | "${request.method} ${request.path}") => Ok(()),
        Some(_) => Err(ApiError::BadSelectionExpression),
    }
}
