//! RevokeToken: ends the sign-in behind a refresh token.
use super::super::prelude::*;
use wire::{RevokeTokenRequest as Input, RevokeTokenResponse as Output};

pub(crate) async fn run(cx: &Cx, _by: Permit<Public>, input: Input) -> Result<Output> {
    let client = cx.pools.client(&ClientId(input.client_id)).await?;
    let linked = input.revoke_associated_sessions == Some(wire::RevokeAssociatedSessionsType::Linked);
    cx.pools.revoke_token(&cx.request, &client, &input.token, (input.client_secret.as_deref(), linked)).await?;
    Ok(Output {})
}
