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

/// Runs the checklist and prints it. Exit code 1 when a step is red, 2 when nothing could be run.
pub fn run(args: &cli::Check) -> ExitCode {
    match checked(args) {
        Ok(report) if report.is_green() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(why) => {
            complain(&why);
            ExitCode::from(2)
        }
    }
}

fn checked(args: &cli::Check) -> Result<Report, String> {
    let target = Target::find(args)?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    let report = runtime.block_on(steps::all(&target));
    report.print(args.server.json);
    Ok(report)
}

#[allow(clippy::print_stderr, reason = "this is how a command says what went wrong")]
fn complain(why: &str) {
    eprintln!("cognate check: {why}");
}

impl Report {
    #[allow(clippy::print_stdout, reason = "this is the command's output")]
    fn print(&self, json: bool) {
        if json { println!("{}", self.json()) } else { print!("{}", self.text()) }
    }
}
