//! Quick create: an API made whole from one target.

use super::{Act, Api, NewIntegration, NewRoute, RouteKey, Stage};
use crate::errors::ApiError;

impl Api {
    /// One integration, one route and a `$default` stage with autoDeploy, all managed. Nothing without a target.
    pub(super) fn quick_create(
        &mut self,
        target: Option<String>,
        route_key: Option<String>,
        credentials: Option<String>,
        act: &Act<'_>,
    ) -> Result<(), ApiError> {
        let Some(target) = target else {
            let extra = route_key.is_some() || credentials.is_some();
            return if extra { Err(ApiError::TargetRequired) } else { Ok(()) };
        };
        let integration = self.add_integration(aimed_at(target, credentials), true, act)?;
        let route = NewRoute {
            route_key: route_key.unwrap_or_else(|| "$default".to_owned()),
            target: Some(format!("integrations/{}", integration.integration_id)),
            ..NewRoute::default()
        };
        self.add_route(route, true, act)?;
        let mut stage = Stage::named("$default", act);
        stage.api_gateway_managed = true;
        stage.auto_deploy = true;
        self.stages.push(stage);
        self.quick_created = true;
        self.changed(act);
        Ok(())
    }

    /// UpdateApi's quick-create members: they reach the managed pieces.
    pub(super) fn quick_update(
        &mut self,
        target: Option<String>,
        route_key: Option<String>,
        credentials: Option<String>,
    ) -> Result<(), ApiError> {
        if target.is_none() && route_key.is_none() && credentials.is_none() {
            return Ok(());
        }
        if !self.quick_created {
            return Err(ApiError::NotQuickCreated);
        }
        let managed = self.definition.integrations.iter().find(|integration| integration.api_gateway_managed);
        if let Some(id) = managed.map(|integration| integration.integration_id.clone()) {
            self.retarget(&id, target.map(|target| aimed_at(target, None)), credentials)?;
        }
        let Some(key) = route_key else { return Ok(()) };
        let key = RouteKey::parse(&key)?;
        let form = key.form();
        if self.definition.routes.iter().any(|route| !route.api_gateway_managed && route.route_key.form() == form) {
            return Err(ApiError::RouteTaken(key.to_string()));
        }
        for route in self.definition.routes.iter_mut().filter(|route| route.api_gateway_managed) {
            route.route_key = key.clone();
        }
        Ok(())
    }
}

/// A URL becomes an HTTP proxy, everything else must be a function.
fn aimed_at(target: String, credentials: Option<String>) -> NewIntegration {
    let http = target.starts_with("http://") || target.starts_with("https://");
    let (kind, version) = if http { ("HTTP_PROXY", "1.0") } else { ("AWS_PROXY", "2.0") };
    NewIntegration {
        credentials_arn: credentials,
        integration_method: http.then(|| "ANY".to_owned()),
        integration_type: kind.to_owned(),
        integration_uri: Some(target),
        payload_format_version: Some(version.to_owned()),
        ..NewIntegration::default()
    }
}
