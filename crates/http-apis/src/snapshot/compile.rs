//! From the aggregate to what is served: each stage's deployment under that stage's variables.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use http::HeaderName;

use super::{
    Authorization, FunctionTarget, HttpTarget, IdentitySource, JwtRule, Payload, Router, ServedApi, ServedCors,
    ServedIntegration, ServedRoute, ServedStage,
};
use crate::{
    authorizer::{Issuers, usual_challenges},
    model::{
        Api, AuthorizationType, Authorizer, Definition, Integration, IntegrationType, Route, RouteKey, Segment, Stage,
        function_arn,
    },
};

impl ServedApi {
    /// Compiles an API. Stages without a deployment serve nothing and are left out.
    pub(crate) fn new(api: &Api, issuers: &Issuers) -> Self {
        let served = api.stages.iter().filter_map(|stage| {
            let deployment = api.deployment(stage.deployment_id.as_deref()?).ok()?;
            let definition = deployment.snapshot.as_ref()?;
            Some(Arc::new(compile_stage(api, stage, definition, issuers)))
        });
        Self { stages: served.collect(), id: api.api_id.as_str().into(), scope: api.scope.clone() }
    }
}

fn compile_stage(api: &Api, stage: &Stage, definition: &Definition, issuers: &Issuers) -> ServedStage {
    let routes = definition.routes.iter().map(|route| compile_route(route, definition, stage, issuers));
    ServedStage {
        scope: api.scope.clone(),
        api_id: api.api_id.as_str().into(),
        aws_host: format!("{}.execute-api.{}.amazonaws.com", api.api_id, api.scope.region).into(),
        name: stage.stage_name.as_str().into(),
        variables: stage.stage_variables.clone(),
        disabled_endpoint: definition.disable_execute_api_endpoint,
        cors: definition.cors.as_ref().map(ServedCors::new),
        router: Router::new(definition.routes.iter().map(|route| &route.route_key)),
        routes: routes.collect(),
    }
}

fn compile_route(route: &Route, definition: &Definition, stage: &Stage, issuers: &Issuers) -> ServedRoute {
    let (resource, segments) = match &route.route_key {
        RouteKey::Default => ("$default", [].as_slice()),
        RouteKey::Path { path, .. } => (path.text.as_str(), path.segments.as_slice()),
    };
    ServedRoute {
        key: route.route_key.to_string().into(),
        resource: resource.into(),
        variables: segments.iter().filter_map(Segment::name).map(Into::into).collect(),
        authorization: compile_authorization(route, definition, issuers),
        integration: compile_integration(route, segments, definition, &stage.stage_variables),
    }
}

/// Whatever cannot be checked is closed: an authorizer that is missing or of the wrong kind lets nobody in.
fn compile_authorization(route: &Route, definition: &Definition, issuers: &Issuers) -> Authorization {
    match route.authorization_type {
        AuthorizationType::None => Authorization::Open,
        AuthorizationType::AwsIam => Authorization::Closed("AWS_IAM authorization is not supported by this server yet"),
        AuthorizationType::Custom => Authorization::Closed("Lambda authorizers are not supported by this server yet"),
        AuthorizationType::Jwt => {
            let named = route.authorizer_id.as_deref();
            let found = definition.authorizers.iter().find(|known| Some(known.authorizer_id.as_str()) == named);
            let rule = found.and_then(|authorizer| jwt_rule(authorizer, route, issuers));
            rule.map_or(
                Authorization::Closed("the route's JWT authorizer is missing or incomplete"),
                Authorization::Jwt,
            )
        }
    }
}

fn jwt_rule(authorizer: &Authorizer, route: &Route, issuers: &Issuers) -> Option<JwtRule> {
    let jwt = authorizer.jwt_configuration.as_ref()?;
    let [source] = authorizer.identity_source.as_slice() else { return None };
    let source = match source.strip_prefix("$request.header.") {
        Some(name) => IdentitySource::Header(HeaderName::from_bytes(name.as_bytes()).ok()?),
        None => IdentitySource::Query(source.strip_prefix("$request.querystring.")?.into()),
    };
    let quoted = |byte: char| if matches!(byte, ' '..='~') && !matches!(byte, '"' | '\\') { byte } else { '?' };
    let scope_text: Box<str> = route.authorization_scopes.join(" ").chars().map(quoted).collect();
    Some(JwtRule {
        source,
        issuer: issuers.issuer(jwt.issuer.as_deref()?),
        audiences: jwt.audience.iter().map(|audience| audience.as_str().into()).collect(),
        scopes: route.authorization_scopes.iter().map(|scope| scope.as_str().into()).collect(),
        challenges: usual_challenges(&scope_text),
        scope_text,
    })
}

fn compile_integration(
    route: &Route,
    segments: &[Segment],
    definition: &Definition,
    variables: &BTreeMap<String, String>,
) -> ServedIntegration {
    let Some(id) = route.integration_id() else { return ServedIntegration::Missing };
    let Some(integration) = definition.integrations.iter().find(|known| known.integration_id == id) else {
        return ServedIntegration::Broken(format!("integration {id} does not exist"));
    };
    let uri = integration.integration_uri.as_deref().unwrap_or_default();
    let uri = match with_stage_variables(uri, variables) {
        Ok(uri) => uri,
        Err(name) => return ServedIntegration::Broken(format!("stage variable {name} is not set")),
    };
    let timeout = Duration::from_millis(u64::try_from(integration.timeout_in_millis).unwrap_or(30_000));
    match integration.integration_type {
        IntegrationType::HttpProxy => compile_http(integration, &uri, segments, route, timeout),
        IntegrationType::AwsProxy => compile_function(integration, &uri, timeout),
    }
}

fn compile_http(
    integration: &Integration,
    uri: &str,
    segments: &[Segment],
    route: &Route,
    timeout: Duration,
) -> ServedIntegration {
    let whole_path = route.route_key == RouteKey::Default;
    match HttpTarget::new(integration, uri, segments, whole_path, timeout) {
        Ok(target) => ServedIntegration::Http(Box::new(target)),
        Err(why) => ServedIntegration::Broken(why),
    }
}

fn compile_function(integration: &Integration, uri: &str, timeout: Duration) -> ServedIntegration {
    if let Some(action) = &integration.integration_subtype {
        return ServedIntegration::Broken(format!(
            "the service integration {action} is not supported by this server yet"
        ));
    }
    let Some(arn) = function_arn(uri) else {
        return ServedIntegration::Broken(format!("{uri} does not name a function"));
    };
    let payload = if integration.payload_format_version == "2.0" { Payload::V2 } else { Payload::V1 };
    let by_role = integration.credentials_arn.is_some();
    ServedIntegration::Function(FunctionTarget { arn: arn.into(), payload, by_role, timeout })
}

/// Replaces `${stageVariables.name}`; the name of the first one that is not set otherwise.
fn with_stage_variables(template: &str, variables: &BTreeMap<String, String>) -> Result<String, String> {
    const OPEN: &str = "${stageVariables.";
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once(OPEN) {
        let (name, after) = after.split_once('}').ok_or_else(|| after.to_owned())?;
        out.push_str(before);
        out.push_str(variables.get(name).ok_or_else(|| name.to_owned())?);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stage_variables_stand_in_uris_and_a_missing_one_is_named() {
        let variables = BTreeMap::from([("host".to_owned(), "b.example".to_owned())]);
        let uri = with_stage_variables("https://${stageVariables.host}/x/{proxy}", &variables);
        assert_eq!(uri.as_deref(), Ok("https://b.example/x/{proxy}"));
        assert_eq!(with_stage_variables("https://${stageVariables.none}/", &variables), Err("none".to_owned()));
    }
}
