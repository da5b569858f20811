//! UpdateUserPoolClient: replaces every setting (spec B 1); the secret stays.
use super::super::prelude::*;
use super::given::given;
use super::shown;
use wire::{UpdateUserPoolClientRequest as Input, UpdateUserPoolClientResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let id = ClientId(input.client_id);
    // A name is the one member that has no default to fall back to.
    let name = match input.client_name {
        Some(name) => name,
        None => cx.pools.client_of(&pool.id, &id).await?.settings.name,
    };
    let settings = given!(input, name);
    let client = cx.pools.update_client(cx.request.now, &pool, &id, settings).await?;
    Ok(Output { user_pool_client: Some(shown::client(cx, &client)?) })
}
