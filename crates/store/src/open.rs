//! Opening the database: what is checked before the first act, and how connections are set up.
use crate::migrations;
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// "Cogn": names the file as ours in its header.
const APPLICATION_ID: i32 = 0x436f_676e;
const HEADER: &[u8; 16] = b"SQLite format 3\0";

/// Where trouble after opening is told.
pub(crate) type TroubleSink = Arc<dyn Fn(Trouble) + Send + Sync>;

/// Trouble that is seen while the store is open. The roof ends the process loudly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The full check after an unclean stop found damage; SQLite's own lines.
    Corrupt(String),
    /// A commit failed in the device; every later write is refused until restart.
    WriteFailed(String),
}

/// Settings of a store.
#[derive(Clone)]
pub struct OpenOptions {
    /// Ids of all keys of the key ring. Opening is refused when the database names another one.
    pub known_key_ids: Vec<u32>,
    /// The key that seals from now on; noted in the database. `None` notes nothing.
    pub active_key_id: Option<u32>,
    /// Newest decisions kept.
    pub decisions_kept: u64,
    /// Newest control-plane changes kept, however old; younger than a day are kept all.
    pub changes_kept: u64,
    /// How long a statement waits for a lock of another process or connection.
    pub busy_timeout: Duration,
    /// Largest size of the database file in pages of 4 KiB; writes beyond are `Full`.
    pub max_pages: Option<u32>,
    /// Called from a background thread.
    pub on_trouble: Option<Arc<dyn Fn(Trouble) + Send + Sync>>,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            known_key_ids: Vec::new(),
            active_key_id: None,
            decisions_kept: 10_000,
            changes_kept: 10_000,
            busy_timeout: Duration::from_secs(5),
            max_pages: None,
            on_trouble: None,
        }
    }
}

impl fmt::Debug for OpenOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenOptions")
            .field("known_key_ids", &self.known_key_ids)
            .field("active_key_id", &self.active_key_id)
            .field("decisions_kept", &self.decisions_kept)
            .field("changes_kept", &self.changes_kept)
            .finish_non_exhaustive()
    }
}

/// Why a database does not open. Nothing in it was changed, except that migration steps before a failed one stand.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file is there, but it is no SQLite database.
    #[error("the file is not an SQLite database (its header is wrong); restore it from a copy")]
    NotADatabase,
    /// An SQLite database of another program.
    #[error("the file is a database of another program (application id {0:#010x})")]
    Foreign(i32),
    /// Written by a newer release.
    #[error("the database has schema {found}, but this release knows only up to {known}; use the newer release")]
    NewerSchema {
        /// Schema of the file.
        found: u32,
        /// Newest schema of this release.
        known: u32,
    },
    /// Rows are sealed under a key that the key ring does not have.
    #[error(
        "rows are sealed under key {0}, which the key file does not hold; bring back the key file that belongs to this database"
    )]
    UnknownKey(u32),
    /// A migration step failed; the database is as before that step.
    #[error("migration {number} failed: {cause}")]
    Migration {
        /// The step.
        number: u32,
        /// SQLite's words.
        cause: String,
    },
    /// The path cannot be given to SQLite.
    #[error("the path of the database is not UTF-8")]
    NotUtf8,
    /// The file system refused.
    #[error("the database file: {0}")]
    Io(#[from] io::Error),
    /// SQLite refused.
    #[error("the database: {0}")]
    Sqlite(#[from] rusqlite::Error),
}

/// The writer's connection, checked and migrated; and whether the last stop was unclean.
pub(crate) fn write_connection(path: &Path, options: &OpenOptions) -> Result<(Connection, bool), OpenError> {
    check_header(path)?;
    drop(private_file(path)?);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    db.busy_timeout(options.busy_timeout)?;
    check_owner(&db)?;
    // WAL and FULL: a commit returns after the log has been flushed. Checkpoints run on a thread of their own.
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;
         PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -8000;",
    )?;
    set_up(&db)?;
    migrations::migrate(&db, path, migrations::STEPS)?;
    if let Some(pages) = options.max_pages {
        db.pragma_update(None, "max_page_count", pages)?;
    }
    check_keys(&db, options)?;
    let unclean = mark_open(&db)?;
    Ok((db, unclean))
}

/// A connection that can only read.
pub(crate) fn read_connection(path: &Path, busy_timeout: Duration) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    db.busy_timeout(busy_timeout)?;
    db.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -1024;")?;
    set_up(&db)?;
    Ok(db)
}

/// The checkpointer's connection.
pub(crate) fn checkpoint_connection(path: &Path, busy_timeout: Duration) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    db.busy_timeout(busy_timeout)?;
    db.execute_batch("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;")?;
    Ok(db)
}

fn set_up(db: &Connection) -> rusqlite::Result<()> {
    db.set_prepared_statement_cache_capacity(256);
    db.execute_batch("PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;")
}

/// An empty file becomes a new database; anything else must begin as one.
fn check_header(path: &Path) -> Result<(), OpenError> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let mut head = Vec::with_capacity(HEADER.len());
    file.by_ref().take(HEADER.len() as u64).read_to_end(&mut head)?;
    if head.is_empty() || head == HEADER { Ok(()) } else { Err(OpenError::NotADatabase) }
}

/// Creates the file if need be, for the owner's eyes only; SQLite gives the log the same mode.
pub(crate) fn private_file(path: &Path) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The application id is set on a new database and must be ours on an old one.
fn check_owner(db: &Connection) -> Result<(), OpenError> {
    let id: i32 = db.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if id == APPLICATION_ID {
        return Ok(());
    }
    if id != 0 || tables != 0 {
        return Err(OpenError::Foreign(id));
    }
    db.execute_batch(&format!("PRAGMA application_id = {APPLICATION_ID}"))?;
    Ok(())
}

/// Refuses a database whose rows are sealed under a key we do not have; notes the key that seals from now on.
fn check_keys(db: &Connection, options: &OpenOptions) -> Result<(), OpenError> {
    let mut statement = db.prepare("SELECT id FROM sealing_keys")?;
    for id in statement.query_map([], |row| row.get::<_, u32>(0))? {
        let id = id?;
        if !options.known_key_ids.contains(&id) {
            return Err(OpenError::UnknownKey(id));
        }
    }
    if let Some(id) = options.active_key_id {
        note_key(db, id)?;
    }
    Ok(())
}

/// Remembers that rows may be sealed under this key.
pub(crate) fn note_key(db: &Connection, id: u32) -> rusqlite::Result<()> {
    db.execute("INSERT INTO sealing_keys (id) VALUES (?1) ON CONFLICT DO NOTHING", [id])?;
    Ok(())
}

/// Takes the clean mark away; true when it was missing on a database that had been open before.
fn mark_open(db: &Connection) -> rusqlite::Result<bool> {
    let clean: Option<String> =
        db.query_row("SELECT value FROM meta WHERE key = 'clean'", [], |row| row.get(0)).optional()?;
    set_clean(db, "no")?;
    Ok(clean.as_deref() == Some("no"))
}

/// The last act of an orderly shutdown: the log goes into the file and the mark is set.
pub(crate) fn mark_clean(db: &Connection) -> rusqlite::Result<()> {
    set_clean(db, "yes")?;
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}

fn set_clean(db: &Connection, value: &str) -> rusqlite::Result<()> {
    db.execute(
        "INSERT INTO meta (key, value) VALUES ('clean', ?1) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        [value],
    )?;
    Ok(())
}

/// The full check; what it found wrong.
pub(crate) fn damage(db: &Connection) -> rusqlite::Result<Option<String>> {
    let mut statement = db.prepare("PRAGMA integrity_check(20)")?;
    let lines = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(if lines == ["ok"] { None } else { Some(lines.join("; ")) })
}
