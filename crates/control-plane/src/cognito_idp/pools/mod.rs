//! Operations on user pools themselves.
pub(super) mod add_custom_attributes;
pub(super) mod create_user_pool;
pub(super) mod delete_user_pool;
pub(super) mod describe_user_pool;
pub(super) mod get_signing_certificate;
pub(super) mod given;
pub(super) mod list_user_pools;
pub(super) mod shown;
pub(super) mod update_user_pool;
