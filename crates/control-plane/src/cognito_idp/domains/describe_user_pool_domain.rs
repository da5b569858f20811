//! DescribeUserPoolDomain: an unknown domain is an empty description, not an error (spec B 3; Terraform waits for it).
use super::super::prelude::*;
use super::shown;
use wire::{DescribeUserPoolDomainRequest as Input, DescribeUserPoolDomainResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let domain = cx.pools.domain(by.scope(), input.domain).await?;
    let description = domain.as_ref().map(shown::description).transpose()?;
    Ok(Output { domain_description: Some(description.unwrap_or_default()) })
}
