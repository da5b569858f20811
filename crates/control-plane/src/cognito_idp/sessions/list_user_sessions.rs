//! ListUserSessions: where the token's user is signed in.
use super::super::paging;
use super::super::prelude::*;
use super::shown;
use wire::{ListUserSessionsRequest as Input, ListUserSessionsResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<AccessToken>, input: Input) -> Result<Output> {
    let access = by.into_access();
    let of = [access.pool.id.0.as_str(), &access.user.sub];
    let after = paging::page(cx, "sessions", &of, input.next_token.as_deref(), None)?.after;
    let page = cx.pools.own_sessions(cx.request.now, &access, after).await?;
    let next_token = page.next.map(|next| paging::seal(cx, "sessions", &of, &next));
    Ok(Output { sessions: Some(page.sessions.into_iter().map(shown::session).collect()), next_token })
}
