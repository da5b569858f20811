//! Operations on resource servers (custom scopes).
pub(super) mod create_resource_server;
pub(super) mod delete_resource_server;
pub(super) mod describe_resource_server;
pub(super) mod list_resource_servers;
mod shown;
pub(super) mod update_resource_server;
