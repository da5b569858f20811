//! ListDevices: those of the token's user, by key.
use super::super::paging;
use super::super::prelude::*;
use super::shown;
use wire::{ListDevicesRequest as Input, ListDevicesResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<AccessToken>, input: Input) -> Result<Output> {
    let access = by.into_access();
    let of = [access.pool.id.0.as_str(), &access.user.sub];
    let page = paging::page(cx, "devices", &of, input.pagination_token.as_deref(), input.limit)?;
    let devices = cx.pools.devices_of(&access.pool, &access.user, paging::one_more(&page)).await?;
    let (devices, pagination_token) = paging::cut(cx, "devices", &of, &page, devices, |device| device.key.clone());
    Ok(Output { devices: Some(devices.into_iter().map(shown::device).collect()), pagination_token })
}
