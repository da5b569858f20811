//! What works: every kind of handler, context, environment, log, warmth, concurrency, reload.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use functions::{Answer, Caller, Configured, Settings, Source};
use serde_json::{Value, json};

use crate::bench::{ACCOUNT, Bench, configured, folder, key, node, python, tail};

const ECHO: &str = "import os\ncount = 0\ndef handler(event, context):\n    global count\n    count += 1\n    print('got', event)\n    return {'event': event, 'count': count, 'pid': os.getpid(), 'id': context.aws_request_id, 'arn': context.invoked_function_arn, 'left': context.get_remaining_time_in_millis(), 'name': context.function_name, 'env': dict(os.environ), 'cwd': os.getcwd()}\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_python_handler_answers_and_stays_warm() {
    let bench = Bench::new(|root| vec![python(root, "echo", ECHO)]);
    let first = bench.ok("echo", json!({"a": [1, 2.5, "ü", null]})).await;
    assert_eq!(first["event"], json!({"a": [1, 2.5, "ü", null]}));
    let began = Instant::now();
    let second = bench.ok("echo", json!({})).await;
    assert!(began.elapsed().as_millis() < 1000, "warm calls are quick: {:?}", began.elapsed());
    assert_eq!((&second["count"], &second["pid"]), (&json!(2), &first["pid"]));
    assert_ne!(first["id"], second["id"]);
    assert_eq!(first["arn"], "arn:aws:lambda:us-east-1:000000000000:function:echo");
    let left = first["left"].as_i64().unwrap();
    assert!((1..=20_000).contains(&left), "{left}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_function_sees_lambdas_environment_and_not_the_servers() {
    let bench = Bench::new(|root| {
        let mut it = python(root, "echo", ECHO);
        it.environment = BTreeMap::from([("TABLE".to_owned(), "files".to_owned())]);
        vec![it]
    });
    let seen = bench.ok("echo", json!(null)).await;
    let env = &seen["env"];
    assert_eq!(env["TABLE"], "files");
    assert_eq!(env["AWS_LAMBDA_FUNCTION_NAME"], "echo");
    assert_eq!(env["_HANDLER"], "app.handler");
    assert_eq!(env["AWS_REGION"], "us-east-1");
    assert_eq!(env["AWS_ENDPOINT_URL"], "http://localhost:4566");
    assert_eq!(env["LAMBDA_TASK_ROOT"], seen["cwd"]);
    assert_eq!(env.get("CARGO_MANIFEST_DIR"), None, "the server's own environment must not leak");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn node_handlers_of_every_kind_answer() {
    const ASYNC: &str = "exports.handler = async (event, context) => ({ got: event, id: context.awsRequestId, left: context.getRemainingTimeInMillis() });";
    const CALLBACK: &str =
        "exports.handler = (event, context, callback) => { setTimeout(() => callback(null, { got: event }), 5); };";
    const MODULE: &str =
        "import { helper } from './lib/helper.mjs';\nexport const handler = async (event) => ({ got: helper(event) });";
    const NOTHING: &str = "exports.handler = () => {};";
    let bench = Bench::new(|root| {
        let esm = [("app.mjs", MODULE), ("lib/helper.mjs", "export const helper = (it) => it;")];
        let typed = [
            ("app.js", "export const handler = async (event) => ({ got: event });"),
            ("package.json", "{\"type\":\"module\"}"),
        ];
        let nested = [("src/app.js", ASYNC)];
        vec![
            node(root, "async", "app.js", ASYNC),
            node(root, "callback", "app.cjs", CALLBACK),
            configured(root, "module", "nodejs22.x", "app.handler", &esm),
            configured(root, "typed", "nodejs20.x", "app.handler", &typed),
            configured(root, "nested", "nodejs20.x", "src/app.handler", &nested),
            node(root, "nothing", "app.js", NOTHING),
        ]
    });
    for name in ["async", "callback", "module", "typed", "nested"] {
        let answer = bench.ok(name, json!({"n": 1})).await;
        assert_eq!(answer["got"], json!({"n": 1}), "{name}");
        assert_eq!(bench.ok(name, json!([2])).await["got"], json!([2]), "{name}, warm");
    }
    assert_eq!(bench.ok("nothing", json!({})).await, Value::Null);
    assert_eq!(bench.ok("nothing", json!({})).await, Value::Null);
}

/// A custom runtime in a few lines of shell: what `provided` asks for is only the Runtime API.
pub const SHELL: &str = r#"#!/bin/sh
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while :; do
  event=$(curl -sS -D headers.txt "$api/next") || exit 1
  id=$(tr -d '\r' < headers.txt | sed -n 's/^lambda-runtime-aws-request-id: //p')
  curl -sS -o /dev/null -X POST "$api/$id/response" -d "{\"shell\":$event,\"handler\":\"$_HANDLER\"}"
done
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_custom_runtime_runs_as_it_is() {
    let bench = Bench::new(|root| {
        let mut command = configured(root, "command", "provided.al2023", "x", &[("run.sh", SHELL)]);
        let Source::Folder { path, .. } = &command.source else { unreachable!() };
        let own = Some(vec!["sh".to_owned(), "run.sh".to_owned()]);
        command.source = Source::Folder { path: path.clone(), command: own, reload: false };
        vec![configured(root, "shell", "provided.al2023", "anything", &[("bootstrap", SHELL)]), command]
    });
    for name in ["shell", "command"] {
        assert_eq!(bench.ok(name, json!({"n": 1})).await["shell"], json!({"n": 1}));
    }
    assert_eq!(bench.ok("shell", json!(2)).await["handler"], "anything");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_tail_is_in_awss_form() {
    let bench = Bench::new(|root| {
        vec![
            python(
                root,
                "py",
                "print('cold')\ndef handler(event, context):\n    print('hello', event['n'])\n    return 1\n",
            ),
            node(root, "js", "app.js", "exports.handler = async (event) => { console.log('hello', event.n); };"),
        ]
    });
    let first = bench.call("py", json!({"n": 1})).await;
    let text = tail(&first);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "cold");
    assert!(lines[1].starts_with("START RequestId: 00000000-") && lines[1].ends_with(" Version: $LATEST"), "{text}");
    assert_eq!(lines[2], "hello 1");
    assert!(lines[3].starts_with("END RequestId: "), "{text}");
    assert!(lines[4].starts_with("REPORT RequestId: ") && lines[4].contains("\tBilled Duration: "), "{text}");
    assert!(lines[4].contains("Init Duration: ") && lines[4].contains("Memory Size: 128 MB"), "{text}");
    let second = tail(&bench.call("py", json!({"n": 2})).await);
    assert!(second.starts_with("START") && second.contains("hello 2") && !second.contains("hello 1"), "{second}");
    assert!(!second.contains("Init Duration"), "{second}");
    let node = tail(&bench.call("js", json!({"n": 3})).await);
    assert!(node.contains("\tINFO\thello 3\n"), "{node}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_run_side_by_side_up_to_the_limit() {
    const SLOW: &str = "import os, time\ndef handler(event, context):\n    time.sleep(0.3)\n    return os.getpid()\n";
    let bench = Bench::new(|root| vec![Configured { concurrency: Some(2), ..python(root, "slow", SLOW) }]);
    let calls = (0..6).map(|_| {
        let invoker = bench.functions.invoker().clone();
        tokio::spawn(async move { invoker.call(&key("slow"), Bench::invocation(&json!({}))).await.unwrap().answer })
    });
    let mut pids = std::collections::BTreeSet::new();
    for call in calls.collect::<Vec<_>>() {
        let Answer::Payload(pid) = call.await.unwrap() else { panic!("not answered") };
        pids.insert(pid);
    }
    assert_eq!(pids.len(), 2, "two workers answered six calls");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_folder_is_started_anew() {
    let bench = Bench::new(|root| vec![python(root, "app", "def handler(event, context):\n    return 'one'\n")]);
    assert_eq!(bench.ok("app", json!({})).await, "one");
    folder(bench.folder.path(), "app", &[("app.py", "def handler(event, context):\n    return 'second'\n")]);
    assert_eq!(bench.ok("app", json!({})).await, "second");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn awslambdaric_is_used_where_the_functions_python_has_it() {
    const ASK: &str = "import sys\ndef handler(event, context):\n    return {'ric': 'awslambdaric' in sys.modules, 'event': event, 'arn': context.invoked_function_arn}\n";
    let Some(python) = option_env!("COGNATE_RIC_PYTHON").map(str::to_owned).or_else(ric_python) else {
        panic!("python3 cannot make a venv with awslambdaric; install it or set COGNATE_RIC_PYTHON");
    };
    let bench = Bench::new(|root| {
        let with = |it: Configured| {
            let Source::Folder { path, .. } = &it.source else { unreachable!() };
            std::fs::create_dir_all(path.join("venv/bin")).unwrap();
            let starter = format!("#!/bin/sh\nexec {python} \"$@\"\n");
            std::fs::write(path.join("venv/bin/python"), starter).unwrap();
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
            std::fs::set_permissions(path.join("venv/bin/python"), mode).unwrap();
            it
        };
        vec![
            with(crate::bench::python(root, "ric", ASK)),
            with(crate::bench::python(root, "broken", "import nothing_of_this_name\n")),
        ]
    });
    let answer = bench.ok("ric", json!({"n": 1})).await;
    assert_eq!((&answer["ric"], &answer["event"]), (&json!(true), &json!({"n": 1})));
    assert_eq!(bench.ok("ric", json!(2)).await["event"], 2);
    let error = bench.error("broken", json!({})).await;
    assert_eq!(error.error_type, "Runtime.ImportModuleError");
}

/// A venv with AWS's own client, made once below `target/`.
fn ric_python() -> Option<String> {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("awslambdaric");
    let python = place.join("bin/python");
    let run = |program: &Path, arguments: &[&str]| {
        std::process::Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success())
    };
    let has = |python: &Path| run(python, &["-c", "import awslambdaric, runtime_client"]);
    if !has(&python) {
        run(Path::new("python3"), &["-m", "venv", place.to_str()?]);
        run(&python, &["-m", "pip", "install", "--quiet", "awslambdaric"]);
    }
    has(&python).then(|| python.display().to_string())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_function_that_is_not_there_is_not_found() {
    let bench = Bench::new(|_| Vec::new());
    assert_eq!(bench.call("nothing", json!({})).await.answer, Answer::NotFound);
    let invoker = bench.functions.invoker();
    for arn in ["nonsense", "arn:aws:lambda:us-east-1:000000000000:function:f:live"] {
        let scope = user_pools::Scope { account: ACCOUNT.to_owned(), region: "us-east-1".to_owned() };
        let by = Caller { service: "apigateway.amazonaws.com", scope: &scope, source_arn: "", by_role: false };
        let answer = invoker.invoke(&by, arn, "{}".into(), i64::MAX, "id").await.unwrap();
        assert_eq!(answer, Answer::NotFound, "{arn}");
    }
    let settings = Settings::new("python3.12", "a.b", "");
    assert_eq!(settings.timeout, 3, "the default that clients read back");
}
