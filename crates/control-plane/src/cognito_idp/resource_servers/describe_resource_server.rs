//! DescribeResourceServer.
use super::super::prelude::*;
use super::shown;
use wire::{DescribeResourceServerRequest as Input, DescribeResourceServerResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let server = cx.pools.resource_server(pool.id, input.identifier).await?;
    Ok(Output { resource_server: shown::server(server) })
}
