//! ListTerms: those of a pool, by id.
use super::super::paging;
use super::super::prelude::*;
use super::shown;
use wire::{ListTermsRequest as Input, ListTermsResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let page = paging::page(cx, "terms", &[&pool.id.0], input.next_token.as_deref(), input.max_results)?;
    let terms = cx.pools.list_terms(pool.id.clone(), paging::one_more(&page)).await?;
    let (terms, next_token) = paging::cut(cx, "terms", &[&pool.id.0], &page, terms, |terms| terms.id.clone());
    Ok(Output { terms: terms.into_iter().map(shown::description).collect(), next_token })
}
