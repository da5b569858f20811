//! GetIdentityProviderByIdentifier.
use super::super::prelude::*;
use super::shown;
use wire::{GetIdentityProviderByIdentifierRequest as Input, GetIdentityProviderByIdentifierResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let provider = cx.pools.identity_provider_by_identifier(&pool.id, &input.idp_identifier).await?;
    Ok(Output { identity_provider: shown::provider(cx, provider)? })
}
