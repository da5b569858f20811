//! GetTokensFromRefreshToken: new tokens, and a new refresh token where the client rotates.
use super::super::prelude::*;
use super::super::sign_in::shown;
use user_pools::token::ClientProof;
use wire::{GetTokensFromRefreshTokenRequest as Input, GetTokensFromRefreshTokenResponse as Output};

pub(crate) async fn run(cx: &Cx, _by: Permit<Public>, input: Input) -> Result<Output> {
    let carried = cx.with_metadata(input.client_metadata);
    let client = cx.pools.client(&ClientId(input.client_id)).await?;
    let proof = ClientProof::Secret(input.client_secret.as_deref());
    let action = "GetTokensFromRefreshToken";
    let from = (proof, input.device_key.as_deref());
    let tokens = cx.pools.refresh_from(&carried, action, &client, &input.refresh_token, from).await?;
    Ok(Output { authentication_result: Some(shown::result(tokens)) })
}
