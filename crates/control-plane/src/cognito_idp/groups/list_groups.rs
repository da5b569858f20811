//! ListGroups, by name.
use super::super::paging;
use super::super::prelude::*;
use super::shown;
use wire::{ListGroupsRequest as Input, ListGroupsResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let page = paging::page(cx, "groups", &[&pool.id.0], input.next_token.as_deref(), input.limit)?;
    let groups = cx.pools.groups(pool.id.clone(), paging::one_more(&page)).await?;
    let (groups, next_token) = paging::cut(cx, "groups", &[&pool.id.0], &page, groups, |group| group.name.clone());
    Ok(Output { groups: Some(groups.into_iter().map(shown::group).collect()), next_token })
}
