//! SetUserPoolSessionConfiguration: whether a pool tracks sessions, and how many a user may have.
use super::super::prelude::*;
use super::shown;
use user_pools::sessions::PoolSessions;
use wire::{SetUserPoolSessionConfigurationRequest as Input, SetUserPoolSessionConfigurationResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = PoolId(input.user_pool_id);
    let given = PoolSessions {
        tracking: input.user_session_tracking == wire::UserSessionTrackingType::Enabled,
        max_per_user: u32::try_from(input.token_session.max_per_user).unwrap_or_default(),
    };
    let set = cx.pools.set_pool_sessions(cx.request.now, by.scope(), &pool, given).await?;
    let (tracking, tokens) = shown::pool(set);
    Ok(Output { user_pool_id: Some(pool.0), user_session_tracking: Some(tracking), token_session: Some(tokens) })
}
