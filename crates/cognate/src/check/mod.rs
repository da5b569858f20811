//! `cognate check`: the lesson's checklist, proven against any endpoint by real requests. Changes nothing but a throw-away user, which it removes.
mod client;
mod forge;
mod report;
mod steps;
mod target;
mod user;

use crate::cli;
use report::Report;
use std::process::ExitCode;
use target::Target;

/// Runs the checklist and prints it. Exit code 1 when a step is red.
pub fn run(args: &cli::Check) -> ExitCode {
    let target = match Target::find(args) {
        Ok(target) => target,
        Err(why) => {
            eprintln!("cognate check: {why}");
            return ExitCode::from(2);
        }
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("cognate check: {error}");
            return ExitCode::from(2);
        }
    };
    let report = runtime.block_on(steps::all(&target));
    report.print(args.server.json);
    if report.is_green() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

impl Report {
    #[allow(clippy::print_stdout, reason = "this is the command's output")]
    fn print(&self, json: bool) {
        if json { println!("{}", self.json()) } else { print!("{}", self.text()) }
    }
}
