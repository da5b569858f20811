//! Users against a real store: signing up, confirming, recovering, attributes, what operators do, lists.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot be set up must fail at once"
)]
mod admin;
mod app;
mod attributes;
mod client_secrets;
mod hidden;
mod imports;
mod list;
mod passwords;
mod races;
mod sign_up;
