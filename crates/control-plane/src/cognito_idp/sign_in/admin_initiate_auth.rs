//! AdminInitiateAuth: the same for an operator's server, with a flow of its own.
use super::super::carried::for_user;
use super::super::prelude::*;
use super::shown;
use user_pools::sign_in::{Door, Start};
use wire::{AdminInitiateAuthRequest as Input, AdminInitiateAuthResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let carried = for_user(cx.beginning(input.client_metadata), input.context_data);
    let request = Start {
        door: Door::Admin(pool.id),
        client: ClientId(input.client_id),
        flow: shown::flow(input.auth_flow)?,
        parameters: shown::parameters(input.auth_parameters),
        session: input.session,
    };
    Ok(shown::answer!(cx.pools.initiate_auth(&carried, &request).await?))
}
