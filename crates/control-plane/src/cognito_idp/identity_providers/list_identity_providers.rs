//! ListIdentityProviders, by name.
use super::super::paging;
use super::super::prelude::*;
use super::shown;
use wire::{ListIdentityProvidersRequest as Input, ListIdentityProvidersResponse as Output};

const LIST: &str = "identity-providers";

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let page = paging::page(cx, LIST, &[&pool.id.0], input.next_token.as_deref(), input.max_results)?;
    let rows = cx.pools.identity_providers(pool.id.clone(), paging::one_more(&page)).await?;
    let (rows, next_token) = paging::cut(cx, LIST, &[&pool.id.0], &page, rows, |row| row.name.clone());
    Ok(Output { providers: rows.into_iter().map(shown::description).collect(), next_token })
}
