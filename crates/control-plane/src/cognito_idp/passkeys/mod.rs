//! Operations on a user's passkeys.
pub(super) mod complete_web_authn_registration;
pub(super) mod delete_web_authn_credential;
pub(super) mod list_web_authn_credentials;
pub(super) mod start_web_authn_registration;
