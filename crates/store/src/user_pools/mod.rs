//! The user-pool ports on SQLite, one file per aggregate. Every method is one act on the writer or one read; the SQL stands beside it.
mod attempts;
mod auth_codes;
mod brandings;
pub(crate) mod changes;
mod clients;
mod codes;
mod decisions;
mod domains;
mod groups;
mod identity_providers;
mod login_sessions;
mod outbox;
mod pools;
mod resource_servers;
mod sign_ins;
mod user_list;
mod user_names;
mod users;
