//! GetIntegration: one integration of an API.

use crate::apigatewayv2::prelude::*;

pub(in crate::apigatewayv2) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<model::Integration> {
    let asked: wire::GetIntegrationRequest = input.read()?;
    Ok(cx.api(&asked.api_id).await?.integration(&asked.integration_id)?.clone())
}
