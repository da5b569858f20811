//! What clients do with functions, over a real store.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use functions::{
    Answer, Architecture, Caller, Change, Created, FunctionRef, FunctionsError, InvokerOptions, NewStatement, Settings,
    Shown,
};
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;

use crate::bench::{ACCOUNT, Bench, key, python, surroundings};

const NOW: i64 = 1_800_000_000_000;

fn zipped(source: &str) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("app.py", SimpleFileOptions::default()).unwrap();
    writer.write_all(source.as_bytes()).unwrap();
    writer.finish().unwrap().into_inner()
}

fn returning(expression: &str) -> Vec<u8> {
    zipped(&format!("import os\ndef handler(event, context):\n    return {expression}\n"))
}

fn created(zip: Vec<u8>) -> Created {
    Created {
        settings: Settings {
            timeout: 20,
            ..Settings::new("python3.12", "app.handler", "arn:aws:iam::000000000000:role/r")
        },
        environment: BTreeMap::from([("TABLE".to_owned(), "files".to_owned())]),
        architecture: Architecture::default(),
        tags: BTreeMap::from([("team".to_owned(), "a".to_owned())]),
        zip,
    }
}

fn named(name: &str) -> FunctionRef {
    FunctionRef { key: key(name), qualifier: None }
}

fn permission(principal: &str) -> NewStatement {
    NewStatement {
        id: "api".to_owned(),
        action: "lambda:InvokeFunction".to_owned(),
        principal: principal.to_owned(),
        source_arn: None,
        source_account: None,
        organization: None,
        event_source_token: None,
        url_auth: None,
    }
}

async fn made(bench: &Bench, name: &str, expression: &str) -> Shown {
    bench.functions.create(NOW, key(name), created(returning(expression))).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_uploaded_function_runs_with_its_environment_and_each_change_at_once() {
    let bench = Bench::new(|_| Vec::new());
    let first = made(&bench, "f", "os.environ['TABLE']").await;
    assert_eq!(bench.ok("f", json!({})).await, "files");
    let environment = Some(BTreeMap::from([("TABLE".to_owned(), "other".to_owned())]));
    let change = Change { environment, ..Change::default() };
    let second =
        bench.functions.update_configuration(NOW + 1, &named("f"), change, Some(&first.revision)).await.unwrap();
    assert_eq!(bench.ok("f", json!({})).await, "other");
    assert_eq!((second.settings.timeout, second.modified), (20, NOW + 1));
    let code = returning("'new code'");
    bench.functions.update_code(NOW, &named("f"), code.clone(), None, None, false).await.unwrap();
    assert_eq!(bench.ok("f", json!({})).await, "new code");
    assert_eq!(bench.functions.zip(&key("f")).await.unwrap(), code);
    bench.functions.delete(NOW, &named("f")).await.unwrap();
    assert_eq!(bench.call("f", json!({})).await.answer, Answer::NotFound);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dry_run_checks_the_code_and_changes_nothing() {
    let bench = Bench::new(|_| Vec::new());
    let before = made(&bench, "f", "1").await;
    let other = returning("2");
    let shown = bench.functions.update_code(NOW, &named("f"), other, None, None, true).await.unwrap();
    assert_ne!(shown.code, before.code);
    assert_eq!(bench.functions.get(&named("f")).await.unwrap().code, before.code);
    let refused = bench.functions.update_code(NOW, &named("f"), b"no zip".to_vec(), None, None, true).await;
    assert!(matches!(refused, Err(FunctionsError::Code(_))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn variables_are_not_readable_in_the_database() {
    let bench = Bench::new(|_| Vec::new());
    let mut asked = created(returning("1"));
    asked.environment = BTreeMap::from([("PASSWORD".to_owned(), "correct-horse-battery".to_owned())]);
    let shown = bench.functions.create(NOW, key("f"), asked).await.unwrap();
    assert_eq!(shown.environment["PASSWORD"], "correct-horse-battery");
    for entry in std::fs::read_dir(bench.inner.folder()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let found = bytes.windows(21).any(|window| window == b"correct-horse-battery");
        assert!(!found, "a variable stands in clear in the database");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refusals_have_awss_words() {
    let bench = Bench::new(|root| vec![python(root, "own", "")]);
    let shown = made(&bench, "f", "1").await;
    let again = bench.functions.create(NOW, key("f"), created(returning("1"))).await.err().unwrap();
    assert_eq!(again.to_string(), "Function already exist: f");
    let taken = bench.functions.create(NOW, key("dashboard"), created(returning("1"))).await.err().unwrap();
    assert_eq!(taken.to_string(), "Function already exist: dashboard");
    let missing = bench.functions.get(&named("g")).await.err().unwrap();
    assert_eq!(missing.to_string(), format!("Function not found: arn:aws:lambda:us-east-1:{ACCOUNT}:function:g"));
    let version = FunctionRef { key: key("f"), qualifier: Some("7".to_owned()) };
    assert!(bench.functions.get(&version).await.err().unwrap().to_string().ends_with("function:f:7"));
    let stale = bench.functions.update_configuration(NOW, &named("f"), Change::default(), Some("old")).await;
    assert_eq!(stale.err(), Some(FunctionsError::Revision));
    let current =
        bench.functions.update_configuration(NOW, &named("f"), Change::default(), Some(&shown.revision)).await;
    assert!(current.is_ok());
    let configured = bench.functions.delete(NOW, &named("own")).await.err().unwrap();
    assert!(configured.to_string().contains("set by the server's configuration"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn statements_are_added_and_removed_by_their_ids() {
    let bench = Bench::new(|_| Vec::new());
    made(&bench, "f", "1").await;
    assert_eq!(bench.functions.policy(&named("f")).await.unwrap_err(), FunctionsError::NoPolicy);
    let statement = permission("apigateway.amazonaws.com");
    bench.functions.add_permission(NOW, &named("f"), &statement, None).await.unwrap();
    let twice = bench.functions.add_permission(NOW, &named("f"), &statement, None).await;
    assert_eq!(twice.unwrap_err(), FunctionsError::StatementExists("api".to_owned()));
    let (policy, _) = bench.functions.policy(&named("f")).await.unwrap();
    let policy: Value = serde_json::from_str(&policy).unwrap();
    assert_eq!(policy["Statement"][0]["Sid"], "api");
    bench.functions.remove_permission(NOW, &named("f"), "api", None).await.unwrap();
    let gone = bench.functions.remove_permission(NOW, &named("f"), "api", None).await.unwrap_err();
    assert_eq!(gone, FunctionsError::NoStatement("api".to_owned()));
}

/// What a service's call of a function ends in; `Ok` is what it answered.
async fn called_by(bench: &Bench, account: &str, region: &str, name: &str) -> Result<Value, Answer> {
    let scope = user_pools::Scope { account: account.to_owned(), region: region.to_owned() };
    let source_arn = &format!("arn:aws:execute-api:{region}:{account}:abc/$default/GET/");
    let by = Caller { service: "apigateway.amazonaws.com", scope: &scope, source_arn, by_role: false };
    let deadline = Bench::invocation(&json!({})).deadline;
    match bench.functions.invoker().invoke(&by, &key(name).arn(), "{}".into(), deadline, "r").await.unwrap() {
        Answer::Payload(payload) => Ok(serde_json::from_slice(&payload).unwrap()),
        other => Err(other),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_calls_functions_of_its_own_account_and_region_that_permit_it() {
    let bench = Bench::new(|root| vec![python(root, "own", "def handler(event, context):\n    return 'own'\n")]);
    made(&bench, "f", "1").await;
    let called = async |account, region, name| called_by(&bench, account, region, name).await;
    let denied = |answer: Result<Value, Answer>| match answer {
        Err(Answer::Denied(denied)) => denied,
        other => panic!("{other:?}"),
    };
    assert_eq!(called(ACCOUNT, "us-east-1", "own").await, Ok(json!("own")), "its operator set it up by hand");
    let refused = denied(called(ACCOUNT, "us-east-1", "f").await);
    assert!(refused.fix.contains("add-permission") && refused.fix.contains(":abc/*'"), "{refused:?}");
    let statement = NewStatement {
        source_arn: Some(format!("arn:aws:execute-api:us-east-1:{ACCOUNT}:abc/*/GET/")),
        ..permission("apigateway.amazonaws.com")
    };
    bench.functions.add_permission(NOW, &named("f"), &statement, None).await.unwrap();
    assert_eq!(called(ACCOUNT, "us-east-1", "f").await, Ok(json!(1)));
    for name in ["f", "own", "nothing"] {
        for (account, region) in [("111111111111", "us-east-1"), (ACCOUNT, "eu-west-1")] {
            assert!(denied(called(account, region, name).await).why.contains("is not of the caller's account"));
        }
    }
    bench.functions.remove_permission(NOW, &named("f"), "api", None).await.unwrap();
    denied(called(ACCOUNT, "us-east-1", "f").await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_policies_are_only_for_show_every_call_of_the_account_goes_through() {
    let options = InvokerOptions { surroundings: surroundings(), held_to_policies: false, ..InvokerOptions::default() };
    let bench = Bench::with(|_| Vec::new(), options);
    made(&bench, "f", "1").await;
    assert_eq!(called_by(&bench, ACCOUNT, "us-east-1", "f").await, Ok(json!(1)));
    assert!(matches!(called_by(&bench, "111111111111", "us-east-1", "f").await, Err(Answer::Denied(_))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn code_is_readable_by_the_servers_user_only() {
    let bench = Bench::new(|_| Vec::new());
    made(&bench, "f", "1").await;
    let mut folders = vec![bench.folder.path().join("code")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let mode = std::os::unix::fs::PermissionsExt::mode(&entry.metadata().unwrap().permissions()) & 0o777;
            let wanted = if entry.path().is_dir() { 0o700 } else { 0o600 };
            assert_eq!(mode, wanted, "{}", entry.path().display());
            folders.extend(entry.path().is_dir().then(|| entry.path()));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_show_configured_functions_too_in_pages() {
    let bench = Bench::new(|root| vec![python(root, "b", "")]);
    for name in ["a", "c"] {
        made(&bench, name, "1").await;
    }
    let scope = user_pools::Scope { account: ACCOUNT.to_owned(), region: "us-east-1".to_owned() };
    let names = |list: Vec<Shown>| list.into_iter().map(|it| it.key.name).collect::<Vec<_>>();
    assert_eq!(names(bench.functions.list(scope.clone(), None, 2).await.unwrap()), ["a", "b"]);
    assert_eq!(names(bench.functions.list(scope, Some("b".to_owned()), 2).await.unwrap()), ["c"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn code_that_no_function_has_goes_after_a_while() {
    let bench = Bench::new(|_| Vec::new());
    made(&bench, "f", "1").await;
    made(&bench, "g", "2").await;
    bench.functions.delete(NOW, &named("g")).await.unwrap();
    let minutes = |minutes: i64| NOW + minutes * 60_000;
    let sweep = async |at| bench.functions.sweep_code(at, false).await.unwrap();
    assert_eq!((sweep(NOW).await, sweep(minutes(19)).await), (0, 0), "a call may still run it");
    made(&bench, "h", "2").await;
    assert_eq!(sweep(minutes(20)).await, 0, "somebody has it again");
    bench.functions.delete(NOW, &named("h")).await.unwrap();
    assert_eq!((sweep(minutes(30)).await, sweep(minutes(50)).await, sweep(minutes(99)).await), (0, 1, 0));
    assert_eq!(bench.ok("f", json!({})).await, 1);
    bench.functions.delete(NOW, &named("f")).await.unwrap();
    assert_eq!(bench.functions.sweep_code(NOW, true).await.unwrap(), 1, "at a start nothing runs");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_at_once_are_all_kept() {
    let bench = Bench::new(|_| Vec::new());
    made(&bench, "f", "1").await;
    let tasks: Vec<_> = (0..8)
        .map(|number| {
            let functions = bench.functions.clone();
            let tags = BTreeMap::from([(format!("t{number}"), String::new())]);
            tokio::spawn(async move { functions.tag(NOW, &named("f"), &tags).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(bench.functions.get(&named("f")).await.unwrap().tags.len(), 9);
}
