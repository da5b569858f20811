//! GetRoute: one route of an API.

use crate::apigatewayv2::prelude::*;

pub(in crate::apigatewayv2) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<model::Route> {
    let asked: wire::GetRouteRequest = input.read()?;
    Ok(cx.api(&asked.api_id).await?.route(&asked.route_id)?.clone())
}
