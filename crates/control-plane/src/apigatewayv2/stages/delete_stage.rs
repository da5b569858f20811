//! DeleteStage: removes a stage; its deployments stay.

use crate::apigatewayv2::prelude::*;

pub(in crate::apigatewayv2) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<Empty> {
    let asked: wire::DeleteStageRequest = input.read()?;
    cx.change(&asked.api_id, |api, _| api.delete_stage(&asked.stage_name)).await?;
    Ok(Empty {})
}
