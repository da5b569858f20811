//! GetDevice: one of the token's user.
use super::super::prelude::*;
use super::shown;
use wire::{GetDeviceRequest as Input, GetDeviceResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<AccessToken>, input: Input) -> Result<Output> {
    let access = by.into_access();
    Ok(Output { device: shown::device(cx.pools.device_of(&access.pool, &access.user, &input.device_key).await?) })
}
