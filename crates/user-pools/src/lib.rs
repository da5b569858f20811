//! Cognito user pools: pools, clients, users, sign-in, tokens. This room decides.
//! It knows no HTTP, no SQL, no clock and no thread: time comes in with [`RequestContext`], everything else through [`ports`].
//! Doors (`control-plane`, `login`) only translate between the wire and the calls of [`UserPools`].
pub mod access;
pub mod attributes;
mod base64_bytes;
pub mod client;
pub mod clients;
pub mod codes;
pub mod context;
pub mod custom_domains;
pub mod domain;
pub mod domains;
pub mod error;
pub mod federation;
pub mod following;
pub mod group;
pub mod groups;
pub mod identity_provider;
pub mod ids;
pub mod keys;
pub mod lockout;
mod made_up;
pub mod memory;
pub mod messages;
pub mod mfa;
pub mod names;
pub mod oauth;
mod outbox;
pub mod passwords;
pub mod pool;
pub mod pools;
pub mod ports;
mod random;
pub mod sealing;
pub mod secret_hash;
pub mod service;
pub mod sign_in;
pub mod srp;
pub mod tags;
pub mod templates;
pub mod token;
pub mod user;
pub mod users;

pub use context::RequestContext;
pub use error::{Error, Result};
pub use ids::{ClientId, Millis, PoolId, Scope};
pub use service::{Config, UserPools};
