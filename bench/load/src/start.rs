//! From the start of a command to its first good answer. The process is ended by SIGTERM afterwards, as a service manager would.
use crate::client::Connection;
use crate::{Problem, cost};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::fs::File;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What to start and how to know that it is there.
#[derive(clap::Args)]
pub struct Trial {
    /// Where it will answer.
    #[arg(long, value_name = "ADDRESS")]
    to: SocketAddr,
    /// The Host header.
    #[arg(long)]
    host: String,
    /// A path that is answered with 200 once it is ready.
    #[arg(long)]
    path: String,
    /// Where its output goes.
    #[arg(long, value_name = "FILE")]
    log: PathBuf,
    /// Time it is left alone before its memory is read.
    #[arg(long, default_value_t = 1.0)]
    settle: f64,
    /// The command.
    #[arg(last = true, required = true)]
    command: Vec<String>,
}

const PATIENCE: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_micros(200);

/// Starts once.
pub fn run(trial: &Trial) -> Result<Value, Problem> {
    let log = File::create(&trial.log).map_err(|error| Problem::File(trial.log.display().to_string(), error))?;
    let errors = log.try_clone().map_err(|error| Problem::File(trial.log.display().to_string(), error))?;
    let (program, arguments) = trial.command.split_first().ok_or_else(|| Problem::Said("no command".to_owned()))?;
    let begin = Instant::now();
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(errors)
        .spawn()
        .map_err(|error| Problem::File(program.clone(), error))?;
    let outcome = first_answer(trial, &mut child, begin).and_then(|took| {
        std::thread::sleep(Duration::from_secs_f64(trial.settle));
        Ok(json!({"ms": took.as_secs_f64() * 1e3, "rss_kib": cost::resident_kib(child.id())?}))
    });
    end(&mut child)?;
    outcome
}

fn first_answer(trial: &Trial, child: &mut Child, begin: Instant) -> Result<Duration, Problem> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Problem::Network("runtime".to_owned(), error))?;
    let request = format!("GET {} HTTP/1.1\r\nHost: {}\r\n\r\n", trial.path, trial.host);
    loop {
        let answer = runtime.block_on(async {
            Connection::new(trial.to).exchange(request.as_bytes()).await.is_ok_and(|answer| answer.status == 200)
        });
        if answer {
            return Ok(begin.elapsed());
        }
        let ended = child.try_wait().map_err(|error| Problem::Network("the command".to_owned(), error))?;
        if ended.is_some() || begin.elapsed() > PATIENCE {
            return Err(Problem::Said(format!("no good answer of {}; see {}", trial.path, trial.log.display())));
        }
        std::thread::sleep(PAUSE);
    }
}

fn end(child: &mut Child) -> Result<(), Problem> {
    let process = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    if let Some(process) = process {
        // It may have ended by itself; then there is only its status to collect.
        let _ = kill_process(process, Signal::TERM);
    }
    child.wait().map(drop).map_err(|error| Problem::Network("the command".to_owned(), error))
}
