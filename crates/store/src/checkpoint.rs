//! Moves the write-ahead log into the database file, on a thread and a connection of its own, so that no commit waits for it.
use crate::error::Fail;
use rusqlite::Connection;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;

/// Pages in the log from which on writers wait for a full checkpoint: 64 MB.
const TOO_LONG: i64 = 16_384;

/// Serves until the writer, which holds the sending end, is gone.
pub(crate) fn serve(db: &Connection, woken: &Receiver<()>, log_too_long: &AtomicBool) {
    while woken.recv().is_ok() {
        // Columns: busy, pages in the log, pages moved.
        let pages = db
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| Ok((row.get::<_, i64>(1)?, row.get::<_, i64>(2)?)));
        match pages {
            Ok((log, moved)) if log > TOO_LONG && moved < log => log_too_long.store(true, Ordering::Relaxed),
            Ok(_) => {}
            // A full disk, for instance: the log stays and the next wake tries again.
            Err(error) => tracing::warn!(error = ?Fail::from(error), "checkpoint failed"),
        }
    }
}
