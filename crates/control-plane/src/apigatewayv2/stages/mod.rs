//! Stages of an API and their settings. One file per operation; the rules are `http-apis`'s.

pub(super) mod create_stage;
pub(super) mod delete_access_log_settings;
pub(super) mod delete_route_settings;
pub(super) mod delete_stage;
pub(super) mod get_stage;
pub(super) mod get_stages;
pub(super) mod update_stage;
