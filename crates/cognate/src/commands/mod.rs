//! The subcommands. Each prints what a person needs and ends with a useful exit code.
mod coverage;
mod dev;
mod env;
mod explain;
mod keys;
mod run;
mod serve;

use crate::cli::{Cli, Command};
use std::io::Write as _;
use std::process::ExitCode;

/// Runs what was asked for.
pub fn run(cli: Cli) -> ExitCode {
    let done = match cli.command {
        Command::Dev(args) => dev::run(&args),
        Command::Serve(args) => serve::run(&args),
        Command::Env(args) => env::run(&args),
        Command::Check(args) => return crate::check::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Keys(args) => keys::run(&args),
        Command::Coverage(args) => {
            coverage::run(&args);
            Ok(())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            say_error(&why);
            ExitCode::FAILURE
        }
    }
}

#[allow(clippy::print_stderr, reason = "this is how a command says what went wrong")]
fn say_error(why: &str) {
    eprintln!("cognate: {why}");
}

/// Prints a command's output. Nobody may be listening any more (`| head`): that is no reason to end.
fn say(text: &str) {
    let mut out = std::io::stdout();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
