//! Operations on login domains.
pub(super) mod create_user_pool_domain;
pub(super) mod delete_user_pool_domain;
pub(super) mod describe_user_pool_domain;
mod shown;
pub(super) mod update_user_pool_domain;
