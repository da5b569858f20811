//! The file dashboard: a function, event in and answer out, over metadata and objects. The first app behind the gateway.
//! Owns its routes, what they check and what they answer, and the life of a file's record. Stores nothing itself, keeps no bytes,
//! trusts the authorizer's claims and nothing else about the caller.
pub mod ports;
