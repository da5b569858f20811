//! UpdateResourceServer: replaces name and scopes.
use super::super::prelude::*;
use super::shown;
use wire::{UpdateResourceServerRequest as Input, UpdateResourceServerResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let server = shown::given(pool.id, input.identifier, input.name, input.scopes);
    let server = cx.pools.update_resource_server(cx.request.now, server).await?;
    Ok(Output { resource_server: shown::server(server) })
}
