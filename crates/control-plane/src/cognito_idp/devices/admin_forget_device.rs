//! AdminForgetDevice: one of any user.
use super::super::prelude::*;
use wire::AdminForgetDeviceRequest as Input;

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Empty> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let user = cx.user(&pool, &input.username).await?;
    cx.pools.forget_device(&cx.request, &pool, &user, None, &input.device_key).await?;
    Ok(Empty {})
}
