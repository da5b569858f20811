//! What is SQLite's own: group commit, what is refused at opening, damage, a full disk, sweeping, copies.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests")]
use http_apis::ApiStore;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::{OpenError, OpenOptions, SqliteStore, Trouble};
use tempfile::TempDir;
use testing::rows::{self, HOUR, NOW};
use tokio::task::JoinSet;
use user_pools::following::{Changed, changed_pools};
use user_pools::pool::UserPool;
use user_pools::ports::{
    Attempts, AuthCodes, Clients, CodePurpose, Codes, Decisions, LoginSessions, Outbox, Pools, Redeemed, SignIns,
    StoreError, Users,
};
use user_pools::user::User;

const DAY: i64 = 24 * HOUR;

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db");
    (folder, path)
}

fn open(path: &Path) -> SqliteStore {
    SqliteStore::open(path, &OpenOptions::default()).unwrap()
}

fn refusal(path: &Path, options: &OpenOptions) -> OpenError {
    SqliteStore::open(path, options).expect_err("opening should be refused")
}

/// A store with a pool.
async fn with_pool() -> (TempDir, PathBuf, SqliteStore) {
    let (folder, path) = folder();
    let store = open(&path);
    store.insert_pool(NOW, rows::pool("a"), Vec::new()).await.unwrap();
    (folder, path, store)
}

async fn user(store: &SqliteStore, name: &str) -> User {
    let user = rows::user(&rows::pool_id("a"), name);
    store.insert_user(NOW, user.clone()).await.unwrap();
    user
}

#[tokio::test]
async fn rows_about_nobody_keep_no_message_out_of_a_full_outbox() {
    let (_folder, path, store) = with_pool().await;
    let ann = user(&store, "ann").await;
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute_batch(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
            INSERT INTO outbox SELECT 'n' || i, 'us-east-1_a', CASE i WHEN 1 THEN NULL ELSE 'sub-ann' END, 't' || i, 0, 1, 2, x'00' FROM n",
        )
        .unwrap();
    store.put_message(NOW, rows::message(&ann, "a")).await.unwrap();
    assert!(!store.has_message("n1".to_owned()).await.unwrap(), "the one about nobody made room");
    let refused = store.put_message(NOW, rows::message(&ann, "b")).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
}

#[tokio::test]
async fn sixty_four_codes_redeem_in_parallel_in_at_most_eight_flushes() {
    let (_folder, _, store) = with_pool().await;
    let mut tasks = JoinSet::new();
    for number in 0..64 {
        let user = user(&store, &format!("u{number}")).await;
        store
            .put_code(NOW, rows::code(&user, CodePurpose::SignUp, [number; 32]), rows::message(&user, "code"))
            .await
            .unwrap();
        let store = store.clone();
        // The tasks run once this one waits for all of them.
        tasks.spawn(async move { store.redeem_code(NOW, CodePurpose::SignUp, [number; 32], user, false).await });
    }
    let before = store.flushes();
    let answers = tasks.join_all().await;
    assert!(answers.iter().all(|answer| *answer == Ok(Redeemed::Yes)), "{answers:?}");
    let flushes = store.flushes() - before;
    assert!((1..=8).contains(&flushes), "{flushes}");
}

#[tokio::test]
async fn a_failing_act_leaves_its_neighbours_in_the_batch_alone() {
    let (_folder, _, store) = with_pool().await;
    user(&store, "taken").await;
    let before = store.flushes();
    let mut tasks = JoinSet::new();
    for number in 0..60 {
        let mut user = rows::user(&rows::pool_id("a"), &format!("u{number}"));
        if number % 3 == 0 {
            user.username_folded = "taken".to_owned();
        }
        let store = store.clone();
        tasks.spawn(async move { store.insert_user(NOW, user).await });
    }
    let answers = tasks.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 40);
    assert_eq!(store.count_users(rows::pool_id("a")).await.unwrap(), 41);
    assert!(store.flushes() - before < 40, "the acts were not grouped");
}

#[tokio::test]
async fn an_act_that_changes_nothing_costs_no_flush() {
    let (_folder, _, store) = with_pool().await;
    let user = user(&store, "alice").await;
    let before = store.flushes();
    let absent = store.redeem_code(NOW, CodePurpose::SignUp, [1; 32], user, false).await.unwrap();
    assert_eq!((absent, store.flushes()), (Redeemed::Absent, before));
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_closing_and_opening() {
    let (_folder, path, store) = with_pool().await;
    user(&store, "alice").await;
    store.close();
    let refused = store.insert_user(NOW, rows::user(&rows::pool_id("a"), "late")).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    drop(store);
    assert_eq!(open(&path).user(rows::pool_id("a"), "sub-alice".to_owned()).await.unwrap().username, "alice");
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, path, store) = with_pool().await;
    store.copy_to(&path.with_file_name("copy")).unwrap();
    for file in fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        // The index of the log holds no rows and goes with the process, but it has the same mode all the same.
        assert_eq!(mode, 0o600, "{:?}", file.file_name());
    }
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let (_folder, path) = folder();
    fs::write(&path, b"this is a text, not a database, whatever its name says").unwrap();
    assert!(matches!(refusal(&path, &OpenOptions::default()), OpenError::NotADatabase));
    assert!(fs::read_to_string(&path).unwrap().starts_with("this is a text"));
}

#[test]
fn the_database_of_another_program_is_refused() {
    let (_folder, path) = folder();
    rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
    assert!(matches!(refusal(&path, &OpenOptions::default()), OpenError::Foreign(0)));
}

#[test]
fn a_newer_schema_is_refused_in_words() {
    let (_folder, path) = folder();
    drop(open(&path));
    rusqlite::Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 99").unwrap();
    let error = refusal(&path, &OpenOptions::default());
    assert!(matches!(error, OpenError::NewerSchema { found: 99, .. }));
    assert!(error.to_string().contains("use the newer release"), "{error}");
}

#[tokio::test]
async fn a_database_sealed_under_a_key_we_do_not_have_is_refused() {
    let (_folder, path) = folder();
    let ring = |ids: &[u32], active| OpenOptions {
        known_key_ids: ids.to_vec(),
        active_key_id: active,
        ..OpenOptions::default()
    };
    let store = SqliteStore::open(&path, &ring(&[1], Some(1))).unwrap();
    store.note_sealing_key(2).await.unwrap();
    drop(store);
    assert!(matches!(refusal(&path, &ring(&[1], Some(1))), OpenError::UnknownKey(2)));
    assert!(matches!(refusal(&path, &OpenOptions::default()), OpenError::UnknownKey(1)));
    drop(SqliteStore::open(&path, &ring(&[2, 1, 3], Some(3))).unwrap());
    assert!(matches!(refusal(&path, &ring(&[1, 2], None)), OpenError::UnknownKey(3)));
}

/// Copies the files of an open store: what a killed process leaves.
fn copy_of_a_killed(path: &Path, to: &Path) -> PathBuf {
    let target = to.join("killed");
    for suffix in ["", "-wal"] {
        let name = |base: &Path| PathBuf::from(format!("{}{suffix}", base.display()));
        fs::copy(name(path), name(&target)).unwrap();
    }
    target
}

/// Options that send troubles to the other end.
fn listening() -> (OpenOptions, mpsc::Receiver<Trouble>) {
    let (tell, told) = mpsc::channel();
    let tell = Mutex::new(tell);
    let on_trouble = move |trouble| tell.lock().unwrap().send(trouble).unwrap();
    (OpenOptions { on_trouble: Some(Arc::new(on_trouble)), ..OpenOptions::default() }, told)
}

#[tokio::test]
async fn after_an_unclean_stop_damage_is_found_and_told() {
    let (folder, path, store) = with_pool().await;
    for number in 0..200 {
        user(&store, &format!("u{number}")).await;
    }
    store.close();
    drop(store);
    // An unclean stop: the mark is missing. And a page in the middle of the file is lost.
    let damaged = folder.path().join("damaged");
    fs::copy(&path, &damaged).unwrap();
    let db = rusqlite::Connection::open(&damaged).unwrap();
    db.execute_batch("UPDATE meta SET value = 'no' WHERE key = 'clean'; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let page: usize =
        db.query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'users_by_email'", [], |row| row.get(0)).unwrap();
    drop(db);
    let mut bytes = fs::read(&damaged).unwrap();
    bytes[(page - 1) * 4096..page * 4096].fill(0xff);
    fs::write(&damaged, bytes).unwrap();
    let (options, told) = listening();
    let _open = SqliteStore::open(&damaged, &options).unwrap();
    assert!(matches!(told.recv_timeout(Duration::from_secs(20)).unwrap(), Trouble::Corrupt(_)));
}

#[tokio::test]
async fn an_unclean_stop_without_damage_loses_nothing_and_tells_nothing() {
    let (folder, path, store) = with_pool().await;
    user(&store, "alice").await;
    let killed = copy_of_a_killed(&path, folder.path());
    let (options, told) = listening();
    let again = SqliteStore::open(&killed, &options).unwrap();
    assert!(again.user(rows::pool_id("a"), "sub-alice".to_owned()).await.is_ok());
    drop(again);
    assert!(told.try_recv().is_err());
}

#[tokio::test]
async fn when_there_is_no_room_writes_are_full_and_reads_go_on() {
    let (_folder, path) = folder();
    drop(open(&path));
    let store = SqliteStore::open(&path, &OpenOptions { max_pages: Some(150), ..OpenOptions::default() }).unwrap();
    store.insert_pool(NOW, rows::pool("a"), Vec::new()).await.unwrap();
    let mut stored = Vec::new();
    let failed = loop {
        let mut user = rows::user(&rows::pool_id("a"), &format!("u{}", stored.len()));
        user.attributes.insert("custom:padding".to_owned(), "x".repeat(2000));
        match store.insert_user(NOW, user.clone()).await {
            Ok(()) => stored.push(user.sub),
            Err(error) => break error,
        }
        assert!(stored.len() < 10_000);
    };
    assert_eq!(failed, StoreError::Full);
    for sub in &stored {
        store.user(rows::pool_id("a"), sub.clone()).await.unwrap();
    }
    assert_eq!(store.count_users(rows::pool_id("a")).await.unwrap(), stored.len() as u64);
    // Giving room back lets writes through again.
    for sub in stored.drain(..10) {
        store.delete_user(NOW, rows::pool_id("a"), sub).await.unwrap();
    }
    user(&store, "again").await;
}

#[tokio::test]
async fn only_the_newest_decisions_are_kept() {
    let (_folder, path) = folder();
    let store = SqliteStore::open(&path, &OpenOptions { decisions_kept: 10, ..OpenOptions::default() }).unwrap();
    for batch in 0..5 {
        let decisions = (0..7).map(|number| rows::decision(&format!("{batch}.{number}"), true)).collect();
        store.append_decisions(NOW, decisions).await.unwrap();
    }
    let kept = store.latest_decisions(false, 100).await.unwrap();
    assert_eq!((kept.len(), kept[0].request_id.as_str(), kept[9].request_id.as_str()), (10, "4.6", "3.4"));
}

#[tokio::test]
async fn sweeping_removes_what_has_ended_in_small_batches_and_nothing_else() {
    let (_folder, path, store) = with_pool().await;
    let client = rows::client(&rows::pool_id("a"), "client");
    store.insert_client(NOW, client.clone()).await.unwrap();
    let alice = user(&store, "alice").await;
    for number in 0..10 {
        let mut sign_in = rows::sign_in(&alice, &client, &format!("family{number}"));
        sign_in.expires_at = if number < 7 { NOW + HOUR } else { NOW + 2 * HOUR };
        let token = rows::refresh_token(&sign_in, [number; 32]);
        store.open_sign_in(NOW, sign_in, alice.stamp(), Some(token), None).await.unwrap();
    }
    store.put_code(NOW, rows::code(&alice, CodePurpose::SignUp, [0; 32]), rows::message(&alice, "code")).await.unwrap();
    store.insert_login_session(NOW, rows::login_session(&alice, [0; 32])).await.unwrap();
    store.insert_auth_code(NOW, rows::auth_code(&alice, &client, "x", [0; 32])).await.unwrap();
    store.spend(NOW, [0; 32], NOW + HOUR).await.unwrap();
    store.count_use(NOW, "k".to_owned(), HOUR).await.unwrap();
    assert_eq!(store.sweep(NOW + HOUR - 1, 100).await.unwrap(), 0);
    // Five of the seven tokens, and the five families that still have theirs take them along or go on their own.
    assert!(store.sweep(NOW + HOUR, 5).await.unwrap() <= 5 + 5 + 6);
    while store.sweep(NOW + HOUR, 5).await.unwrap() > 0 {}
    drop(store);
    let db = rusqlite::Connection::open(&path).unwrap();
    let left =
        |table: &str| db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!([left("sign_ins"), left("refresh_tokens")], [3, 3]);
    for table in ["codes", "outbox", "login_sessions", "auth_codes", "spent", "uses"] {
        assert_eq!(left(table), 0, "{table}");
    }
}

/// A store that keeps five changes, after ten changes of two pools.
async fn ten_changes(path: &Path) -> SqliteStore {
    let store = SqliteStore::open(path, &OpenOptions { changes_kept: 5, ..OpenOptions::default() }).unwrap();
    store.insert_pool(NOW, rows::pool("a"), Vec::new()).await.unwrap();
    store.insert_pool(NOW, rows::pool("b"), Vec::new()).await.unwrap();
    for version in 1..9 {
        store.replace_pool(NOW, UserPool { version, ..rows::pool("b") }).await.unwrap();
    }
    store
}

#[tokio::test]
async fn old_changes_are_pruned_from_the_beginning_and_a_follower_behind_is_told() {
    let (_folder, path) = folder();
    let store = ten_changes(&path).await;
    assert_eq!(store.sweep(NOW + DAY - 1, 100).await.unwrap(), 0, "they are young");
    assert_eq!(store.sweep(NOW + DAY, 3).await.unwrap(), 3, "in small batches");
    assert_eq!(store.sweep(NOW + DAY, 3).await.unwrap(), 2);
    assert_eq!(store.sweep(NOW + DAY, 3).await.unwrap(), 0, "the newest stay, however old");
    assert_eq!(store.changes(4, 9).await.unwrap_err(), StoreError::NotFound);
    assert_eq!(store.changes(0, 9).await.unwrap_err(), StoreError::NotFound);
    let seen: Vec<_> = store.changes(5, 9).await.unwrap().iter().map(|change| change.seq).collect();
    assert_eq!(seen, [6, 7, 8, 9, 10]);
    assert!(store.changes(10, 9).await.unwrap().is_empty());
    let apis: &dyn ApiStore = &store;
    assert_eq!(apis.apis_changed_since(4, 9).await.unwrap_err(), http_apis::StoreError::NotFound);
    assert!(apis.apis_changed_since(5, 9).await.unwrap().is_empty());
    // The sequence goes on where it was, also after a new start.
    drop(store);
    let store = open(&path);
    store.insert_pool(NOW, rows::pool("c"), Vec::new()).await.unwrap();
    assert_eq!(Pools::changes_head(&store).await.unwrap(), 11);
}

#[tokio::test]
async fn a_change_that_the_clock_made_young_keeps_those_behind_it() {
    let (_folder, path) = folder();
    let store = SqliteStore::open(&path, &OpenOptions { changes_kept: 0, ..OpenOptions::default() }).unwrap();
    for (name, at) in [("a", NOW), ("b", NOW + HOUR), ("c", NOW)] {
        store.insert_pool(at, rows::pool(name), Vec::new()).await.unwrap();
    }
    assert_eq!(store.sweep(NOW + DAY, 100).await.unwrap(), 1);
    assert_eq!(store.changes(1, 9).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_follower_behind_begins_anew_with_all_pools() {
    let (_folder, path) = folder();
    let store = ten_changes(&path).await;
    let follow = |after| changed_pools(&store, after, &["pool"]);
    let ids = |names: &[&str]| names.iter().map(|name| rows::pool_id(name)).collect();
    let near = Changed { pools: ids(&["b"]), anew: false, seen: 10 };
    assert_eq!(follow(Some(1)).await.unwrap(), near);
    while store.sweep(NOW + DAY, 3).await.unwrap() > 0 {}
    let all = Changed { pools: ids(&["a", "b"]), anew: true, seen: 10 };
    assert_eq!(follow(Some(1)).await.unwrap(), all);
    assert_eq!(follow(None).await.unwrap(), all);
    assert_eq!(follow(Some(5)).await.unwrap(), near);
    assert!(follow(Some(10)).await.unwrap().pools.is_empty());
}

#[tokio::test]
async fn a_copy_holds_what_was_acknowledged_and_opens_as_a_store() {
    let (folder, _, store) = with_pool().await;
    user(&store, "alice").await;
    let copy = folder.path().join("copy");
    store.copy_to(&copy).unwrap();
    user(&store, "bob").await;
    let copy = open(&copy);
    assert!(copy.user(rows::pool_id("a"), "sub-alice".to_owned()).await.is_ok());
    assert!(copy.user(rows::pool_id("a"), "sub-bob".to_owned()).await.is_err());
}

#[tokio::test]
async fn the_log_is_moved_into_the_file_while_writing_goes_on() {
    let (_folder, path, store) = with_pool().await;
    let size = || fs::metadata(&path).unwrap().len();
    let before = size();
    for round in 0..40 {
        let mut tasks = JoinSet::new();
        for number in 0..50 {
            let (store, user) = (store.clone(), rows::user(&rows::pool_id("a"), &format!("u{round}.{number}")));
            tasks.spawn(async move { store.insert_user(NOW, user).await });
        }
        assert!(tasks.join_all().await.iter().all(Result::is_ok));
    }
    // Two thousand users are about four checkpoints; the last of them may still be at work.
    assert!(size() > before, "nothing was moved");
}
