//! UntagResource: removes tags of a pool; keys that are not there are no mistake.
use super::super::prelude::*;
use wire::{UntagResourceRequest as Input, UntagResourceResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    cx.pools.untag(cx.request.now, by.scope(), &input.resource_arn, &input.tag_keys).await?;
    Ok(Output {})
}
