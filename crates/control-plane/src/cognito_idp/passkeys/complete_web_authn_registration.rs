//! CompleteWebAuthnRegistration: the passkey that the browser made.
use super::super::prelude::*;
use user_pools::passkeys::Registrant;
use wire::{CompleteWebAuthnRegistrationRequest as Input, CompleteWebAuthnRegistrationResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<AccessToken>, input: Input) -> Result<Output> {
    let access = by.into_access();
    cx.pools.complete_passkey(&cx.request, Registrant::from(&access), &input.credential).await?;
    Ok(Output {})
}
