//! The whole API on one page: operation and file. Every operation needs a SigV4 signature. Adding one touches its file
//! and one row here.

use aws::rest_json;

use super::cx::Cx;
use super::errors::Refusal;
use crate::rest::Call;
use crate::table::{Answer, Row, Table, missing_of};

type Run = for<'a> fn(Call<'a, Cx>) -> Answer<'a, Refusal>;

/// No content, no body.
const NO_CONTENT: u16 = 204;

macro_rules! operations {
    ($($name:ident = $folder:ident :: $file:ident $(, missing $missing:literal)?;)*) => {
        /// All of them.
        pub(super) static TABLE: Table<Run> = Table { service: &aws::apigatewayv2::SERVICE, rows: &[$(Row {
            operation: stringify!($name),
            by: (),
            missing: missing_of!($($missing)?),
            run: |call| Box::pin(async move {
                let output = super::$folder::$file::run(call.cx, call.permit, call.input).await?;
                let body = (call.operation.status != NO_CONTENT).then_some(&output);
                Ok(rest_json::answer(call.operation, body, &call.cx.request.request_id))
            }),
        },)*] };
    };
}

operations! {
    CreateApi = apis::create_api,
        missing "refused: WEBSOCKET APIs; kept without effect: ipAddressType, credentialsArn of quick create";
    GetApi = apis::get_api;
    GetApis = apis::get_apis;
    UpdateApi = apis::update_api,
        missing "kept without effect: ipAddressType, credentialsArn of quick create";
    DeleteApi = apis::delete_api;
    DeleteCorsConfiguration = apis::delete_cors_configuration;

    CreateRoute = routes::create_route,
        missing "kept, but nobody is let in: authorizationType AWS_IAM and CUSTOM";
    GetRoute = routes::get_route;
    GetRoutes = routes::get_routes;
    UpdateRoute = routes::update_route,
        missing "kept, but nobody is let in: authorizationType AWS_IAM and CUSTOM";
    DeleteRoute = routes::delete_route;

    CreateIntegration = integrations::create_integration,
        missing "refused: VPC_LINK, tlsConfig, mappings from bodies and of functions; kept, but answered with an error: integrationSubtype; no role is assumed: credentialsArn permits the call of a function without its policy";
    GetIntegration = integrations::get_integration;
    GetIntegrations = integrations::get_integrations;
    UpdateIntegration = integrations::update_integration,
        missing "as CreateIntegration";
    DeleteIntegration = integrations::delete_integration;

    CreateAuthorizer = authorizers::create_authorizer,
        missing "kept, but its routes let nobody in: REQUEST (Lambda) authorizers";
    GetAuthorizer = authorizers::get_authorizer;
    GetAuthorizers = authorizers::get_authorizers;
    UpdateAuthorizer = authorizers::update_authorizer,
        missing "kept, but its routes let nobody in: REQUEST (Lambda) authorizers";
    DeleteAuthorizer = authorizers::delete_authorizer;

    CreateStage = stages::create_stage,
        missing "kept without effect: accessLogSettings, defaultRouteSettings, routeSettings (no throttling, no detailed metrics)";
    GetStage = stages::get_stage;
    GetStages = stages::get_stages;
    UpdateStage = stages::update_stage,
        missing "kept without effect: accessLogSettings, defaultRouteSettings, routeSettings (no throttling, no detailed metrics)";
    DeleteStage = stages::delete_stage;
    DeleteRouteSettings = stages::delete_route_settings,
        missing "the settings it removes have no effect";
    DeleteAccessLogSettings = stages::delete_access_log_settings,
        missing "the settings it removes have no effect";

    CreateDeployment = deployments::create_deployment;
    GetDeployment = deployments::get_deployment;
    GetDeployments = deployments::get_deployments;
    UpdateDeployment = deployments::update_deployment;
    DeleteDeployment = deployments::delete_deployment;

    GetTags = tags::get_tags;
    TagResource = tags::tag_resource;
    UntagResource = tags::untag_resource;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_an_operation_of_the_model_with_shapes_and_stands_once() {
        TABLE.hold_against_the_model();
    }
}
