//! AdminListUserSessions: where a user is signed in.
use super::super::paging;
use super::super::prelude::*;
use super::shown;
use wire::{AdminListUserSessionsRequest as Input, AdminListUserSessionsResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let user = cx.user(&pool, &input.username).await?;
    let of = [pool.id.0.as_str(), &user.sub];
    let after = paging::page(cx, "sessions", &of, input.next_token.as_deref(), None)?.after;
    let page = cx.pools.admin_sessions(cx.request.now, &pool, &user, after).await?;
    let next_token = page.next.map(|next| paging::seal(cx, "sessions", &of, &next));
    Ok(Output { sessions: Some(page.sessions.into_iter().map(shown::session).collect()), next_token })
}
