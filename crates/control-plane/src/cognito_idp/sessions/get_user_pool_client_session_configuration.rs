//! GetUserPoolClientSessionConfiguration: how long a client takes an SSO session for a sign-in.
use super::super::prelude::*;
use super::shown;
use user_pools::sessions::ClientSessions;
use wire::{
    GetUserPoolClientSessionConfigurationRequest as Input, GetUserPoolClientSessionConfigurationResponse as Output,
};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let client = cx.pools.client_of(&pool.id, &ClientId(input.client_id)).await?;
    let sessions = shown::client(ClientSessions::of(&client));
    Ok(Output { user_pool_id: Some(pool.id.0), client_id: Some(client.id.0), sso_session: Some(sessions) })
}
