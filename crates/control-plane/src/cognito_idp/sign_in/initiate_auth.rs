//! InitiateAuth: the first request of a sign-in, or a refresh.
use super::super::carried::for_user;
use super::super::prelude::*;
use super::shown;
use user_pools::sign_in::{Door, Start};
use wire::{InitiateAuthRequest as Input, InitiateAuthResponse as Output};

pub(crate) async fn run(cx: &Cx, _by: Permit<Public>, input: Input) -> Result<Output> {
    let carried = for_user(cx.beginning(input.client_metadata), input.user_context_data);
    let request = Start {
        door: Door::Api,
        client: ClientId(input.client_id),
        flow: shown::flow(input.auth_flow)?,
        parameters: shown::parameters(input.auth_parameters),
        session: input.session,
    };
    Ok(shown::answer!(cx.pools.initiate_auth(&carried, &request).await?))
}
