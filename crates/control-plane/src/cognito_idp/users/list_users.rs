//! ListUsers: filter and pages; `AttributesToGet` limits what is shown of each.
use super::super::prelude::*;
use super::shown;
use user_pools::attributes;
use user_pools::user::User;
use user_pools::users::ListUsers;
use wire::{ListUsersRequest as Input, ListUsersResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let wanted = input.attributes_to_get.filter(|names| !names.is_empty());
    if let Some(names) = &wanted {
        attributes::check_known(&pool.settings, names)?;
    }
    let request = ListUsers {
        filter: input.filter.unwrap_or_default(),
        limit: input.limit.and_then(|limit| usize::try_from(limit).ok()),
        token: input.pagination_token,
    };
    let page = cx.pools.list_users(&cx.request, &pool, &request).await?;
    let show = |user: &User| {
        let mut shown = shown::user(&pool.settings, user);
        if let (Some(names), Some(list)) = (&wanted, &mut shown.attributes) {
            list.retain(|attribute| names.contains(&attribute.name));
        }
        shown
    };
    Ok(Output { users: Some(page.users.iter().map(show).collect()), pagination_token: page.next })
}
