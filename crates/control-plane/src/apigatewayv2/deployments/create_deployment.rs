//! CreateDeployment: a snapshot of the API as it stands; moves the named stage to it.

use crate::apigatewayv2::prelude::*;

pub(in crate::apigatewayv2) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<model::Deployment> {
    let new: wire::CreateDeploymentRequest = input.read()?;
    let stage = new.stage_name.as_deref();
    let made = cx.change(&new.api_id, |api, act| api.create_deployment(new.description.clone(), stage, act)).await?;
    Ok(made.0)
}
