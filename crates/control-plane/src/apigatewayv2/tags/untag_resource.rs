//! UntagResource: removes tags of an API or a stage; keys that are not there are no mistake.

use super::arn::named;
use crate::apigatewayv2::prelude::*;

pub(in crate::apigatewayv2) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<Empty> {
    let asked: wire::UntagResourceRequest = input.read()?;
    let arn = named(cx, &asked.resource_arn)?;
    cx.change(&arn.api_id, |api, act| api.untag(&arn.target, &asked.tag_keys, act)).await?;
    Ok(Empty {})
}
