//! DeleteUserPoolDomain: managed login answers there no more.
use super::super::prelude::*;
use wire::DeleteUserPoolDomainRequest as Input;

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Empty> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    cx.pools.delete_domain(cx.request.now, pool.id, input.domain).await?;
    Ok(Empty {})
}
