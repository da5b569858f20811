//! Operations on terms documents: the links of the sign-up page.
pub(super) mod create_terms;
pub(super) mod delete_terms;
pub(super) mod describe_terms;
pub(super) mod describe_terms_by_client;
pub(super) mod list_terms;
mod shown;
pub(super) mod update_terms;
