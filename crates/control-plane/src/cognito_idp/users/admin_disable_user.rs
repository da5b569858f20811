//! AdminDisableUser: the user may not sign in; sessions and refresh tokens end.
use super::super::prelude::*;
use wire::{AdminDisableUserRequest as Input, AdminDisableUserResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    cx.pools.admin_disable_user(&cx.request, &pool, &input.username).await?;
    Ok(Output {})
}
