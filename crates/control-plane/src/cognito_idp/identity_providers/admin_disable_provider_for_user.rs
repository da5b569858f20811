//! AdminDisableProviderForUser.
use super::super::prelude::*;
use super::given::named;
use wire::AdminDisableProviderForUserRequest as Input;

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Empty> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    cx.pools.disable_provider(&cx.request, &pool, &named(input.user)).await?;
    Ok(Empty {})
}
