//! ForgetDevice: one of the token's user.
use super::super::prelude::*;
use wire::ForgetDeviceRequest as Input;

pub(crate) async fn run(cx: &Cx, by: Permit<AccessToken>, input: Input) -> Result<Empty> {
    let access = by.into_access();
    let client = Some(&access.client);
    cx.pools.forget_device(&cx.request, &access.pool, &access.user, client, &input.device_key).await?;
    Ok(Empty {})
}
