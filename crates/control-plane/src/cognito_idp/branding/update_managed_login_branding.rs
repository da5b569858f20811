//! UpdateManagedLoginBranding: what it does not name stays.
use super::super::errors::invalid;
use super::super::prelude::*;
use super::{given, shown};
use user_pools::branding::Change;
use wire::{UpdateManagedLoginBrandingRequest as Input, UpdateManagedLoginBrandingResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let (Some(pool), Some(id)) = (input.user_pool_id, input.managed_login_branding_id) else {
        return Err(invalid("UserPoolId and ManagedLoginBrandingId are required."));
    };
    let pool = cx.pools.pool_in(by.scope(), &PoolId(pool)).await?;
    let change = Change {
        cognito_values: input.use_cognito_provided_values,
        settings: input.settings,
        assets: given::assets(input.assets)?,
    };
    let branding = cx.pools.update_branding(cx.request.now, pool.id, id.to_ascii_lowercase(), change).await?;
    Ok(Output { managed_login_branding: Some(shown::branding(branding, false)?) })
}
