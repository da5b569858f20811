//! Operations on second factors: a user's own, and what a pool accepts.
pub(super) mod admin_delete_software_token;
pub(super) mod admin_get_user_auth_factors;
pub(super) mod admin_set_user_mfa_preference;
pub(super) mod admin_set_user_settings;
pub(super) mod associate_software_token;
mod auth_factors;
mod config;
mod enroller;
pub(super) mod get_user_auth_factors;
pub(super) mod get_user_pool_mfa_config;
mod preference;
pub(super) mod set_user_mfa_preference;
pub(super) mod set_user_pool_mfa_config;
pub(super) mod set_user_settings;
mod settings;
pub(super) mod verify_software_token;
