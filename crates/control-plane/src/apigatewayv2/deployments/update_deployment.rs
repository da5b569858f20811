//! UpdateDeployment: changes the description; `""` clears it.

use crate::apigatewayv2::prelude::*;

pub(in crate::apigatewayv2) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<model::Deployment> {
    let asked: wire::UpdateDeploymentRequest = input.read()?;
    let (id, description) = (&asked.deployment_id, &asked.description);
    let (changed, _) = cx.change(&asked.api_id, |api, _| api.update_deployment(id, description.clone())).await?;
    Ok(changed)
}
