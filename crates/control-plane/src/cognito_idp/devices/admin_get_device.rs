//! AdminGetDevice: one of any user.
use super::super::prelude::*;
use super::shown;
use wire::{AdminGetDeviceRequest as Input, AdminGetDeviceResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let user = cx.user(&pool, &input.username).await?;
    Ok(Output { device: shown::device(cx.pools.device_of(&pool, &user, &input.device_key).await?) })
}
