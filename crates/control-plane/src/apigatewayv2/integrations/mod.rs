//! Integrations of an API. One file per operation; the rules are `http-apis`'s.

pub(super) mod create_integration;
pub(super) mod delete_integration;
pub(super) mod get_integration;
pub(super) mod get_integrations;
pub(super) mod update_integration;
