//! GetStage: one stage of an API.

use crate::apigatewayv2::prelude::*;

pub(in crate::apigatewayv2) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<model::Stage> {
    let asked: wire::GetStageRequest = input.read()?;
    Ok(cx.api(&asked.api_id).await?.stage(&asked.stage_name)?.clone())
}
