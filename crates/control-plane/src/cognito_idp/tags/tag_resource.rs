//! TagResource: adds and overwrites tags of a pool.
use super::super::prelude::*;
use wire::{TagResourceRequest as Input, TagResourceResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    cx.pools.tag(cx.request.now, by.scope(), &input.resource_arn, input.tags).await?;
    Ok(Output {})
}
