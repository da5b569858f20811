//! GetDeployment: one deployment of an API, without its snapshot.

use crate::apigatewayv2::prelude::*;

pub(in crate::apigatewayv2) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<model::Deployment> {
    let asked: wire::GetDeploymentRequest = input.read()?;
    Ok(cx.api(&asked.api_id).await?.deployment(&asked.deployment_id)?.view())
}
