//! ListUsersInGroup.
use super::super::paging;
use super::super::prelude::*;
use super::super::users::shown;
use wire::{ListUsersInGroupRequest as Input, ListUsersInGroupResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let page =
        paging::page(cx, "in-group", &[&pool.id.0, &input.group_name], input.next_token.as_deref(), input.limit)?;
    let users = cx.pools.users_in_group(pool.id.clone(), input.group_name.clone(), paging::one_more(&page)).await?;
    let (users, next_token) =
        paging::cut(cx, "in-group", &[&pool.id.0, &input.group_name], &page, users, |user| user.sub.clone());
    Ok(Output { users: Some(users.iter().map(|user| shown::user(&pool.settings, user)).collect()), next_token })
}
