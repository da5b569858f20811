//! DeleteRouteSettings: a route falls back to the stage's default settings.

use crate::apigatewayv2::prelude::*;

pub(in crate::apigatewayv2) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<Empty> {
    let asked: wire::DeleteRouteSettingsRequest = input.read()?;
    let (stage, route_key) = (&asked.stage_name, &asked.route_key);
    cx.change(&asked.api_id, |api, act| api.delete_route_settings(stage, route_key, act)).await?;
    Ok(Empty {})
}
