//! ListUserPools: the pools of the caller's account and region.
use super::super::paging;
use super::super::prelude::*;
use super::shown;
use wire::{ListUserPoolsRequest as Input, ListUserPoolsResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let page = paging::page(cx, "pools", &[], input.next_token.as_deref(), Some(input.max_results))?;
    let pools = cx.pools.pools(by.scope().clone(), paging::one_more(&page)).await?;
    let (pools, next_token) = paging::cut(cx, "pools", &[], &page, pools, |pool| pool.id.0.clone());
    let described: Result<Vec<_>> = pools.iter().map(description).collect();
    Ok(Output { user_pools: Some(described?), next_token })
}

fn description(pool: &user_pools::pool::UserPool) -> Result<wire::UserPoolDescriptionType> {
    Ok(wire::UserPoolDescriptionType {
        id: Some(pool.id.0.clone()),
        name: Some(pool.settings.name.clone()),
        lambda_config: Some(shown::document(&pool.settings, "LambdaConfig")?.unwrap_or_default()),
        last_modified_date: Some(pool.modified.into()),
        creation_date: Some(pool.created.into()),
        ..Default::default()
    })
}
