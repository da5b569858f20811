//! ListTags: the tags of a function.

use crate::lambda::prelude::*;

pub(in crate::lambda) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<Json<wire::ListTagsResponse>> {
    let asked: wire::ListTagsRequest = input.read()?;
    let named = cx.named(&asked.resource, None)?;
    let function = cx.functions().get(&named).await?;
    Ok(Json(wire::ListTagsResponse { tags: Some(function.tags) }))
}
