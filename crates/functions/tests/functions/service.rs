//! What clients do with functions, over a real store.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use functions::{Architecture, Change, Created, FunctionRef, FunctionsError, NewStatement, Settings, Shown};
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;

use crate::bench::{ACCOUNT, Bench, key, python};

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
    assert_eq!(bench.call("f", json!({})).await.answer, functions::Answer::NotFound);
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
    let statement = NewStatement {
        id: "api".to_owned(),
        action: "lambda:InvokeFunction".to_owned(),
        principal: "apigateway.amazonaws.com".to_owned(),
        source_arn: None,
        source_account: None,
        organization: None,
        event_source_token: None,
        url_auth: None,
    };
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
async fn code_that_no_function_has_goes_with_the_sweep() {
    let bench = Bench::new(|_| Vec::new());
    made(&bench, "f", "1").await;
    made(&bench, "g", "2").await;
    bench.functions.delete(NOW, &named("g")).await.unwrap();
    assert_eq!(bench.functions.sweep_code().await.unwrap(), 1);
    assert_eq!(bench.ok("f", json!({})).await, 1);
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
