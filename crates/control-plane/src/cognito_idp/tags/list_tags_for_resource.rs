//! ListTagsForResource: the tags of a pool, named by ARN.
use super::super::prelude::*;
use wire::{ListTagsForResourceRequest as Input, ListTagsForResourceResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    Ok(Output { tags: Some(cx.pools.tags(by.scope(), &input.resource_arn).await?) })
}
