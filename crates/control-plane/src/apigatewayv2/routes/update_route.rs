//! UpdateRoute: changes what is given; `""` and `[]` clear.

use crate::apigatewayv2::prelude::*;

pub(in crate::apigatewayv2) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<model::Route> {
    let (api_id, id) = (path(&input, "apiId").to_owned(), path(&input, "routeId").to_owned());
    let patch: model::RoutePatch = input.read()?;
    let (changed, _) = cx.change(&api_id, |api, act| api.update_route(&id, patch.clone(), act)).await?;
    Ok(changed)
}
