//! The schema, in numbered steps that only go forward. Before each step on a database that has rows, the file is copied beside itself.
use crate::open::OpenError;
use rusqlite::Connection;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The steps; step n takes schema n-1 to schema n. A released step is never changed.
pub(crate) const STEPS: &[&str] = &[
    include_str!("../migrations/0001_first.sql"),
    include_str!("../migrations/0002_federation.sql"),
    include_str!("../migrations/0003_outbox.sql"),
    include_str!("../migrations/0004_user_names.sql"),
    include_str!("../migrations/0005_functions.sql"),
    include_str!("../migrations/0006_devices.sql"),
    include_str!("../migrations/0007_passkeys.sql"),
    include_str!("../migrations/0008_sessions.sql"),
    include_str!("../migrations/0009_import_jobs.sql"),
    include_str!("../migrations/0010_auth_events.sql"),
    include_str!("../migrations/0011_terms.sql"),
    include_str!("../migrations/0012_ui_customizations.sql"),
    include_str!("../migrations/0013_auth_event_failures.sql"),
];

/// Brings the database to the newest schema.
pub(crate) fn migrate(db: &Connection, path: &Path, steps: &[&str]) -> Result<(), OpenError> {
    let known = u32::try_from(steps.len()).unwrap_or(u32::MAX);
    let found: u32 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > known {
        return Err(OpenError::NewerSchema { found, known });
    }
    for (number, step) in (1..).zip(steps).skip(found as usize) {
        // A new database holds nothing that a copy could save, and nothing was brought forward.
        if found > 0 {
            copy_before(db, path, number - 1)?;
        }
        apply(db, number, step).map_err(|error| OpenError::Migration { number, cause: error.to_string() })?;
        if found > 0 {
            tracing::info!(schema = number, "the database schema was brought forward");
        }
    }
    Ok(())
}

/// One step and its number in one transaction: a crash leaves the old schema whole.
fn apply(db: &Connection, number: u32, step: &str) -> rusqlite::Result<()> {
    let transaction = db.unchecked_transaction()?;
    db.execute_batch(step)?;
    db.execute_batch(&format!("PRAGMA user_version = {number}"))?;
    transaction.commit()
}

/// `<file>.schema-<n>`: the database as schema n left it. Written under another name first, so that a half copy never looks like a whole one.
fn copy_before(db: &Connection, path: &Path, schema: u32) -> Result<(), OpenError> {
    let target = beside(path, &format!(".schema-{schema}"));
    let partial = beside(path, &format!(".schema-{schema}.partial"));
    copy_to(db, &partial)?;
    fs::rename(&partial, &target)?;
    sync_folder(&target)?;
    Ok(())
}

/// A consistent copy of the whole database into a new file, flushed, readable by the owner only.
pub(crate) fn copy_to(db: &Connection, target: &Path) -> Result<(), OpenError> {
    if target.exists() {
        fs::remove_file(target)?;
    }
    // VACUUM INTO accepts an empty file; made here so that its mode is ours.
    let file = crate::open::private_file(target)?;
    db.execute("VACUUM INTO ?1", [target.to_str().ok_or(OpenError::NotUtf8)?])?;
    file.sync_all()?;
    Ok(())
}

/// The path with something appended to the file name.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Makes a rename durable.
fn sync_folder(file: &Path) -> io::Result<()> {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => fs::File::open(folder)?.sync_all(),
        _ => fs::File::open(".")?.sync_all(),
    }
}

/// An empty database of the newest schema, in memory.
#[cfg(test)]
pub(crate) fn newest() -> Connection {
    let db = Connection::open_in_memory().unwrap();
    for step in STEPS {
        db.execute_batch(step).unwrap();
    }
    db
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (7);";

    fn database() -> (tempfile::TempDir, PathBuf, Connection) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db");
        let db = Connection::open(&path).unwrap();
        (folder, path, db)
    }

    #[test]
    fn the_file_is_copied_before_a_step_and_the_copy_holds_the_old_rows() {
        let (_folder, path, db) = database();
        migrate(&db, &path, &[FIRST]).unwrap();
        assert!(!beside(&path, ".schema-0").exists());
        migrate(&db, &path, &[FIRST, "DROP TABLE a;"]).unwrap();
        let copy = Connection::open(beside(&path, ".schema-1")).unwrap();
        assert_eq!(copy.query_row("SELECT x FROM a", [], |row| row.get::<_, i64>(0)).unwrap(), 7);
        assert_eq!(copy.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0)).unwrap(), 1);
        assert!(db.prepare("SELECT x FROM a").is_err());
    }

    #[test]
    fn a_new_database_is_made_without_copies_of_its_empty_selves() {
        let (folder, path, db) = database();
        migrate(&db, &path, STEPS).unwrap();
        let beside = std::fs::read_dir(folder.path()).unwrap();
        let copies = beside.filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().contains(".schema-"));
        assert_eq!(copies.count(), 0);
    }

    #[test]
    fn a_step_that_fails_leaves_the_old_schema_whole() {
        let (_folder, path, db) = database();
        migrate(&db, &path, &[FIRST]).unwrap();
        let error = migrate(&db, &path, &[FIRST, "DROP TABLE a; DROP TABLE nowhere;"]).unwrap_err();
        assert!(matches!(error, OpenError::Migration { number: 2, .. }), "{error}");
        assert_eq!(db.query_row("SELECT x FROM a", [], |row| row.get::<_, i64>(0)).unwrap(), 7);
        migrate(&db, &path, &[FIRST, "DROP TABLE a;"]).unwrap();
    }

    /// A user as the first schema has it, with aliases.
    fn old_user(db: &Connection, name: &str, aliases: &[(&str, &str, &str)]) {
        let listed: Vec<_> = aliases.iter().map(|(kind, _, value)| (kind, value)).collect();
        let doc =
            serde_json::json!({"sub": format!("sub-{name}"), "aliases": listed, "created": 1_767_225_600_000_i64});
        db.execute(
            "INSERT INTO users (pool, sub, username_folded, username, version, created, user_status, status_word, doc)
             VALUES ('p', 'sub-' || ?1, ?1, ?1, 1, 1, 'CONFIRMED', 'Enabled', ?2)",
            [name, &doc.to_string()],
        )
        .unwrap();
        for (_, kind, value) in aliases {
            let sql = "INSERT INTO user_aliases (pool, kind, value, sub) VALUES ('p', ?1, ?2, 'sub-' || ?3)";
            db.execute(sql, [kind, value, name]).unwrap();
        }
    }

    #[test]
    fn names_move_into_one_table_and_an_alias_that_hid_behind_a_username_goes() {
        let (_folder, path, db) = database();
        db.execute_batch("PRAGMA foreign_keys = ON").unwrap();
        migrate(&db, &path, &STEPS[..3]).unwrap();
        db.execute_batch(
            "INSERT INTO pools (id, account, region, created, version, doc) VALUES ('p', 'a', 'r', 1, 1, '{}')",
        )
        .unwrap();
        let chosen = |value| ("PreferredUsername", "preferred_username", value);
        old_user(&db, "max", &[chosen("b@x")]);
        old_user(&db, "bob", &[("Email", "email", "b@x"), chosen("ann")]);
        old_user(&db, "ann", &[]);
        old_user(&db, "zoe", &[chosen("zoe")]);
        old_user(&db, "eve", &[chosen("sub-bob")]);
        old_user(&db, "sub-eve", &[]);
        migrate(&db, &path, &STEPS[..4]).unwrap();
        let rows = |sql: &str| -> Vec<String> {
            db.prepare(sql).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        };
        let names =
            rows("SELECT value || ' ' || kind || ' ' || sub FROM user_names JOIN users ON seq = user ORDER BY value");
        let expected = [
            "ann username sub-ann",
            "b@x email sub-bob",
            "bob username sub-bob",
            "eve username sub-eve",
            "max username sub-max",
            "sub-ann sub sub-ann",
            "sub-bob sub sub-bob",
            "sub-eve username sub-sub-eve",
            "sub-max sub sub-max",
            "sub-sub-eve sub sub-sub-eve",
            "sub-zoe sub sub-zoe",
            "zoe username sub-zoe",
        ];
        assert_eq!(names, expected);
        let aliases = rows("SELECT doc ->> '$.aliases' FROM users ORDER BY seq");
        assert_eq!(aliases, ["[]", r#"[["Email","b@x"]]"#, "[]", r#"[["PreferredUsername","zoe"]]"#, "[]", "[]"]);
        assert_eq!(rows("SELECT doc ->> '$.created' || '' FROM users LIMIT 1"), ["1767225600000"]);
        db.execute_batch("DELETE FROM users").unwrap();
        assert!(rows("SELECT value FROM user_names").is_empty());
    }

    #[test]
    fn a_newer_schema_is_refused() {
        let (_folder, path, db) = database();
        db.execute_batch("PRAGMA user_version = 99").unwrap();
        let error = migrate(&db, &path, STEPS).unwrap_err();
        assert!(matches!(error, OpenError::NewerSchema { found: 99, .. }), "{error}");
    }
}
