//! TagResource: adds and overwrites tags of an API or a stage.

use super::arn::named;
use crate::apigatewayv2::prelude::*;

pub(in crate::apigatewayv2) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<Empty> {
    let asked: wire::TagResourceRequest = input.read()?;
    let arn = named(cx, &asked.resource_arn)?;
    let tags = asked.tags.unwrap_or_default();
    cx.change(&arn.api_id, |api, act| api.tag(&arn.target, tags.clone(), act)).await?;
    Ok(Empty {})
}
