//! Signing in against a real store: flows, challenges, lockout, second factors, tokens and their end, signing keys.
mod access;
mod actor;
mod challenges;
mod hidden_users;
mod keys;
mod lockout;
mod mfa;
mod passwords;
mod refresh;
mod srp;
