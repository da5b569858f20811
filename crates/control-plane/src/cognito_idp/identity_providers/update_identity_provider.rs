//! UpdateIdentityProvider: each member that is given replaces the stored one.
use super::super::prelude::*;
use super::{given, shown};
use user_pools::federation::NewProvider;
use wire::{UpdateIdentityProviderRequest as Input, UpdateIdentityProviderResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    given::changeable(&input.provider_name)?;
    let new = NewProvider {
        details: input.provider_details,
        mapping: input.attribute_mapping,
        identifiers: input.idp_identifiers,
        acr: input.acr_mapping,
    };
    let updated = cx.pools.update_identity_provider(cx.request.now, &pool, &input.provider_name, new).await?;
    Ok(Output { identity_provider: shown::provider(cx, updated)? })
}
