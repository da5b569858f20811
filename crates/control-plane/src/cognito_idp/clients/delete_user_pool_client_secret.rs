//! DeleteUserPoolClientSecret: what is proven by that secret is refused from here on; the last one stays.
use super::super::prelude::*;
use wire::DeleteUserPoolClientSecretRequest as Input;

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Empty> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let client = ClientId(input.client_id);
    cx.pools.delete_client_secret(cx.request.now, &pool.id, &client, &input.client_secret_id).await?;
    Ok(Empty {})
}
