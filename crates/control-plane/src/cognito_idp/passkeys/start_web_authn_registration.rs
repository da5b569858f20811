//! StartWebAuthnRegistration: what the browser needs to make a passkey.
use super::super::prelude::*;
use user_pools::passkeys::Registrant;
use wire::{StartWebAuthnRegistrationRequest as Input, StartWebAuthnRegistrationResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<AccessToken>, _input: Input) -> Result<Output> {
    let access = by.into_access();
    Ok(Output { credential_creation_options: cx.pools.start_passkey(&cx.request, Registrant::from(&access)).await? })
}
