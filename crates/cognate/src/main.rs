//! The binary: configuration, listeners, wiring. The only room that names concrete types.
mod admin;
mod check;
mod cli;
mod commands;
mod config;
mod data;
mod function_config;
mod mail;
mod ops;
mod page;
mod platform;
mod server;
mod telemetry;
mod tls;
mod wiring;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    commands::run(cli::Cli::parse())
}
