//! The bench's measuring tool. It loads a server over plain HTTP/1.1 and says what each answer cost the server's processes in CPU,
//! mints the tokens of a foreign issuer, measures floors (signature, password hash, flush) and the time to the first answer.
//! It compares nothing and keeps nothing: `bench/run` does.

mod client;
mod cost;
mod floors;
mod load;
mod mint;
mod requests;
mod start;

use clap::{Parser, Subcommand};
use std::io::Write as _;
use std::process::ExitCode;

/// The bench's measuring tool; every subcommand prints one JSON object.
#[derive(Parser)]
#[command(name = "bench-load", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Load a server from a closed loop of keep-alive connections.
    Http(load::Plan),
    /// Make the key, the key set and the tokens of a foreign issuer.
    Mint(mint::Order),
    /// CPU of one bare RS256 signature.
    Sign(floors::Times),
    /// CPU of one Argon2id hash as the server computes it.
    Hash(floors::Times),
    /// Flushes (append and fdatasync, one after the other) a second.
    Flush(floors::Flushes),
    /// Milliseconds from starting a command to its first good answer.
    Start(start::Trial),
}

/// What can go wrong: always somebody else's fault, always told in full.
#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error("{0}: {1}")]
    File(String, std::io::Error),
    #[error("{0}: {1}")]
    Network(String, std::io::Error),
    #[error("{0}")]
    Said(String),
    #[error(transparent)]
    Jose(#[from] jose::JoseError),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Http(plan) => load::run(&plan),
        Command::Mint(order) => mint::run(&order),
        Command::Sign(times) => floors::sign(&times),
        Command::Hash(times) => floors::hash(&times),
        Command::Flush(flushes) => floors::flush(&flushes),
        Command::Start(trial) => start::run(&trial),
    };
    match outcome {
        Ok(result) if writeln!(std::io::stdout(), "{result}").is_ok() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(problem) => {
            // Nobody is left to tell when standard error is closed.
            let _ = writeln!(std::io::stderr(), "bench-load: {problem}");
            ExitCode::FAILURE
        }
    }
}
