//! The local admin channel: a Unix socket (0600) in the data folder that serves `explain`, `env` and `keys`. The network never does.
mod channel;
mod protocol;

pub use channel::{ask, listen, serve};
pub use protocol::{Ask, Reply};
