//! UpdateApi: changes what is given; `""` clears a text, `corsConfiguration: {}` removes CORS.

use super::shown::Shown;
use crate::apigatewayv2::prelude::*;

pub(in crate::apigatewayv2) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<Shown> {
    let api_id = path(&input, "apiId").to_owned();
    let patch: model::ApiPatch = input.read()?;
    let ((), api) = cx.change(&api_id, |api, act| api.update(patch.clone(), act)).await?;
    Shown::of(cx, &api)
}
