//! DescribeManagedLoginBranding.
use super::super::prelude::*;
use super::shown;
use wire::{DescribeManagedLoginBrandingRequest as Input, DescribeManagedLoginBrandingResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let branding = cx.pools.branding(pool.id, input.managed_login_branding_id.to_ascii_lowercase()).await?;
    let merged = input.return_merged_resources.unwrap_or_default();
    Ok(Output { managed_login_branding: Some(shown::branding(branding, merged)?) })
}
