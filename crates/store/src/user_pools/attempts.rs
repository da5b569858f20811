//! Guessing brakes: attempts are counted before their outcome is known, so that parallel guesses cannot slip through.
use crate::SqliteStore;
use crate::error::Act;
use crate::row;
use ::user_pools::Millis;
use ::user_pools::ports::{Attempt, Attempts, LockoutPolicy, StoreResult};
use async_trait::async_trait;
use rusqlite::{Connection, params};

#[async_trait]
impl Attempts for SqliteStore {
    async fn begin_attempt(&self, now: Millis, key: String, policy: LockoutPolicy) -> StoreResult<Attempt> {
        self.write(move |db| begin(db, now, &key, policy)).await
    }

    async fn clear_attempts(&self, _now: Millis, key: String) -> StoreResult<()> {
        self.write(move |db| clear(db, &key)).await
    }

    async fn count_use(&self, now: Millis, key: String, window: Millis) -> StoreResult<u32> {
        self.write(move |db| {
            let sql = "INSERT INTO uses (key, count, expires_at) VALUES (?1, 1, ?2) ON CONFLICT (key) DO UPDATE SET
                count = iif(uses.expires_at <= ?3, 1, uses.count + 1),
                expires_at = iif(uses.expires_at <= ?3, excluded.expires_at, uses.expires_at)
                RETURNING count";
            row::get(db, sql, params![key, now.saturating_add(window), now], |row| row.get(0))
        })
        .await
    }
}

/// Forgets a count within an act.
pub(super) fn clear(db: &Connection, key: &str) -> Act<()> {
    row::run(db, "DELETE FROM attempts WHERE key = ?1", [key])?;
    Ok(())
}

fn begin(db: &Connection, now: Millis, key: &str, policy: LockoutPolicy) -> Act<Attempt> {
    let sql = "SELECT count, last_at, locked_until FROM attempts WHERE key = ?1";
    let row =
        row::find(db, sql, [key], |row| Ok((row.get::<_, u32>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?)))?;
    let (counted, last_at, locked_until) = row.unwrap_or((0, now, 0));
    if now < locked_until {
        return locked(db, now, key, locked_until, policy);
    }
    let forgotten = now.saturating_sub(last_at) >= policy.forget_after;
    let count = if forgotten { 1 } else { counted.saturating_add(1) };
    let until = now.saturating_add(lock_time(count, policy));
    let end = until.max(now.saturating_add(policy.forget_after));
    let sql = "INSERT INTO attempts (key, count, last_at, locked_until, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (key) DO UPDATE SET count = excluded.count, last_at = excluded.last_at,
        locked_until = excluded.locked_until, expires_at = excluded.expires_at";
    row::run(db, sql, params![key, count, now, until, end])?;
    Ok(Attempt::Allowed { count })
}

/// A lock ends at most `cap` from now: one that lies further off was set under a clock that has been set back since.
fn locked(db: &Connection, now: Millis, key: &str, until: Millis, policy: LockoutPolicy) -> Act<Attempt> {
    let latest = now.saturating_add(policy.cap);
    if until > latest {
        let sql = "UPDATE attempts SET locked_until = ?1, last_at = ?2 WHERE key = ?3";
        row::run(db, sql, params![latest, now, key])?;
    }
    Ok(Attempt::Locked { until: until.min(latest) })
}

/// How long the n-th attempt locks: nothing while free, then doubling up to the cap.
fn lock_time(count: u32, policy: LockoutPolicy) -> Millis {
    match count.checked_sub(policy.free) {
        None | Some(0) => 0,
        Some(beyond) => 1_i64
            .checked_shl(beyond)
            .filter(|factor| *factor > 0)
            .and_then(|factor| policy.unit.checked_mul(factor))
            .map_or(policy.cap, |time| time.min(policy.cap)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_doubles_up_to_the_cap_and_never_overflows() {
        let policy = LockoutPolicy { free: 5, unit: 1000, cap: 900_000, forget_after: 900_000 };
        let locks: Vec<_> = [1, 5, 6, 7, 14, 15, 70, u32::MAX].map(|count| lock_time(count, policy)).to_vec();
        assert_eq!(locks, [0, 0, 2000, 4000, 512_000, 900_000, 900_000, 900_000]);
    }
}
