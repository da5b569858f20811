//! `kill -9` while writing: nothing that was acknowledged is lost, and what was used up stays used up.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests")]
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use store::{OpenOptions, SqliteStore};
use testing::rows::{self, NOW};
use tokio::task::JoinSet;
use user_pools::ports::{CodePurpose, Codes, Pools, Redeemed, Rotated, SignIns, Users};
use user_pools::{ClientId, PoolId};

const DATABASE: &str = "STORE_CRASH_DATABASE";
const ROUND: &str = "STORE_CRASH_ROUND";
const ROUNDS: usize = 10;

fn pool() -> PoolId {
    rows::pool_id("crash")
}

fn hash(name: &str, salt: u8) -> [u8; 32] {
    let mut hash = [salt; 32];
    hash[1..=name.len()].copy_from_slice(name.as_bytes());
    hash
}

/// The process that is killed; no test of its own, so it ends at once without the crash test's environment. Signs users
/// up, confirms them, signs them in and rotates their tokens, eight at a time, and prints a line once a user's last act
/// has been acknowledged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child_writes_until_it_is_killed() {
    let Ok(path) = std::env::var(DATABASE) else { return };
    let round = std::env::var(ROUND).unwrap();
    let store = SqliteStore::open(Path::new(&path), &OpenOptions::default()).unwrap();
    let mut tasks = JoinSet::new();
    for lane in 0..8 {
        let (store, round) = (store.clone(), round.clone());
        tasks.spawn(async move {
            for number in 0.. {
                let name = format!("{round}-{lane}-{number}");
                act(&store, &name).await;
                let mut out = std::io::stdout().lock();
                writeln!(out, "\nacknowledged {name}").and_then(|()| out.flush()).unwrap();
            }
        });
    }
    tasks.join_all().await;
}

async fn act(store: &SqliteStore, name: &str) {
    let user = rows::user(&pool(), name);
    let client = rows::client(&pool(), "client");
    store.insert_user(NOW, user.clone()).await.unwrap();
    store
        .put_code(NOW, rows::code(&user, CodePurpose::SignUp, hash(name, 1)), rows::message(&user, "code"))
        .await
        .unwrap();
    let code = store.redeem_code(NOW, CodePurpose::SignUp, hash(name, 1), user.clone(), false).await;
    assert_eq!(code, Ok(Redeemed::Yes));
    let sign_in = rows::sign_in(&user, &client, name);
    let token = rows::refresh_token(&sign_in, hash(name, 2));
    store.open_sign_in(NOW, sign_in.clone(), user.stamp(), Some(token), None).await.unwrap();
    let next = rows::refresh_token(&sign_in, hash(name, 3));
    assert_eq!(store.rotate_refresh_token(NOW, hash(name, 2), next, 0).await, Ok(Rotated::Yes));
}

#[tokio::test]
async fn what_was_acknowledged_survives_being_killed_and_stays_used_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db");
    let store = SqliteStore::open(&path, &OpenOptions::default()).unwrap();
    store.insert_pool(NOW, rows::pool("crash"), Vec::new()).await.unwrap();
    user_pools::ports::Clients::insert_client(&store, NOW, rows::client(&pool(), "client")).await.unwrap();
    drop(store);
    let mut all = Vec::new();
    for round in 0..ROUNDS {
        // The kill moves through the batches: after 1, 8, 15 ... acknowledged users.
        let acknowledged = killed_after(&path, round, 1 + 7 * round);
        assert!(acknowledged.len() > 7 * round);
        all.extend(acknowledged);
        let store = SqliteStore::open(&path, &OpenOptions::default()).unwrap();
        for name in &all {
            check(&store, name).await;
        }
    }
    let db = rusqlite::Connection::open(&path).unwrap();
    let verdict: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok");
}

/// Starts the child, kills it after so many lines, and gives back every line it managed to print.
fn killed_after(path: &Path, round: usize, lines: usize) -> Vec<String> {
    let mut child = start(path, round);
    let out = BufReader::new(child.stdout.take().unwrap());
    let mut names = Vec::new();
    for line in out.lines() {
        if let Some(name) = line.unwrap().strip_prefix("acknowledged ") {
            names.push(name.to_owned());
        }
        if names.len() == lines {
            // SIGKILL. What the child has written to the pipe before is still read below.
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    names
}

fn start(path: &Path, round: usize) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["child_writes_until_it_is_killed", "--exact", "--nocapture"])
        .env(DATABASE, path)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

async fn check(store: &SqliteStore, name: &str) {
    let user = store.user(pool(), format!("sub-{name}")).await.unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(user.version, 2, "{name}");
    let again = store.redeem_code(NOW, CodePurpose::SignUp, hash(name, 1), user, false).await;
    assert_eq!(again, Ok(Redeemed::Absent), "{name}");
    let (old, family) = store.refresh_token(NOW, hash(name, 2)).await.unwrap();
    assert_eq!((old.replaced_at, family.client), (Some(NOW), ClientId("client".to_owned())), "{name}");
    let (next, _) = store.refresh_token(NOW, hash(name, 3)).await.unwrap();
    assert_eq!(next.replaced_at, None, "{name}");
}
