//! DescribeIdentityProvider.
use super::super::prelude::*;
use super::shown;
use wire::{DescribeIdentityProviderRequest as Input, DescribeIdentityProviderResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let provider = cx.pools.identity_provider(&pool.id, &input.provider_name).await?;
    Ok(Output { identity_provider: shown::provider(cx, provider)? })
}
