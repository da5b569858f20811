//! DeleteIdentityProvider.
use super::super::prelude::*;
use super::given;
use wire::DeleteIdentityProviderRequest as Input;

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Empty> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    given::changeable(&input.provider_name)?;
    cx.pools.delete_identity_provider(cx.request.now, &pool.id, &input.provider_name).await?;
    Ok(Empty {})
}
