//! DeleteUserPool: the pool with everything in it, unless it is protected or has a domain.
use super::super::prelude::*;
use wire::DeleteUserPoolRequest as Input;

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Empty> {
    cx.pools.delete_pool(cx.request.now, by.scope(), &PoolId(input.user_pool_id)).await?;
    Ok(Empty {})
}
