//! APIs themselves. Owns how an API is shown. One file per operation; the rules are `http-apis`'s.

pub(super) mod create_api;
pub(super) mod delete_api;
pub(super) mod delete_cors_configuration;
pub(super) mod get_api;
pub(super) mod get_apis;
mod shown;
pub(super) mod update_api;
