//! DescribeUserPoolClient: the client with every setting, and its secret.
use super::super::prelude::*;
use super::shown;
use wire::{DescribeUserPoolClientRequest as Input, DescribeUserPoolClientResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let client = cx.pools.client_of(&pool.id, &ClientId(input.client_id)).await?;
    Ok(Output { user_pool_client: Some(shown::client(cx, &client)?) })
}
