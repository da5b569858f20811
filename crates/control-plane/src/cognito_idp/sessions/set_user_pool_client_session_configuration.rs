//! SetUserPoolClientSessionConfiguration: how long a client takes an SSO session for a sign-in.
use super::super::prelude::*;
use super::shown;
use user_pools::sessions::ClientSessions;
use wire::{
    SetUserPoolClientSessionConfigurationRequest as Input, SetUserPoolClientSessionConfigurationResponse as Output,
};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let (pool, client) = (PoolId(input.user_pool_id), ClientId(input.client_id));
    let sso_minutes = u32::try_from(input.sso_session.max_validity_minutes).unwrap_or_default();
    let given = ClientSessions { sso_minutes };
    let set = cx.pools.set_client_sessions(cx.request.now, by.scope(), (&pool, &client), given).await?;
    Ok(Output { user_pool_id: Some(pool.0), client_id: Some(client.0), sso_session: Some(shown::client(set)) })
}
