//! How a resource server is shown, and how one is read from a request.
use super::super::prelude::*;
use user_pools::group::ResourceServer;

/// `ResourceServerType`.
pub(super) fn server(server: ResourceServer) -> wire::ResourceServerType {
    let scope = |(scope_name, scope_description)| wire::ResourceServerScopeType { scope_name, scope_description };
    wire::ResourceServerType {
        user_pool_id: Some(server.pool.0),
        identifier: Some(server.identifier),
        name: Some(server.name),
        scopes: Some(server.scopes.into_iter().map(scope).collect::<Vec<_>>()).filter(|scopes| !scopes.is_empty()),
        ..Default::default()
    }
}

/// A server as create and update give it.
pub(super) fn given(
    pool: PoolId,
    identifier: String,
    name: String,
    scopes: Option<Vec<wire::ResourceServerScopeType>>,
) -> ResourceServer {
    let scopes =
        scopes.unwrap_or_default().into_iter().map(|scope| (scope.scope_name, scope.scope_description)).collect();
    ResourceServer { pool, identifier, version: 1, name, scopes }
}
