//! ListUserPoolClients: ids and names.
use super::super::paging;
use super::super::prelude::*;
use wire::{ListUserPoolClientsRequest as Input, ListUserPoolClientsResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let page = paging::page(cx, "clients", &[&pool.id.0], input.next_token.as_deref(), input.max_results)?;
    let clients = cx.pools.clients(pool.id.clone(), paging::one_more(&page)).await?;
    let (clients, next_token) = paging::cut(cx, "clients", &[&pool.id.0], &page, clients, |client| client.id.0.clone());
    let described = clients.into_iter().map(|client| wire::UserPoolClientDescription {
        client_id: Some(client.id.0),
        user_pool_id: Some(client.pool.0),
        client_name: Some(client.settings.name),
    });
    Ok(Output { user_pool_clients: Some(described.collect()), next_token })
}
