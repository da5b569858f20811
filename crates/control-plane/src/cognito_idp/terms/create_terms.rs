//! CreateTerms: a document of a client; one of each name.
use super::super::prelude::*;
use super::shown;
use wire::{CreateTermsRequest as Input, CreateTermsResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let client = cx.pools.client_of(&pool.id, &ClientId(input.client_id)).await?;
    let links = input.links.unwrap_or_default();
    let terms = cx.pools.create_terms(cx.request.now, &client, input.terms_name, links).await?;
    Ok(Output { terms: Some(shown::terms(terms)) })
}
