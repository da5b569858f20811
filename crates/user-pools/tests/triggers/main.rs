//! Triggers against a real store, with functions that answer by script: events, order, effects, failures.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::many_single_char_names,
    dead_code,
    reason = "a test that cannot be set up must fail at once, and SRP names its numbers by letters"
)]
#[path = "../signing_in/actor.rs"]
mod actor;
mod custom_auth;
mod failures;
mod federation;
mod messages;
mod migration;
mod scene;
mod sign_in;
mod sign_up;
mod tokens;
