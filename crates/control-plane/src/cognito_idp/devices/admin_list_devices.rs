//! AdminListDevices: those of any user, by key.
use super::super::paging;
use super::super::prelude::*;
use super::shown;
use wire::{AdminListDevicesRequest as Input, AdminListDevicesResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let user = cx.user(&pool, &input.username).await?;
    let of = [pool.id.0.as_str(), &user.sub];
    let page = paging::page(cx, "devices", &of, input.pagination_token.as_deref(), input.limit)?;
    let devices = cx.pools.devices_of(&pool, &user, paging::one_more(&page)).await?;
    let (devices, pagination_token) = paging::cut(cx, "devices", &of, &page, devices, |device| device.key.clone());
    Ok(Output { devices: Some(devices.into_iter().map(shown::device).collect()), pagination_token })
}
