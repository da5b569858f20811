//! AdminListGroupsForUser: strongest precedence first.
use super::super::paging;
use super::super::prelude::*;
use super::shown;
use wire::{AdminListGroupsForUserRequest as Input, AdminListGroupsForUserResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let user = cx.user(&pool, &input.username).await?;
    let page = paging::page(cx, "groups-of", &[&pool.id.0, &user.sub], input.next_token.as_deref(), input.limit)?;
    let groups = cx.pools.groups_of(&user, &paging::one_more(&page)).await?;
    let (groups, next_token) =
        paging::cut(cx, "groups-of", &[&pool.id.0, &user.sub], &page, groups, |group| group.name.clone());
    Ok(Output { groups: Some(groups.into_iter().map(shown::group).collect()), next_token })
}
