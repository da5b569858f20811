//! CreateManagedLoginBranding: one style a client; the values Cognito provides, or one's own settings and assets.
use super::super::prelude::*;
use super::{given, shown};
use user_pools::group::Branding;
use wire::{CreateManagedLoginBrandingRequest as Input, CreateManagedLoginBrandingResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let client = cx.pools.client_of(&pool.id, &ClientId(input.client_id)).await?;
    let provided = input.use_cognito_provided_values.unwrap_or(false);
    let branding = Branding {
        pool: pool.id,
        id: cx.pools.fresh_uuid(),
        client: client.id,
        version: 1,
        cognito_values: provided,
        settings: input.settings,
        assets: given::assets(input.assets)?,
        created: cx.request.now,
        modified: cx.request.now,
    };
    let branding = cx.pools.create_branding(cx.request.now, branding).await?;
    Ok(Output { managed_login_branding: Some(shown::branding(branding, false)?) })
}
