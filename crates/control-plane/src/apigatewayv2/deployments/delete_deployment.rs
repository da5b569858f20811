//! DeleteDeployment: removes a deployment that no stage points at.

use crate::apigatewayv2::prelude::*;

pub(in crate::apigatewayv2) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<Empty> {
    let asked: wire::DeleteDeploymentRequest = input.read()?;
    cx.change(&asked.api_id, |api, _| api.delete_deployment(&asked.deployment_id)).await?;
    Ok(Empty {})
}
