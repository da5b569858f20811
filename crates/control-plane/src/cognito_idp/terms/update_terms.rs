//! UpdateTerms: what is left out stays. TermsSource and Enforcement have one value each.
use super::super::prelude::*;
use super::shown;
use user_pools::terms::TermsChange;
use wire::{UpdateTermsRequest as Input, UpdateTermsResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let change = TermsChange { name: input.terms_name, links: input.links };
    let terms = cx.pools.update_terms(cx.request.now, pool.id, input.terms_id, change).await?;
    Ok(Output { terms: Some(shown::terms(terms)) })
}
