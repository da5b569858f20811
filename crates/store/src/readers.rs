//! Read connections. A point read costs a few microseconds, less than a hop to another thread and back, so reads run where they are
//! asked for, on a connection taken from a small stack; as many connections exist as threads have ever read at once, at most [`KEPT`] idle.
//! A read that finds its pages cold waits for the device on the serving thread: rare, since the working set of keys is cached.
use crate::error::Act;
use crate::open::{self, OpenError};
use rusqlite::Connection;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Idle connections kept.
const KEPT: usize = 16;

/// The stack of idle read connections.
pub(crate) struct Readers {
    path: PathBuf,
    busy_timeout: Duration,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    /// Opens the first connection, so that a file that cannot be read is seen at start.
    pub(crate) fn new(path: PathBuf, busy_timeout: Duration) -> Result<Self, OpenError> {
        let first = open::read_connection(&path, busy_timeout)?;
        Ok(Self { path, busy_timeout, idle: Mutex::new(vec![first]) })
    }

    /// Runs a read. Each statement sees the newest commit; several statements that must agree open a read transaction.
    pub(crate) fn with<T>(&self, read: impl FnOnce(&Connection) -> Act<T>) -> Act<T> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let db = match idle {
            Some(db) => db,
            None => open::read_connection(&self.path, self.busy_timeout)
                .map_err(|error| crate::error::Fail::Unavailable(error.to_string()))?,
        };
        let result = read(&db);
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < KEPT && db.is_autocommit() {
            idle.push(db);
        }
        result
    }
}
