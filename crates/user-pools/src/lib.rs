//! Cognito user pools: pools, clients, users, sign-in, tokens. This room decides.
//! It knows no HTTP, no SQL, no clock and no thread: time comes in with [`RequestContext`], everything else through [`ports`].
//! Doors (`control-plane`, `login`) only translate between the wire and the calls of [`UserPools`].
pub mod client;
pub mod context;
pub mod domain;
pub mod error;
pub mod group;
pub mod ids;
pub mod messages;
pub mod oauth;
pub mod pool;
pub mod ports;
pub mod sealing;
pub mod service;
pub mod sign_in;
pub mod token;
pub mod user;

pub use context::RequestContext;
pub use error::{Error, Result};
pub use ids::{ClientId, Millis, PoolId, Scope};
pub use service::{Config, UserPools};
