//! CreateIntegration: adds an integration.

use crate::apigatewayv2::prelude::*;

pub(in crate::apigatewayv2) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<model::Integration> {
    let api_id = path(&input, "apiId").to_owned();
    let new: model::NewIntegration = input.read()?;
    let (made, _) = cx.change(&api_id, |api, act| api.create_integration(new.clone(), act)).await?;
    Ok(made)
}
