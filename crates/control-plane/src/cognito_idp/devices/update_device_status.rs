//! UpdateDeviceStatus: whether a device of the token's user is remembered.
use super::super::prelude::*;
use super::shown;
use wire::{UpdateDeviceStatusRequest as Input, UpdateDeviceStatusResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<AccessToken>, input: Input) -> Result<Output> {
    let access = by.into_access();
    let change = (input.device_key.as_str(), shown::remembered(input.device_remembered_status));
    cx.pools.update_device_status(&cx.request, &access.pool, &access.user, Some(&access.client), change).await?;
    Ok(Output {})
}
