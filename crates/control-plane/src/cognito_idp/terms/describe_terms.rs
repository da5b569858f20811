//! DescribeTerms.
use super::super::prelude::*;
use super::shown;
use wire::{DescribeTermsRequest as Input, DescribeTermsResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let terms = cx.pools.terms(pool.id, input.terms_id).await?;
    Ok(Output { terms: Some(shown::terms(terms)) })
}
