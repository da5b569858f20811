//! Managed login and the OAuth endpoints, driven as a browser and as apps drive them: forms are read out of the pages, cookies are kept.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking; helpers are tests too"
)]
mod attacks;
mod branding;
mod browser;
mod code_flow;
mod discovery;
mod federation;
mod front;
mod grants;
mod languages;
mod pages;
mod provider;
mod sessions;
mod sign_out;
mod social;
mod terms;
mod threat;
mod totp;
