//! The conformance suite on SQLite.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests")]
use std::sync::Arc;
use store::{OpenOptions, SqliteStore};
use tempfile::TempDir;

fn fresh() -> (TempDir, Arc<SqliteStore>) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("db"), &OpenOptions::default()).unwrap();
    (folder, Arc::new(store))
}

testing::conformance_suite!(fresh);
