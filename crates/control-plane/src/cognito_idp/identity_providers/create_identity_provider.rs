//! CreateIdentityProvider.
use super::super::prelude::*;
use super::{given, shown};
use user_pools::federation::NewProvider;
use wire::{CreateIdentityProviderRequest as Input, CreateIdentityProviderResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let kind = given::kind(input.provider_type)?;
    let new = NewProvider {
        details: Some(input.provider_details),
        mapping: input.attribute_mapping,
        identifiers: input.idp_identifiers,
        acr: input.acr_mapping,
    };
    let created = cx.pools.create_identity_provider(cx.request.now, &pool, input.provider_name, kind, new).await?;
    Ok(Output { identity_provider: shown::provider(cx, created)? })
}
