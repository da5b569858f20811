//! GetTags: the tags of an API or a stage, named by ARN.

use super::arn::named;
use crate::apigatewayv2::prelude::*;

pub(in crate::apigatewayv2) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<wire::GetTagsResponse> {
    let asked: wire::GetTagsRequest = input.read()?;
    let arn = named(cx, &asked.resource_arn)?;
    let api = cx.api(&arn.api_id).await?;
    Ok(wire::GetTagsResponse { tags: Some(api.tags_of(&arn.target)?.clone()) })
}
