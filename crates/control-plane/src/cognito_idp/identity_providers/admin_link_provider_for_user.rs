//! AdminLinkProviderForUser.
use super::super::prelude::*;
use super::given::named;
use wire::AdminLinkProviderForUserRequest as Input;

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Empty> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let (destination, source) = (named(input.destination_user), named(input.source_user));
    cx.pools.link_provider(&cx.request, &pool, &destination, &source).await?;
    Ok(Empty {})
}
