//! DeleteWebAuthnCredential: one passkey of the token's user.
use super::super::prelude::*;
use wire::{DeleteWebAuthnCredentialRequest as Input, DeleteWebAuthnCredentialResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<AccessToken>, input: Input) -> Result<Output> {
    cx.pools.delete_passkey(&cx.request, &by.into_access(), &input.credential_id).await?;
    Ok(Output {})
}
