//! DeleteUserPoolClient: the client with its sign-ins and its branding.
use super::super::prelude::*;
use wire::DeleteUserPoolClientRequest as Input;

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Empty> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    cx.pools.delete_client(cx.request.now, &pool.id, &ClientId(input.client_id)).await?;
    Ok(Empty {})
}
