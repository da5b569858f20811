//! DeleteRoute: removes a route.

use crate::apigatewayv2::prelude::*;

pub(in crate::apigatewayv2) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<Empty> {
    let asked: wire::DeleteRouteRequest = input.read()?;
    cx.change(&asked.api_id, |api, act| api.delete_route(&asked.route_id, act)).await?;
    Ok(Empty {})
}
