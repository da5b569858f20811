//! ConfirmDevice: the client's device, with the verifier of a secret that stays with it.
use super::super::errors::invalid;
use super::super::prelude::*;
use user_pools::devices::ConfirmDevice;
use wire::{ConfirmDeviceRequest as Input, ConfirmDeviceResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<AccessToken>, input: Input) -> Result<Output> {
    let missing = || invalid("Missing required parameter DeviceSecretVerifierConfig");
    let config = input.device_secret_verifier_config.ok_or_else(missing)?;
    let request = ConfirmDevice {
        key: input.device_key,
        name: input.device_name,
        salt: config.salt.ok_or_else(missing)?,
        verifier: config.password_verifier.ok_or_else(missing)?,
    };
    let ask = cx.pools.confirm_device(&cx.request, &by.into_access(), request).await?;
    Ok(Output { user_confirmation_necessary: Some(ask) })
}
