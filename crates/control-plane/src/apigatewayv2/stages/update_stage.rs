//! UpdateStage: changes what is given; maps merge, `""` and `accessLogSettings: {}` clear.

use crate::apigatewayv2::prelude::*;

pub(in crate::apigatewayv2) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<model::Stage> {
    let (api_id, name) = (path(&input, "apiId").to_owned(), path(&input, "stageName").to_owned());
    let patch: model::StagePatch = input.read()?;
    let (changed, _) = cx.change(&api_id, |api, act| api.update_stage(&name, patch.clone(), act)).await?;
    Ok(changed)
}
