//! The battery of attacks: what somebody with bad intentions tries, one claim each, against a real store and a clock that moves. Those that belong
//! to one room's ordinary tests are there; docs/attacks.md lists them all.
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
mod clients;
#[path = "../signing_in/device_client.rs"]
mod device_client;
mod first_codes;
mod guessing;
mod house;
mod meanwhile;
#[path = "../triggers/scene.rs"]
mod scene;
mod second_factor;
mod sessions;
#[path = "../signing_in/soft_key.rs"]
mod soft_key;
mod srp;
mod statuses;
mod table;
