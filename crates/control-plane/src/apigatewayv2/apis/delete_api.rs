//! DeleteApi: removes an API with everything that hangs on it.

use crate::apigatewayv2::prelude::*;

pub(in crate::apigatewayv2) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<Empty> {
    let asked: wire::DeleteApiRequest = input.read()?;
    let gone = cx.ports.store.delete_api(cx.key(&asked.api_id), cx.request.now).await;
    gone.map_err(|error| cx.about(&asked.api_id, error))?;
    cx.make_live().await;
    Ok(Empty {})
}
