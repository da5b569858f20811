//! Operations on the tokens of a sign-in: refreshing and ending.
pub(super) mod admin_user_global_sign_out;
pub(super) mod get_tokens_from_refresh_token;
pub(super) mod global_sign_out;
pub(super) mod revoke_token;
