//! CreateStage: adds a stage; with autoDeploy it serves the API as it stands at once.

use crate::apigatewayv2::prelude::*;

pub(in crate::apigatewayv2) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<model::Stage> {
    let api_id = path(&input, "apiId").to_owned();
    let new: model::NewStage = input.read()?;
    let (made, _) = cx.change(&api_id, |api, act| api.create_stage(new.clone(), act)).await?;
    Ok(made)
}
