//! The file dashboard: a function, event in and answer out, over metadata and objects. The first app behind the gateway.
//! Owns its routes, what they check and what they answer, and the life of a file's record. Stores nothing itself, keeps no bytes,
//! trusts the authorizer's claims and nothing else about the caller.
mod answer;
mod caller;
mod content_type;
mod delete;
mod function;
mod input;
mod key;
mod list;
mod metadata;
mod next_token;
pub mod ports;
mod upload;
mod view;

pub use function::{Dashboard, MAX_SIZE_LIMIT, Settings};
