//! GetDeployments: the deployments of an API, in creation order.

use crate::apigatewayv2::prelude::*;

pub(in crate::apigatewayv2) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<Page<model::Deployment>> {
    let asked = Asked::of(&input)?;
    let api = cx.api(path(&input, "apiId")).await?;
    let (items, next_token) = asked.cut(&api.deployments, |deployment| &deployment.deployment_id)?;
    Ok(Page { items: items.iter().map(model::Deployment::view).collect(), next_token })
}
