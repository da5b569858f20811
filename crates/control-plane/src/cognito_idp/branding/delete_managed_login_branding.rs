//! DeleteManagedLoginBranding.
use super::super::prelude::*;
use wire::DeleteManagedLoginBrandingRequest as Input;

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Empty> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    cx.pools.delete_branding(cx.request.now, pool.id, input.managed_login_branding_id.to_ascii_lowercase()).await?;
    Ok(Empty {})
}
