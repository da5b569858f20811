//! DeleteCorsConfiguration: removes CORS wholly.

use crate::apigatewayv2::prelude::*;

pub(in crate::apigatewayv2) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<Empty> {
    let asked: wire::DeleteCorsConfigurationRequest = input.read()?;
    cx.change(&asked.api_id, model::Api::delete_cors).await?;
    Ok(Empty {})
}
