//! Operations by which users sign in. The ground floor decides; here are only names.
pub(super) mod admin_initiate_auth;
pub(super) mod admin_respond_to_auth_challenge;
pub(super) mod initiate_auth;
pub(super) mod respond_to_auth_challenge;
pub(super) mod shown;
