//! Bounds: the queue, idle workers, the end of the server, functions behind a URL.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use functions::{Answer, Configured, ErrorKind, InvokerOptions, Settings, Source};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::json;

use crate::bench::{Bench, key, python, runs, surroundings, until, within};

const SLEEP: &str = "import os, time\nprint(os.getpid())\ndef handler(event, context):\n    if event: time.sleep(event)\n    return os.getpid()\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_throttles_at_once() {
    let bench = Bench::new(|root| vec![Configured { concurrency: Some(1), ..python(root, "one", SLEEP) }]);
    bench.ok("one", json!(0)).await;
    let throttled = Arc::new(AtomicUsize::new(0));
    let calls: Vec<_> = (0..110)
        .map(|_| {
            let (invoker, throttled) = (bench.functions.invoker().clone(), Arc::clone(&throttled));
            tokio::spawn(async move {
                let mut invocation = Bench::invocation(&json!(3));
                invocation.deadline -= 58_500;
                let answer = invoker.call(&key("one"), invocation).await.unwrap().answer;
                throttled.fetch_add(usize::from(answer == Answer::Throttled), Ordering::SeqCst);
            })
        })
        .collect();
    for call in calls {
        call.await.unwrap();
    }
    assert_eq!(throttled.load(Ordering::SeqCst), 9, "one runs, a hundred wait, the rest is told at once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_functions_together_have_so_many_processes_and_idle_ones_make_room() {
    const NOTE: &str = "import time\ndef handler(event, context):\n    if event:\n        open(event, 'w').close()\n        time.sleep(3)\n";
    let options = InvokerOptions { surroundings: surroundings(), processes: 2, ..InvokerOptions::default() };
    let bench = Bench::with(|root| ["a", "b", "c"].map(|name| python(root, name, NOTE)).into(), options);
    for name in ["a", "b", "c", "a"] {
        bench.ok(name, json!(0)).await;
    }
    let busy = |name: &'static str| {
        let (invoker, note) = (bench.functions.invoker().clone(), bench.folder.path().join(name).join("note"));
        tokio::spawn(async move { invoker.call(&key(name), Bench::invocation(&json!(note))).await.unwrap().answer })
    };
    let both = [busy("a"), busy("b")];
    let runs = |name: &str| bench.folder.path().join(name).join("note").exists();
    until("two functions run", || runs("a") && runs("b")).await;
    assert_eq!(bench.call("c", json!(0)).await.answer, Answer::Throttled);
    for call in both {
        assert!(matches!(call.await.unwrap(), Answer::Payload(_)));
    }
    bench.ok("c", json!(0)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_function_that_never_stops_printing_is_answered_all_the_same() {
    const LOUD: &str = "import os, threading\ndef loud():\n    while True: os.write(1, b'x' * 4096 + b'\\n')\nthreading.Thread(target=loud, daemon=True).start()\ndef handler(event, context):\n    return 'answered'\n";
    let bench = Bench::new(|root| vec![python(root, "loud", LOUD)]);
    assert_eq!(bench.ok("loud", json!({})).await, "answered");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn idle_workers_end_when_told_and_with_the_engine() {
    let bench = Bench::new(|root| vec![python(root, "one", SLEEP)]);
    let pid = bench.ok("one", json!(0)).await.as_u64().unwrap();
    assert!(runs(pid));
    bench.functions.invoker().close();
    until("the idle worker has ended", || !runs(pid)).await;
    let pid = bench.ok("one", json!(0)).await.as_u64().unwrap();
    assert!(runs(pid));
    drop(bench);
    until("the last worker has ended with the engine", || !runs(pid)).await;
}

/// The test below starts this test in a process of its own and kills that.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_end_with_a_server_that_is_killed() {
    if std::env::var_os("COGNATE_TEST_VICTIM").is_some() {
        let bench = Bench::new(|root| vec![python(root, "one", SLEEP)]);
        println!("pid={}", bench.ok("one", json!(0)).await);
        let _ = bench.call("one", json!(60)).await;
        return;
    }
    let name = "limits::workers_end_with_a_server_that_is_killed";
    let mut victim = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env("COGNATE_TEST_VICTIM", "1")
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = tokio::io::BufReader::new(victim.stdout.take().unwrap());
    let pid = loop {
        let mut line = String::new();
        assert!(
            tokio::io::AsyncBufReadExt::read_line(&mut lines, &mut line).await.unwrap() > 0,
            "the victim said nothing"
        );
        if let Some((_, pid)) = line.trim().split_once("pid=") {
            break pid.parse::<u64>().unwrap();
        }
    };
    assert!(runs(pid));
    victim.kill().await.unwrap();
    until("the function has ended with its server", || !runs(pid)).await;
}

/// Children of this process that have ended and that nobody has asked for.
fn zombies() -> Vec<String> {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap().flatten();
    let children = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    let stat = |pid: &str| std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let all: Vec<String> = children.flat_map(|line| line.split(' ').map(stat).collect::<Vec<_>>()).collect();
    all.into_iter().filter(|stat| stat.contains(") Z ")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_ended_leave_nothing_behind() {
    const PYTHON: &str = "import os, time\ndef handler(event, context):\n    if event == 'exit': os._exit(1)\n    if event == 'sleep': time.sleep(60)\n    return os.getpid()\n";
    let bench = Bench::new(|root| vec![within(1, python(root, "py", PYTHON)), python(root, "bad", "raise Exception")]);
    bench.error("py", json!("exit")).await;
    bench.error("py", json!("sleep")).await;
    bench.error("bad", json!({})).await;
    bench.ok("py", json!("go on")).await;
    bench.functions.invoker().close();
    until("every process that ended has been asked for", || zombies().is_empty()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_worker_ends_after_its_time() {
    let options =
        InvokerOptions { surroundings: surroundings(), idle: Duration::from_millis(1), ..InvokerOptions::default() };
    let bench = Bench::with(|root| vec![python(root, "one", SLEEP)], options);
    let pid = bench.ok("one", json!(0)).await.as_u64().unwrap();
    for _ in 0..20 {
        if !runs(pid) {
            return;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    panic!("the idle worker still runs");
}

/// A server that answers by the path: how a function behind a URL may behave.
async fn elsewhere() -> u16 {
    async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
        let path = request.uri().path().to_owned();
        let id = request.headers().contains_key("lambda-runtime-aws-request-id");
        let body = request.into_body().collect().await.unwrap().to_bytes();
        let made = match path.as_str() {
            "/echo" if id => Response::new(Full::new(body)),
            "/redirect" => Response::builder().status(302).header("location", "/echo").body(Full::default()).unwrap(),
            "/error" => Response::builder()
                .header("x-amz-function-error", "Unhandled")
                .body(Full::from(r#"{"errorType":"E","errorMessage":"m"}"#))
                .unwrap(),
            "/large" => Response::new(Full::from(vec![b'x'; 6_400_000])),
            "/slow" => {
                tokio::time::sleep(Duration::from_secs(30)).await;
                Response::default()
            }
            _ => Response::builder().status(500).body(Full::default()).unwrap(),
        };
        Ok(made)
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let connection = hyper::server::conn::http1::Builder::new();
            tokio::spawn(connection.serve_connection(TokioIo::new(stream), service_fn(answer)));
        }
    });
    port
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_function_behind_a_url_gets_the_event_and_is_bounded() {
    let port = elsewhere().await;
    let at = |name: &str| Configured {
        key: key(name),
        source: Source::Url(format!("http://127.0.0.1:{port}/{name}").parse().unwrap()),
        settings: Settings { timeout: 1, ..Settings::new("provided.al2023", "", "") },
        environment: std::collections::BTreeMap::new(),
        concurrency: None,
    };
    let mut all: Vec<Configured> =
        ["echo", "redirect", "error", "large", "slow", "nothing"].into_iter().map(at).collect();
    all.push(Configured { source: Source::Url("http://127.0.0.1:1/".parse().unwrap()), ..at("closed") });
    let bench = Bench::new(|_| all);
    assert_eq!(bench.ok("echo", json!({"n": 1})).await, json!({"n": 1}));
    for (name, kind, text) in [
        ("redirect", ErrorKind::Remote, "302"),
        ("error", ErrorKind::Handler, "m"),
        ("large", ErrorKind::TooLarge, "6291556"),
        ("slow", ErrorKind::Timeout, "timed out after 1.00"),
        ("nothing", ErrorKind::Remote, "500"),
        ("closed", ErrorKind::Remote, "127.0.0.1"),
    ] {
        let error = bench.error(name, json!({})).await;
        assert_eq!(error.kind, kind, "{name}: {error:?}");
        assert!(error.error_message.contains(text), "{name}: {}", error.error_message);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_else_can_speak_to_a_functions_runtime_api() {
    const PYTHON: &str = "import os\ndef handler(event, context):\n    return os.environ['AWS_LAMBDA_RUNTIME_API']\n";
    let bench = Bench::new(|root| vec![within(5, python(root, "py", PYTHON))]);
    let api = bench.ok("py", json!({})).await.as_str().unwrap().to_owned();
    let (address, token) = api.split_once('/').unwrap();
    assert_eq!(token.len(), 32);
    let other = "0".repeat(32);
    for prefix in ["", other.as_str()] {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let head = format!(
            "GET /{prefix}/2018-06-01/runtime/invocation/next HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
        );
        tokio::io::AsyncWriteExt::write_all(&mut stream, head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        tokio::io::AsyncReadExt::read_to_string(&mut stream, &mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    }
}
