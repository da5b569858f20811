//! DescribeManagedLoginBrandingByClient.
use super::super::prelude::*;
use super::shown;
use wire::{
    DescribeManagedLoginBrandingByClientRequest as Input, DescribeManagedLoginBrandingByClientResponse as Output,
};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let branding = cx.pools.branding_of_client(pool.id, ClientId(input.client_id)).await?;
    Ok(Output {
        managed_login_branding: Some(shown::branding(branding, input.return_merged_resources.unwrap_or_default())?),
    })
}
