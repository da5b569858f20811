//! AdminRevokeUserSession: ends a session of a user.
use super::super::prelude::*;
use super::shown;
use wire::{AdminRevokeUserSessionRequest as Input, AdminRevokeUserSessionResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let user = cx.user(&pool, &input.username).await?;
    let linked = shown::linked(input.revoke_associated_sessions);
    cx.pools.admin_end_session(&cx.request, &pool, &user, (&input.session_id, linked)).await?;
    Ok(Output {})
}
