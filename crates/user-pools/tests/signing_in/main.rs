//! Signing in against a real store: flows, challenges, lockout, second factors, tokens and their end, signing keys, the hosts of login domains.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::many_single_char_names,
    reason = "a test that cannot be set up must fail at once, and SRP names its numbers by letters"
)]
mod access;
mod actor;
mod challenges;
mod custom_domains;
mod device_client;
mod devices;
mod events;
mod hidden_users;
mod keys;
mod lockout;
mod mfa;
mod passkeys;
mod passwords;
mod refresh;
mod sent_codes;
mod soft_key;
mod srp;
mod user_auth;
