//! UntagResource: takes tags of a function away.

use crate::lambda::prelude::*;

pub(in crate::lambda) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<NoContent> {
    let asked: wire::UntagResourceRequest = input.read()?;
    let named = cx.named(&asked.resource, None)?;
    cx.functions().untag(cx.request.now, &named, &asked.tag_keys).await?;
    Ok(NoContent)
}
