//! ListResourceServers, by identifier.
use super::super::paging;
use super::super::prelude::*;
use super::shown;
use wire::{ListResourceServersRequest as Input, ListResourceServersResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let page = paging::page(cx, "resource-servers", &[&pool.id.0], input.next_token.as_deref(), input.max_results)?;
    let servers = cx.pools.resource_servers(pool.id.clone(), paging::one_more(&page)).await?;
    let (servers, next_token) =
        paging::cut(cx, "resource-servers", &[&pool.id.0], &page, servers, |server| server.identifier.clone());
    Ok(Output { resource_servers: servers.into_iter().map(shown::server).collect(), next_token })
}
