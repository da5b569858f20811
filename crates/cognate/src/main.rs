//! The binary: configuration, listeners, wiring. The only room that names concrete types.
mod admin;
mod cli;
mod config;
mod data;
mod mail;
mod platform;
mod server;
mod telemetry;

fn main() {}
