//! A closed loop: so many connections, each with one request in flight; every answer is checked and timed.
use crate::client::Connection;
use crate::requests::{self, Form};
use crate::{Problem, cost};
use memchr::memmem;
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::{JoinSet, LocalSet};

/// What to do.
#[derive(clap::Args)]
pub struct Plan {
    /// Address of the server.
    #[arg(long, value_name = "ADDRESS")]
    to: SocketAddr,
    /// Connections.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Answers before the measurement begins.
    #[arg(long, default_value_t = 0)]
    warm: usize,
    /// Answers to measure; without it, `--seconds` counts.
    #[arg(long)]
    requests: Option<usize>,
    /// Time to measure.
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// The status that every answer must have.
    #[arg(long, default_value_t = 200)]
    expect: u16,
    /// What every answer's body must contain.
    #[arg(long)]
    containing: Option<String>,
    /// Where the bodies of the measured answers go, a line each, in the order of the requests.
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// Processes of the server: their CPU is measured.
    #[arg(long = "pid", value_name = "PID")]
    processes: Vec<u32>,
    #[command(flatten)]
    form: Form,
}

/// What the connections share; all of them live on one thread.
struct Shared {
    requests: Vec<Box<[u8]>>,
    next: Cell<usize>,
    expect: u16,
    containing: Option<String>,
    /// Bodies by request number, while they are to be saved.
    bodies: RefCell<Option<BTreeMap<usize, Vec<u8>>>>,
}

/// When a stretch of the run is over.
#[derive(Clone, Copy)]
enum End {
    /// No request with this number or a higher one is sent.
    Before(usize),
    /// No request is sent after this moment.
    At(Instant),
}

/// A stretch of the run as one connection saw it: microseconds of each answer.
struct Seen {
    connection: Connection,
    micros: Vec<u32>,
}

/// Runs the plan; wrong answers are an error, because then nothing was measured.
pub fn run(plan: &Plan) -> Result<Value, Problem> {
    let shared = Rc::new(Shared {
        requests: requests::write(&plan.form)?,
        next: Cell::new(0),
        expect: plan.expect,
        containing: plan.containing.clone(),
        bodies: RefCell::default(),
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Problem::Network("runtime".to_owned(), error))?;
    LocalSet::new().block_on(&runtime, measure(plan, shared))
}

async fn measure(plan: &Plan, shared: Rc<Shared>) -> Result<Value, Problem> {
    let connections = (0..plan.connections.max(1)).map(|_| Connection::new(plan.to)).collect();
    let (connections, _) = stretch(&shared, connections, End::Before(plan.warm)).await?;
    // Answers of the warming stretch are all in, so numbering goes on where its end said.
    shared.next.set(plan.warm);
    *shared.bodies.borrow_mut() = plan.save.as_ref().map(|_| BTreeMap::new());
    let (cpu, begin) = (cost::cpu(&plan.processes)?, Instant::now());
    let end = match plan.requests {
        Some(requests) => End::Before(plan.warm + requests),
        None => End::At(begin + Duration::from_secs_f64(plan.seconds)),
    };
    let opened: u64 = connections.iter().map(|connection| connection.opened).sum();
    let (connections, micros) = stretch(&shared, connections, end).await?;
    let (wall, cpu) = (begin.elapsed(), cost::cpu(&plan.processes)?.saturating_sub(cpu));
    let reopened = connections.iter().map(|connection| connection.opened).sum::<u64>() - opened;
    if let (Some(path), Some(bodies)) = (&plan.save, shared.bodies.take()) {
        let lines: Vec<Vec<u8>> = bodies.into_values().collect();
        std::fs::write(path, lines.join(&b'\n')).map_err(|error| Problem::File(path.display().to_string(), error))?;
    }
    Ok(summary(micros, wall, cpu, reopened))
}

/// Lets all connections work until the end of a stretch.
async fn stretch(
    shared: &Rc<Shared>,
    connections: Vec<Connection>,
    end: End,
) -> Result<(Vec<Connection>, Vec<u32>), Problem> {
    let mut tasks = JoinSet::new();
    for connection in connections {
        tasks.spawn_local(work(Rc::clone(shared), connection, end));
    }
    let (mut connections, mut micros) = (Vec::new(), Vec::new());
    while let Some(done) = tasks.join_next().await {
        let seen = done.map_err(|error| Problem::Said(format!("a connection's task ended: {error}")))??;
        connections.push(seen.connection);
        micros.extend(seen.micros);
    }
    Ok((connections, micros))
}

async fn work(shared: Rc<Shared>, mut connection: Connection, end: End) -> Result<Seen, Problem> {
    let mut micros = Vec::new();
    loop {
        let begin = Instant::now();
        let number = shared.next.get();
        let over = match end {
            End::Before(limit) => number >= limit,
            End::At(moment) => begin >= moment,
        };
        if over {
            return Ok(Seen { connection, micros });
        }
        shared.next.set(number + 1);
        let request = &shared.requests[number % shared.requests.len()];
        let answer = connection.exchange(request).await;
        let answer = answer.map_err(|error| Problem::Network(format!("request {number}"), error))?;
        check(&shared, answer.status, answer.body)?;
        if let Some(bodies) = shared.bodies.borrow_mut().as_mut() {
            bodies.insert(number, answer.body.to_vec());
        }
        micros.push(u32::try_from(begin.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
}

fn check(shared: &Shared, status: u16, body: &[u8]) -> Result<(), Problem> {
    let contained = shared.containing.as_ref().is_none_or(|text| memmem::find(body, text.as_bytes()).is_some());
    if status == shared.expect && contained {
        return Ok(());
    }
    let shown = String::from_utf8_lossy(&body[..body.len().min(500)]);
    let text = shared.containing.as_deref().unwrap_or_default();
    Err(Problem::Said(format!("expected {} with {text:?}, got {status}: {shown}", shared.expect)))
}

#[expect(clippy::cast_precision_loss, reason = "counts of a bench are far below 2^52")]
fn summary(mut micros: Vec<u32>, wall: Duration, cpu: Duration, reopened: u64) -> Value {
    micros.sort_unstable();
    let responses = micros.len();
    let at = |share: usize| micros.get((responses * share / 1000).min(responses.saturating_sub(1))).copied();
    json!({
        "responses": responses,
        "seconds": wall.as_secs_f64(),
        "per_second": responses as f64 / wall.as_secs_f64(),
        "cpu_us": cpu.as_secs_f64() * 1e6 / responses.max(1) as f64,
        "p50_us": at(500),
        "p99_us": at(990),
        "max_us": micros.last(),
        "reopened": reopened,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read as _, Write as _};

    /// A server that answers every request with the status named in the path and the count of requests so far.
    fn server() -> SocketAddr {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                std::thread::spawn(move || {
                    let mut request = [0; 1024];
                    while let Ok(read @ 1..) = stream.read(&mut request) {
                        let status =
                            String::from_utf8_lossy(&request[..read]).chars().skip(5).take(3).collect::<String>();
                        let _ = write!(stream, "HTTP/1.1 {status} X\r\ncontent-length: 2\r\n\r\nok");
                    }
                });
            }
        });
        address
    }

    fn plan(more: &[&str]) -> Plan {
        #[derive(clap::Parser)]
        struct Only {
            #[command(flatten)]
            plan: Plan,
        }
        let to = server().to_string();
        let words = ["x", "--to", to.as_str(), "--host", "h", "--connections", "3", "--path", "/200"];
        let own = std::process::id().to_string();
        <Only as clap::Parser>::parse_from(words.iter().chain(more).chain(&["--pid", own.as_str()])).plan
    }

    #[test]
    fn exactly_the_asked_number_of_answers_is_measured() {
        let result = run(&plan(&["--warm", "10", "--requests", "25"])).unwrap();
        assert_eq!((&result["responses"], &result["reopened"]), (&json!(25), &json!(0)));
        assert!(result["p50_us"].as_u64().unwrap() <= result["p99_us"].as_u64().unwrap());
    }

    #[test]
    fn bodies_of_measured_answers_are_saved() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bodies");
        run(&plan(&["--warm", "4", "--requests", "3", "--save", path.to_str().unwrap()])).unwrap();
        assert_eq!(std::fs::read_to_string(path).unwrap(), "ok\nok\nok");
    }

    #[test]
    fn a_time_is_kept() {
        let result = run(&plan(&["--seconds", "0.05"])).unwrap();
        assert!(result["responses"].as_u64().unwrap() > 1 && result["seconds"].as_f64().unwrap() >= 0.05);
    }

    #[test]
    fn a_wrong_status_or_body_ends_the_run_with_what_was_said() {
        let wrong = run(&plan(&["--requests", "5", "--expect", "401"])).unwrap_err().to_string();
        assert!(wrong.contains("expected 401") && wrong.contains("got 200: ok"), "{wrong}");
        assert!(run(&plan(&["--requests", "5", "--containing", "no"])).is_err());
        assert!(run(&plan(&["--requests", "5", "--containing", "ok"])).is_ok());
    }
}
