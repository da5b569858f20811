//! GetUserPoolSessionConfiguration: whether a pool tracks sessions, and how many a user may have.
use super::super::prelude::*;
use super::shown;
use user_pools::sessions::PoolSessions;
use wire::{GetUserPoolSessionConfigurationRequest as Input, GetUserPoolSessionConfigurationResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let (tracking, tokens) = shown::pool(PoolSessions::of(&pool.settings));
    Ok(Output { user_pool_id: Some(pool.id.0), user_session_tracking: Some(tracking), token_session: Some(tokens) })
}
