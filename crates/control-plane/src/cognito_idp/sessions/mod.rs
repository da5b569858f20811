//! Operations on sessions: where users are signed in.
pub(super) mod admin_list_user_sessions;
pub(super) mod admin_revoke_user_session;
pub(super) mod get_user_pool_client_session_configuration;
pub(super) mod get_user_pool_session_configuration;
pub(super) mod list_user_sessions;
pub(super) mod revoke_user_session;
pub(super) mod set_user_pool_client_session_configuration;
pub(super) mod set_user_pool_session_configuration;
mod shown;
