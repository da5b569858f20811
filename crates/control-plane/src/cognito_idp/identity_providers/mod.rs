//! Operations on identity providers, and on the users' links to them.
pub(super) mod admin_disable_provider_for_user;
pub(super) mod admin_link_provider_for_user;
pub(super) mod create_identity_provider;
pub(super) mod delete_identity_provider;
pub(super) mod describe_identity_provider;
pub(super) mod get_identity_provider_by_identifier;
mod given;
pub(super) mod list_identity_providers;
mod shown;
pub(super) mod update_identity_provider;
