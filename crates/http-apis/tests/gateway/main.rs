//! The gateway over real sockets: real RSA tokens, a function that echoes its event, HTTP backends on loopback.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::format_push_string, reason = "tests")]

mod backends;
mod bench;
mod issuers;
mod proxy;
mod snapshots;
mod tokens;
mod vectors;
