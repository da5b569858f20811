//! Functions over a real store, with the real Python and Node.js of this machine and a custom runtime of our own.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up must fail at once")]

mod bench;
mod calls;
mod failures;
mod limits;
mod service;
mod triggers;
