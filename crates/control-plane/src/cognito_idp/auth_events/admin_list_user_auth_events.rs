//! AdminListUserAuthEvents: newest first. An event is there a moment after its request was answered.
use super::super::paging;
use super::super::prelude::*;
use super::shown;
use wire::{AdminListUserAuthEventsRequest as Input, AdminListUserAuthEventsResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let user = cx.user(&pool, &input.username).await?;
    let of = [pool.id.0.as_str(), &user.sub];
    let page = paging::page(cx, "auth-events", &of, input.next_token.as_deref(), input.max_results)?;
    let events = cx.pools.auth_events(&pool, &user, paging::one_more(&page)).await?;
    let (events, next_token) = paging::cut(cx, "auth-events", &of, &page, events, |event| event.id.clone());
    Ok(Output { auth_events: Some(events.into_iter().map(shown::event).collect()), next_token })
}
