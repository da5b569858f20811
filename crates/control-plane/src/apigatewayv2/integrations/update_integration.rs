//! UpdateIntegration: changes what is given; maps merge key by key, `""` and `{}` clear.

use crate::apigatewayv2::prelude::*;

pub(in crate::apigatewayv2) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<model::Integration> {
    let (api_id, id) = (path(&input, "apiId").to_owned(), path(&input, "integrationId").to_owned());
    let patch: model::IntegrationPatch = input.read()?;
    let (changed, _) = cx.change(&api_id, |api, act| api.update_integration(&id, patch.clone(), act)).await?;
    Ok(changed)
}
