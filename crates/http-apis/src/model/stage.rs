//! Stages: which deployment is served under which name, with which variables and limits.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Act, Api, patch, time};
use crate::errors::ApiError;

/// Limits and metrics of a route, or the default of a stage.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RouteSettings {
    /// Metrics per route.
    pub detailed_metrics_enabled: bool,
    /// Size of the token bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub throttling_burst_limit: Option<i32>,
    /// Tokens per second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub throttling_rate_limit: Option<f64>,
}

/// A change of [`RouteSettings`]: absent members stay.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RouteSettingsPatch {
    /// Metrics per route.
    pub detailed_metrics_enabled: Option<bool>,
    /// Size of the token bucket.
    pub throttling_burst_limit: Option<i32>,
    /// Tokens per second.
    pub throttling_rate_limit: Option<f64>,
}

/// Where access log lines go.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AccessLogSettings {
    /// A log group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination_arn: Option<String>,
    /// One line with `$context` variables.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
}

/// A stage, in API Gateway's JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stage {
    /// Absent when never set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_log_settings: Option<AccessLogSettings>,
    /// Made by quick create.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub api_gateway_managed: bool,
    /// Every change of the definition is served at once.
    #[serde(default)]
    pub auto_deploy: bool,
    /// Epoch seconds; ISO-8601 on the wire.
    #[serde(with = "time")]
    pub created_date: i64,
    /// Limits of routes that have none of their own.
    #[serde(default)]
    pub default_route_settings: RouteSettings,
    /// What is served; nothing when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment_id: Option<String>,
    /// Free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How the last automatic deployment went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_deployment_status_message: Option<String>,
    /// Epoch seconds; ISO-8601 on the wire.
    #[serde(with = "time")]
    pub last_updated_date: i64,
    /// By route key.
    #[serde(default)]
    pub route_settings: BTreeMap<String, RouteSettings>,
    /// `$default` or a name.
    pub stage_name: String,
    /// For URIs, mappings and functions.
    #[serde(default)]
    pub stage_variables: BTreeMap<String, String>,
    /// Tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

/// CreateStage's input.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NewStage {
    /// Where access log lines go.
    pub access_log_settings: Option<AccessLogSettings>,
    /// Excludes `deployment_id`.
    pub auto_deploy: Option<bool>,
    /// Limits of routes that have none of their own.
    pub default_route_settings: Option<RouteSettingsPatch>,
    /// What to serve.
    pub deployment_id: Option<String>,
    /// Free text.
    pub description: Option<String>,
    /// By route key; each key must be a route's.
    pub route_settings: BTreeMap<String, RouteSettingsPatch>,
    /// Required.
    pub stage_name: String,
    /// Names of letters, digits and `_`.
    pub stage_variables: BTreeMap<String, String>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

/// UpdateStage's input: absent changes nothing, `""` and `{}` clear.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StagePatch {
    /// `{}` removes.
    pub access_log_settings: Option<AccessLogSettings>,
    /// Turning it on deploys at once.
    pub auto_deploy: Option<bool>,
    /// Members given replace theirs.
    pub default_route_settings: Option<RouteSettingsPatch>,
    /// Only without autoDeploy.
    pub deployment_id: Option<String>,
    /// `""` clears.
    pub description: Option<String>,
    /// Merged key by key, member by member.
    pub route_settings: Option<BTreeMap<String, RouteSettingsPatch>>,
    /// Merged; `""` removes a variable.
    pub stage_variables: Option<BTreeMap<String, String>>,
}

impl RouteSettings {
    fn merge(&mut self, patch: &RouteSettingsPatch) {
        patch::set(&mut self.detailed_metrics_enabled, patch.detailed_metrics_enabled);
        self.throttling_burst_limit = patch.throttling_burst_limit.or(self.throttling_burst_limit);
        self.throttling_rate_limit = patch.throttling_rate_limit.or(self.throttling_rate_limit);
    }
}

impl Stage {
    /// A stage with AWS's defaults.
    pub(super) fn named(name: &str, act: &Act<'_>) -> Self {
        Self {
            access_log_settings: None,
            api_gateway_managed: false,
            auto_deploy: false,
            created_date: act.seconds(),
            default_route_settings: RouteSettings::default(),
            deployment_id: None,
            description: None,
            last_deployment_status_message: None,
            last_updated_date: act.seconds(),
            route_settings: BTreeMap::new(),
            stage_name: name.to_owned(),
            stage_variables: BTreeMap::new(),
            tags: BTreeMap::new(),
        }
    }

    fn merge(&mut self, patch: StagePatch) {
        if let Some(settings) = patch.access_log_settings {
            self.access_log_settings = Some(settings).filter(|settings| *settings != AccessLogSettings::default());
        }
        patch::set(&mut self.auto_deploy, patch.auto_deploy);
        if let Some(settings) = &patch.default_route_settings {
            self.default_route_settings.merge(settings);
        }
        patch::text(&mut self.deployment_id, patch.deployment_id);
        patch::text(&mut self.description, patch.description);
        for (key, settings) in patch.route_settings.iter().flatten() {
            self.route_settings.entry(key.clone()).or_default().merge(settings);
        }
        patch::map(&mut self.stage_variables, patch.stage_variables);
    }
}

impl Api {
    /// One stage.
    pub fn stage(&self, name: &str) -> Result<&Stage, ApiError> {
        self.stages.iter().find(|stage| stage.stage_name == name).ok_or(ApiError::NoStage)
    }

    /// CreateStage. With autoDeploy the definition is served at once.
    pub fn create_stage(&mut self, new: NewStage, act: &Act<'_>) -> Result<Stage, ApiError> {
        if !is_stage_name(&new.stage_name) {
            return Err(ApiError::BadStageName(new.stage_name));
        }
        if self.stage(&new.stage_name).is_ok() {
            return Err(ApiError::StageTaken(new.stage_name));
        }
        let mut stage = Stage::named(&new.stage_name, act);
        stage.tags = new.tags;
        let patch = StagePatch {
            access_log_settings: new.access_log_settings,
            auto_deploy: new.auto_deploy,
            default_route_settings: new.default_route_settings,
            deployment_id: new.deployment_id,
            description: new.description,
            route_settings: Some(new.route_settings),
            stage_variables: Some(new.stage_variables),
        };
        self.check_stage(stage.auto_deploy, &patch)?;
        stage.merge(patch);
        let deploy = stage.auto_deploy;
        self.stages.push(stage);
        if deploy {
            self.changed(act);
        }
        self.stage(&new.stage_name).cloned()
    }

    /// UpdateStage.
    pub fn update_stage(&mut self, name: &str, patch: StagePatch, act: &Act<'_>) -> Result<Stage, ApiError> {
        let before = self.stage(name)?;
        if before.api_gateway_managed {
            return Err(ApiError::Managed("The $default stage", "changed"));
        }
        let was_auto = before.auto_deploy;
        self.check_stage(was_auto, &patch)?;
        let turned_on = !was_auto && patch.auto_deploy == Some(true);
        if let Some(stage) = self.stages.iter_mut().find(|stage| stage.stage_name == name) {
            stage.merge(patch);
            stage.last_updated_date = act.seconds();
        }
        if turned_on {
            self.changed(act);
        }
        self.stage(name).cloned()
    }

    /// DeleteStage.
    pub fn delete_stage(&mut self, name: &str) -> Result<(), ApiError> {
        if self.stage(name)?.api_gateway_managed {
            return Err(ApiError::Managed("The $default stage", "deleted"));
        }
        self.stages.retain(|stage| stage.stage_name != name);
        Ok(())
    }

    /// DeleteRouteSettings: the route falls back to the stage's default.
    pub fn delete_route_settings(&mut self, name: &str, route_key: &str, act: &Act<'_>) -> Result<(), ApiError> {
        let stage = self.stages.iter_mut().find(|stage| stage.stage_name == name).ok_or(ApiError::NoStage)?;
        if stage.route_settings.remove(route_key).is_none() {
            return Err(ApiError::NoRouteForSettings(route_key.to_owned()));
        }
        stage.last_updated_date = act.seconds();
        Ok(())
    }

    /// DeleteAccessLogSettings.
    pub fn delete_access_log_settings(&mut self, name: &str, act: &Act<'_>) -> Result<(), ApiError> {
        let stage = self.stages.iter_mut().find(|stage| stage.stage_name == name).ok_or(ApiError::NoStage)?;
        stage.access_log_settings = None;
        stage.last_updated_date = act.seconds();
        Ok(())
    }

    fn check_stage(&self, was_auto: bool, patch: &StagePatch) -> Result<(), ApiError> {
        if let Some(id) = patch.deployment_id.as_deref().filter(|id| !id.is_empty()) {
            if patch.auto_deploy.unwrap_or(was_auto) {
                return Err(ApiError::DeploymentWithAutoDeploy);
            }
            self.deployment(id)?;
        }
        let known = |key: &String| self.definition.routes.iter().any(|route| route.route_key.to_string() == *key);
        if let Some(key) = patch.route_settings.iter().flat_map(BTreeMap::keys).find(|key| !known(key)) {
            return Err(ApiError::NoRouteForSettings(key.clone()));
        }
        match patch.stage_variables.iter().flatten().find(|(name, value)| !is_variable(name, value)) {
            Some((name, _)) => Err(ApiError::BadStageVariable(name.clone())),
            None => Ok(()),
        }
    }
}

fn is_stage_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    name == "$default" || (!name.is_empty() && name.bytes().all(plain))
}

/// An empty value is fine: it removes the variable.
fn is_variable(name: &str, value: &str) -> bool {
    let in_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let in_value = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#&=,".contains(&byte);
    !name.is_empty() && name.bytes().all(in_name) && value.bytes().all(in_value)
}
