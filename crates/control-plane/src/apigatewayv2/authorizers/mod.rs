//! Authorizers of an API. Owns when an issuer is asked for. One file per operation; the rules are `http-apis`'s.

pub(super) mod create_authorizer;
pub(super) mod delete_authorizer;
pub(super) mod get_authorizer;
pub(super) mod get_authorizers;
pub(super) mod update_authorizer;
