//! Integrations: where an allowed request goes. HTTP_PROXY to public URLs and AWS_PROXY to functions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Act, Api, PART_ID, mapping, patch};
use crate::errors::ApiError;

/// What stands before and after the function's ARN in the long form of an integration URI.
const LAMBDA_PATH: (&str, &str) = (":lambda:path/2015-03-31/functions/", "/invocations");

/// The kinds HTTP APIs have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum IntegrationType {
    /// A function or an AWS service.
    #[serde(rename = "AWS_PROXY")]
    AwsProxy,
    /// An HTTP backend.
    #[serde(rename = "HTTP_PROXY")]
    HttpProxy,
}

/// TLS of private integrations.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TlsConfig {
    /// SNI and name to check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_name_to_verify: Option<String>,
}

/// `responseParameters`: per status, mapping key to value.
type ResponseParameters = BTreeMap<String, BTreeMap<String, String>>;

/// An integration, in API Gateway's JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Integration {
    /// Made by quick create: may be changed, not deleted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub api_gateway_managed: bool,
    /// `INTERNET`.
    pub connection_type: String,
    /// Kept; local functions need no role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials_arn: Option<String>,
    /// Free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Seven characters.
    pub integration_id: String,
    /// `ANY`: the client's own. Functions are always called by POST.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integration_method: Option<String>,
    /// A first-class AWS service action, e.g. `SQS-SendMessage`. Kept; calling one is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integration_subtype: Option<String>,
    /// AWS_PROXY or HTTP_PROXY.
    pub integration_type: IntegrationType,
    /// URL template, or a function's ARN in either form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integration_uri: Option<String>,
    /// `1.0` or `2.0`.
    pub payload_format_version: String,
    /// Parameter mapping.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub request_parameters: BTreeMap<String, String>,
    /// Parameter mapping per status.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub response_parameters: ResponseParameters,
    /// 50..30000.
    pub timeout_in_millis: i32,
}

/// CreateIntegration's input.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NewIntegration {
    /// Only with VPC_LINK, which is refused.
    pub connection_id: Option<String>,
    /// `INTERNET` when absent.
    pub connection_type: Option<String>,
    /// Kept.
    pub credentials_arn: Option<String>,
    /// Free text.
    pub description: Option<String>,
    /// Required for HTTP_PROXY.
    pub integration_method: Option<String>,
    /// A first-class AWS service action.
    pub integration_subtype: Option<String>,
    /// Required.
    pub integration_type: String,
    /// Required, but for subtypes.
    pub integration_uri: Option<String>,
    /// `1.0` when absent.
    pub payload_format_version: Option<String>,
    /// Parameter mapping.
    pub request_parameters: BTreeMap<String, String>,
    /// Parameter mapping per status.
    pub response_parameters: ResponseParameters,
    /// 30000 when absent.
    pub timeout_in_millis: Option<i32>,
    /// Refused: private integrations only.
    pub tls_config: Option<TlsConfig>,
}

/// UpdateIntegration's input: absent changes nothing; maps merge; `""` and `{}` clear.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct IntegrationPatch {
    /// Only with VPC_LINK, which is refused.
    pub connection_id: Option<String>,
    /// `INTERNET` or `VPC_LINK`.
    pub connection_type: Option<String>,
    /// `""` clears.
    pub credentials_arn: Option<String>,
    /// `""` clears.
    pub description: Option<String>,
    /// The new method.
    pub integration_method: Option<String>,
    /// The new subtype.
    pub integration_subtype: Option<String>,
    /// Terraform always repeats it.
    pub integration_type: Option<String>,
    /// The new URI.
    pub integration_uri: Option<String>,
    /// The new version.
    pub payload_format_version: Option<String>,
    /// Merged key by key.
    pub request_parameters: Option<BTreeMap<String, String>>,
    /// Merged status by status; `{}` drops a status.
    pub response_parameters: Option<ResponseParameters>,
    /// The new time-out.
    pub timeout_in_millis: Option<i32>,
    /// Refused: private integrations only.
    pub tls_config: Option<TlsConfig>,
}

impl Api {
    /// One integration.
    pub fn integration(&self, id: &str) -> Result<&Integration, ApiError> {
        let found = self.definition.integrations.iter().find(|integration| integration.integration_id == id);
        found.ok_or_else(|| ApiError::NoIntegration(id.to_owned()))
    }

    /// CreateIntegration.
    pub fn create_integration(&mut self, new: NewIntegration, act: &Act<'_>) -> Result<Integration, ApiError> {
        let integration = self.add_integration(new, false, act)?;
        self.changed(act);
        Ok(integration)
    }

    /// Adds an integration without deploying.
    pub(super) fn add_integration(
        &mut self,
        new: NewIntegration,
        managed: bool,
        act: &Act<'_>,
    ) -> Result<Integration, ApiError> {
        let mut integration = Integration {
            api_gateway_managed: managed,
            connection_type: "INTERNET".to_owned(),
            credentials_arn: None,
            description: None,
            integration_id: act.id(PART_ID),
            integration_method: None,
            integration_subtype: None,
            integration_type: integration_type(&new.integration_type)?,
            integration_uri: None,
            payload_format_version: "1.0".to_owned(),
            request_parameters: BTreeMap::new(),
            response_parameters: BTreeMap::new(),
            timeout_in_millis: 30_000,
        };
        integration.merge(new.into())?;
        integration.check()?;
        self.definition.integrations.push(integration.clone());
        Ok(integration)
    }

    /// UpdateIntegration.
    pub fn update_integration(
        &mut self,
        id: &str,
        patch: IntegrationPatch,
        act: &Act<'_>,
    ) -> Result<Integration, ApiError> {
        let integration = self.patch_integration(id, patch)?;
        self.changed(act);
        Ok(integration)
    }

    fn patch_integration(&mut self, id: &str, patch: IntegrationPatch) -> Result<Integration, ApiError> {
        let mut integration = self.integration(id)?.clone();
        integration.merge(patch)?;
        integration.check()?;
        for stored in self.definition.integrations.iter_mut().filter(|stored| stored.integration_id == id) {
            stored.clone_from(&integration);
        }
        Ok(integration)
    }

    /// Points the managed integration elsewhere without deploying.
    pub(super) fn retarget(
        &mut self,
        id: &str,
        new: Option<NewIntegration>,
        credentials: Option<String>,
    ) -> Result<(), ApiError> {
        let patch = IntegrationPatch { credentials_arn: credentials, ..new.map(Into::into).unwrap_or_default() };
        self.patch_integration(id, patch).map(drop)
    }

    /// DeleteIntegration: refused for the managed one and while a route aims at it.
    pub fn delete_integration(&mut self, id: &str, act: &Act<'_>) -> Result<(), ApiError> {
        if self.integration(id)?.api_gateway_managed {
            return Err(ApiError::Managed("The integration", "deleted"));
        }
        if let Some(route) = self.definition.routes.iter().find(|route| route.integration_id() == Some(id)) {
            let route_key = route.route_key.to_string();
            return Err(ApiError::IntegrationInUse { id: id.to_owned(), route_key });
        }
        self.definition.integrations.retain(|integration| integration.integration_id != id);
        self.changed(act);
        Ok(())
    }
}

impl From<NewIntegration> for IntegrationPatch {
    fn from(new: NewIntegration) -> Self {
        Self {
            connection_id: new.connection_id,
            connection_type: new.connection_type,
            credentials_arn: new.credentials_arn,
            description: new.description,
            integration_method: new.integration_method,
            integration_subtype: new.integration_subtype,
            integration_type: Some(new.integration_type),
            integration_uri: new.integration_uri,
            payload_format_version: new.payload_format_version,
            request_parameters: Some(new.request_parameters),
            response_parameters: Some(new.response_parameters),
            timeout_in_millis: new.timeout_in_millis,
            tls_config: new.tls_config,
        }
    }
}

impl Integration {
    fn merge(&mut self, patch: IntegrationPatch) -> Result<(), ApiError> {
        if patch.connection_type.as_deref() == Some("VPC_LINK") || patch.connection_id.is_some_and(|id| !id.is_empty())
        {
            return Err(ApiError::VpcLinkUnsupported);
        }
        if patch.tls_config.is_some_and(|tls| tls.server_name_to_verify.is_some_and(|name| !name.is_empty())) {
            return Err(ApiError::TlsConfigWithoutLink);
        }
        if let Some(word) = &patch.integration_type {
            self.integration_type = integration_type(word)?;
        }
        patch::text(&mut self.credentials_arn, patch.credentials_arn);
        patch::text(&mut self.description, patch.description);
        patch::text(&mut self.integration_method, patch.integration_method);
        patch::text(&mut self.integration_subtype, patch.integration_subtype);
        patch::text(&mut self.integration_uri, patch.integration_uri);
        patch::set(&mut self.payload_format_version, patch.payload_format_version);
        patch::map(&mut self.request_parameters, patch.request_parameters);
        patch::nested(&mut self.response_parameters, patch.response_parameters);
        patch::set(&mut self.timeout_in_millis, patch.timeout_in_millis);
        Ok(())
    }

    fn check(&self) -> Result<(), ApiError> {
        if !(50..=30_000).contains(&self.timeout_in_millis) {
            return Err(ApiError::BadTimeout);
        }
        match (self.integration_type, &self.integration_subtype) {
            (IntegrationType::HttpProxy, None) => self.check_http(),
            (IntegrationType::HttpProxy, Some(_)) => {
                Err(ApiError::BadIntegrationType("HTTP_PROXY with a subtype".into()))
            }
            (IntegrationType::AwsProxy, None) => self.check_function(),
            (IntegrationType::AwsProxy, Some(_)) => self.check_version(&["1.0"]),
        }
    }

    fn check_http(&self) -> Result<(), ApiError> {
        self.check_version(&["1.0"])?;
        let uri = self.integration_uri.as_deref().unwrap_or_default();
        http_uri(uri).ok_or_else(|| ApiError::BadIntegrationUri(uri.to_owned()))?;
        let method = self.integration_method.as_deref().unwrap_or_default();
        let known = ["ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"].contains(&method);
        if !known {
            return Err(ApiError::BadIntegrationMethod(method.to_owned()));
        }
        mapping::requests(&self.request_parameters)?;
        mapping::responses(&self.response_parameters).map(drop)
    }

    fn check_function(&self) -> Result<(), ApiError> {
        self.check_version(&["1.0", "2.0"])?;
        let uri = self.integration_uri.as_deref().unwrap_or_default();
        if !uri.contains("${stageVariables.") && function_arn(uri).is_none() {
            return Err(ApiError::BadIntegrationUri(uri.to_owned()));
        }
        if let Some(key) = self.request_parameters.keys().next().or_else(|| self.response_parameters.keys().next()) {
            return Err(ApiError::MappingUnsupported(format!("{key} of a function integration")));
        }
        Ok(())
    }

    fn check_version(&self, allowed: &[&str]) -> Result<(), ApiError> {
        if allowed.contains(&self.payload_format_version.as_str()) {
            return Ok(());
        }
        Err(ApiError::BadPayloadVersion(self.payload_format_version.clone()))
    }
}

fn integration_type(word: &str) -> Result<IntegrationType, ApiError> {
    match word {
        "AWS_PROXY" => Ok(IntegrationType::AwsProxy),
        "HTTP_PROXY" => Ok(IntegrationType::HttpProxy),
        other => Err(ApiError::BadIntegrationType(other.to_owned())),
    }
}

/// The function's ARN out of either form of integration URI; none when it is neither.
pub(crate) fn function_arn(uri: &str) -> Option<&str> {
    let arn = match uri.split_once(LAMBDA_PATH.0) {
        Some((_, rest)) => rest.strip_suffix(LAMBDA_PATH.1)?,
        None => uri,
    };
    let mut parts = arn.splitn(7, ':');
    let shape =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let ("arn", _, "lambda", _, _, "function", name) = shape else { return None };
    (!name.is_empty()).then_some(arn)
}

/// Splits an http(s) URL template into scheme, authority and the rest (path and query, `""` or from `/`).
/// Variables may stand in the path only; stage variables anywhere behind the scheme.
pub(crate) fn http_uri(uri: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = uri.split_once("://")?;
    if !matches!(scheme, "http" | "https") || uri.bytes().any(|byte| byte <= b' ' || byte == 0x7f) || uri.contains('#')
    {
        return None;
    }
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let bare = authority.replace("${stageVariables.", "");
    let bad = authority.is_empty() || authority.contains('@') || (bare == authority && authority.contains(['{', '}']));
    (!bad).then_some((scheme, authority, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_named_by_either_form_of_arn() {
        let bare = "arn:aws:lambda:us-east-1:000000000000:function:dashboard";
        let long = format!("arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{bare}/invocations");
        assert_eq!(function_arn(bare), Some(bare));
        assert_eq!(function_arn(&long), Some(bare));
        let aliased = format!("{bare}:live");
        assert_eq!(function_arn(&aliased), Some(aliased.as_str()));
        for bad in [
            "",
            "dashboard",
            "arn:aws:sqs:us-east-1:000000000000:queue",
            "https://a.example",
            "arn:aws:lambda:r:a:function:",
        ] {
            assert_eq!(function_arn(bad), None, "{bad}");
        }
    }

    #[test]
    fn http_targets_are_urls_with_variables_in_the_path_only() {
        assert_eq!(http_uri("http://b:81/base/{proxy}?x=1"), Some(("http", "b:81", "/base/{proxy}?x=1")));
        assert_eq!(http_uri("https://b"), Some(("https", "b", "")));
        for bad in
            ["", "b/x", "ftp://b/", "http:///x", "http://u:p@b/", "http://{host}/x", "http://b/a b", "http://b/#f"]
        {
            assert_eq!(http_uri(bad), None, "{bad}");
        }
    }
}
