//! The sequence of control-plane writes.
use crate::error::Act;
use crate::row;
use ::user_pools::Millis;
use ::user_pools::ports::Change;
use rusqlite::{Connection, params};

/// Appends a change within the act that makes it.
pub(crate) fn append(db: &Connection, now: Millis, kind: &str, subject: &str) -> Act<()> {
    row::run(db, "INSERT INTO changes (kind, subject, at) VALUES (?1, ?2, ?3)", params![kind, subject, now])?;
    Ok(())
}

/// Changes after a position, oldest first. One writer commits in order, so a visible change has every earlier one visible.
pub(super) fn after(db: &Connection, seq: u64, limit: usize) -> Act<Vec<Change>> {
    let sql = "SELECT seq, kind, subject, at FROM changes WHERE seq > ?1 ORDER BY seq LIMIT ?2";
    row::list(db, sql, params![i64::try_from(seq).unwrap_or(i64::MAX), row::limit(limit)], |row| {
        Ok(Change { seq: row.get(0)?, kind: row.get(1)?, subject: row.get(2)?, at: row.get(3)? })
    })
}
