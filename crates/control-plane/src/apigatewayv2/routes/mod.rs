//! Routes of an API. One file per operation; the rules are `http-apis`'s.

pub(super) mod create_route;
pub(super) mod delete_route;
pub(super) mod get_route;
pub(super) mod get_routes;
pub(super) mod update_route;
