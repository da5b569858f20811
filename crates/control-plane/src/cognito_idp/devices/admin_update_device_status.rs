//! AdminUpdateDeviceStatus: whether a device of any user is remembered.
use super::super::prelude::*;
use super::shown;
use wire::{AdminUpdateDeviceStatusRequest as Input, AdminUpdateDeviceStatusResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let user = cx.user(&pool, &input.username).await?;
    let change = (input.device_key.as_str(), shown::remembered(input.device_remembered_status));
    cx.pools.update_device_status(&cx.request, &pool, &user, None, change).await?;
    Ok(Output {})
}
