//! TagResource: adds and overwrites tags of a function.

use crate::lambda::prelude::*;

pub(in crate::lambda) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<NoContent> {
    let asked: wire::TagResourceRequest = input.read()?;
    let named = cx.named(&asked.resource, None)?;
    cx.functions().tag(cx.request.now, &named, &asked.tags).await?;
    Ok(NoContent)
}
