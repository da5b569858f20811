//! The sequence of control-plane writes.
use crate::error::{Act, Fail};
use crate::row;
use ::user_pools::Millis;
use ::user_pools::ports::Change;
use rusqlite::{Connection, params};

/// A change is kept at least so long.
const KEPT_FOR: Millis = 24 * 60 * 60 * 1000;

/// Appends a change within the act that makes it.
pub(crate) fn append(db: &Connection, now: Millis, kind: &str, subject: &str) -> Act<()> {
    row::run(db, "INSERT INTO changes (kind, subject, at) VALUES (?1, ?2, ?3)", params![kind, subject, now])?;
    Ok(())
}

/// Changes after a position, oldest first. One writer commits in order, so a visible change has every earlier one visible. NotFound when
/// some have been pruned.
pub(super) fn after(db: &Connection, seq: u64, limit: usize) -> Act<Vec<Change>> {
    let sql = "SELECT seq, kind, subject, at FROM changes WHERE seq > ?1 ORDER BY seq LIMIT ?2";
    let changes = row::list(db, sql, params![i64::try_from(seq).unwrap_or(i64::MAX), row::limit(limit)], |row| {
        Ok(Change { seq: row.get(0)?, kind: row.get(1)?, subject: row.get(2)?, at: row.get(3)? })
    })?;
    kept_after(db, seq)?;
    Ok(changes)
}

/// NotFound when changes after a position have been pruned. To be asked after they were read, or pruning in between would go unseen.
pub(crate) fn kept_after(db: &Connection, seq: u64) -> Act<()> {
    let oldest = row::get(db, "SELECT min(seq) FROM changes", [], |row| row.get::<_, Option<u64>>(0))?;
    if oldest.is_some_and(|oldest| oldest > seq.saturating_add(1)) { Err(Fail::NotFound) } else { Ok(()) }
}

/// The newest position.
pub(crate) fn head(db: &Connection) -> Act<u64> {
    row::get(db, "SELECT COALESCE(max(seq), 0) FROM changes", [], |row| row.get(0))
}

/// Deletes at most `limit` of the oldest changes that are older than a day and not among the newest `kept`; how many went. Only from the
/// beginning of the sequence, whatever the clock said when: a gap would hide changes from a follower.
pub(crate) fn prune(db: &Connection, now: Millis, kept: u64, limit: usize) -> Act<usize> {
    let sql = "SELECT seq, at FROM changes WHERE seq <= (SELECT max(seq) FROM changes) - ?1 ORDER BY seq LIMIT ?2";
    let oldest = row::list(db, sql, params![kept, row::limit(limit)], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, Millis>(1)?))
    })?;
    let old = |(_, at): &&(i64, Millis)| *at <= now.saturating_sub(KEPT_FOR);
    match oldest.iter().take_while(old).last() {
        Some((seq, _)) => row::run(db, "DELETE FROM changes WHERE seq <= ?1", [seq]),
        None => Ok(0),
    }
}
