//! What goes wrong in a function, and what the caller is told of it.

use std::time::Duration;

use functions::{Answer, ErrorKind};
use serde_json::{Value, json};

use crate::bench::{Bench, configured, key, node, python, runs, tail, until, within};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exception_is_told_with_type_message_and_stack_and_the_worker_stays() {
    const PYTHON: &str = "import os\ndef inner():\n    raise ValueError('boom')\ndef handler(event, context):\n    if event: inner()\n    return os.getpid()\n";
    const NODE: &str = "class MyError extends Error { constructor(m) { super(m); this.name = 'MyError'; } }\nexports.handler = async (event) => { if (event) throw new MyError('boom'); return process.pid; };";
    let bench = Bench::new(|root| vec![python(root, "py", PYTHON), node(root, "js", "app.js", NODE)]);
    for (name, kind, line) in [("py", "ValueError", "in inner"), ("js", "MyError", "MyError: boom")] {
        let pid = bench.ok(name, Value::Null).await;
        let error = bench.error(name, json!(1)).await;
        assert_eq!(
            (error.kind, error.error_type.as_str(), error.error_message.as_str()),
            (ErrorKind::Handler, kind, "boom")
        );
        assert!(error.stack.iter().any(|it| it.contains(line)), "{:?}", error.stack);
        assert!(error.stack.iter().all(|it| !it.contains("<string>") && !it.contains("[eval")), "{:?}", error.stack);
        assert_eq!(bench.ok(name, Value::Null).await, pid, "the process goes on");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_that_cannot_be_loaded_is_an_init_error_in_awss_words() {
    let bench = Bench::new(|root| {
        vec![
            python(root, "py-import", "import nothing_of_this_name\n"),
            python(root, "py-syntax", "def handler(event, context)\n    return 1\n"),
            python(root, "py-missing", "x = 1\n"),
            python(root, "py-raise", "raise RuntimeError('at import')\n"),
            configured(root, "py-name", "python3.12", "handler", &[("app.py", "")]),
            configured(root, "py-file", "python3.12", "other.handler", &[("app.py", "")]),
            node(root, "js-import", "app.js", "require('nothing-of-this-name');"),
            node(root, "js-syntax", "app.js", "exports.handler = ("),
            node(root, "js-missing", "app.js", "exports.other = 1;"),
            node(root, "js-file", "other.js", ""),
            configured(root, "no-bootstrap", "provided.al2023", "", &[("app.py", "")]),
        ]
    });
    for (name, kind, text) in [
        (
            "py-import",
            "Runtime.ImportModuleError",
            "Unable to import module 'app': No module named 'nothing_of_this_name'",
        ),
        ("py-syntax", "Runtime.UserCodeSyntaxError", "Syntax error in module 'app'"),
        ("py-missing", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'app'"),
        ("py-raise", "RuntimeError", "at import"),
        ("py-name", "Runtime.MalformedHandlerName", "Bad handler 'handler'"),
        ("py-file", "Runtime.ImportModuleError", "Unable to import module 'other'"),
        ("js-import", "Runtime.ImportModuleError", "Error: Cannot find module 'nothing-of-this-name'"),
        ("js-syntax", "Runtime.UserCodeSyntaxError", "SyntaxError"),
        ("js-missing", "Runtime.HandlerNotFound", "app.handler is undefined or not exported"),
        ("js-file", "Runtime.ImportModuleError", "Error: Cannot find module 'app'"),
        ("no-bootstrap", "Runtime.InvalidEntrypoint", "Couldn't find valid bootstrap(s)"),
    ] {
        let error = bench.error(name, json!({})).await;
        assert_eq!((error.kind, error.error_type.as_str()), (ErrorKind::Init, kind), "{name}: {error:?}");
        assert!(error.error_message.contains(text), "{name}: {}", error.error_message);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_ends_during_a_call_is_told_and_replaced() {
    const PYTHON: &str = "import os, signal\ndef handler(event, context):\n    if event == 'exit': os._exit(3)\n    if event == 'zero': os._exit(0)\n    if event == 'kill': os.kill(os.getpid(), signal.SIGKILL)\n    if event == 'segv': os.kill(os.getpid(), signal.SIGSEGV)\n    return 'fine'\n";
    let bench = Bench::new(|root| vec![python(root, "py", PYTHON)]);
    for (event, how) in [
        ("exit", "Runtime exited with error: exit status 3"),
        ("zero", "Runtime exited without providing a reason"),
        ("kill", "Runtime exited with error: signal: killed"),
        ("segv", "Runtime exited with error: signal: segmentation fault"),
    ] {
        assert_eq!(bench.ok("py", json!("go on")).await, "fine");
        let error = bench.error("py", json!(event)).await;
        assert_eq!((error.kind, error.error_type.as_str()), (ErrorKind::Exit, "Runtime.ExitError"));
        assert!(error.error_message.ends_with(how), "{}", error.error_message);
        assert!(error.error_message.starts_with("RequestId: "), "{}", error.error_message);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_takes_too_long_ends_with_everything_it_started() {
    const PYTHON: &str = "import os, subprocess, time\ndef handler(event, context):\n    child = subprocess.Popen(['sleep', '600'])\n    open(event, 'w').write('%d %d' % (os.getpid(), child.pid))\n    print('waiting', flush=True)\n    time.sleep(600)\n";
    let bench = Bench::new(|root| vec![within(1, python(root, "slow", PYTHON))]);
    let note = bench.folder.path().join("pids");
    let invoked = bench.call("slow", json!(note)).await;
    let Answer::Failed(error) = &invoked.answer else { panic!("{:?}", invoked.answer) };
    assert_eq!((error.kind, error.error_type.as_str()), (ErrorKind::Timeout, "Sandbox.Timedout"));
    assert!(error.error_message.ends_with("Error: Task timed out after 1.00 seconds"), "{}", error.error_message);
    assert!(tail(&invoked).contains("waiting"), "{}", tail(&invoked));
    let pids: Vec<u64> = std::fs::read_to_string(note).unwrap().split(' ').map(|pid| pid.parse().unwrap()).collect();
    for pid in pids {
        until("the process and its child have ended", || !runs(pid)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn node_ends_its_process_after_an_error_that_nobody_caught() {
    const NODE: &str = "exports.handler = (event, context, callback) => { if (event === 'throw') setTimeout(() => { throw new Error('late'); }, 1); else if (event === 'reject') { Promise.reject(new Error('lost')); setTimeout(() => {}, 5000); } else callback(null, 'fine'); };";
    let bench = Bench::new(|root| vec![node(root, "js", "app.js", NODE)]);
    let error = bench.error("js", json!("throw")).await;
    assert_eq!((error.error_type.as_str(), error.error_message.as_str()), ("Error", "late"));
    assert_eq!(bench.ok("js", json!("go on")).await, "fine");
    let error = bench.error("js", json!("reject")).await;
    assert_eq!(error.error_type, "Runtime.UnhandledPromiseRejection");
    assert_eq!(bench.ok("js", json!("go on")).await, "fine");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_too_large_or_no_json_is_told() {
    const PYTHON: &str =
        "def handler(event, context):\n    return 'x' * event if isinstance(event, int) else object()\n";
    let bench = Bench::new(|root| {
        vec![
            python(root, "py", PYTHON),
            node(root, "js", "app.js", "exports.handler = async (event) => { const it = {}; it.it = it; return it; };"),
        ]
    });
    assert_eq!(bench.ok("py", json!(6_000_000)).await.as_str().map(str::len), Some(6_000_000));
    let error = bench.error("py", json!(6_400_000)).await;
    assert_eq!((error.kind, error.error_type.as_str()), (ErrorKind::TooLarge, "Function.ResponseSizeTooLarge"));
    assert!(error.error_message.contains("(6291556 bytes)"), "{}", error.error_message);
    let error = bench.error("py", json!("object")).await;
    assert_eq!(error.error_type, "Runtime.MarshalError");
    assert!(
        error.error_message.starts_with("Unable to marshal response: Object of type object"),
        "{}",
        error.error_message
    );
    assert!(bench.error("js", json!({})).await.error_message.starts_with("Unable to stringify response body"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_died_while_idle_costs_no_call() {
    const PYTHON: &str = "import os, threading\ndef handler(event, context):\n    if event: threading.Timer(0.1, lambda: os._exit(1)).start()\n    return os.getpid()\n";
    let bench = Bench::new(|root| vec![python(root, "py", PYTHON)]);
    let pid = bench.ok("py", json!(true)).await.as_u64().unwrap();
    until("the idle process has ended", || !runs(pid)).await;
    assert_ne!(bench.ok("py", json!(false)).await, json!(pid));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_gives_up_does_not_end_the_function() {
    const PYTHON: &str =
        "import time\ndef handler(event, context):\n    time.sleep(1)\n    open(event, 'w').write('done')\n";
    let bench = Bench::new(|root| vec![python(root, "py", PYTHON)]);
    let note = bench.folder.path().join("note");
    let mut invocation = Bench::invocation(&json!(note));
    invocation.deadline -= 59_500;
    let answer = bench.functions.invoker().call(&key("py"), invocation).await.unwrap().answer;
    assert_eq!(answer, Answer::Deadline);
    assert!(!note.exists());
    until("the function has gone on to its end", || note.exists()).await;
    tokio::time::sleep(Duration::from_millis(1)).await;
}
