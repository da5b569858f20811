//! GetRoutes: the routes of an API, in creation order.

use crate::apigatewayv2::prelude::*;

pub(in crate::apigatewayv2) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<Page<model::Route>> {
    let asked = Asked::of(&input)?;
    let api = cx.api(path(&input, "apiId")).await?;
    let (items, next_token) = asked.cut(&api.definition.routes, |route| &route.route_id)?;
    Ok(Page { items: items.to_vec(), next_token })
}
