//! What users of protected pools did.
use crate::SqliteStore;
use crate::error::Act;
use crate::row;
use ::user_pools::ports::{AuthEvents, Page, StoreResult};
use ::user_pools::threat::{AuthEvent, EVENT_FAILURES_KEPT, EVENTS_KEPT, EVENTS_LIFE, EventFeedback, EventResponse};
use ::user_pools::{Millis, PoolId};
use async_trait::async_trait;
use rusqlite::{Connection, params};

#[async_trait]
impl AuthEvents for SqliteStore {
    async fn append_auth_events(&self, _now: Millis, events: Vec<AuthEvent>) -> StoreResult<Vec<bool>> {
        self.write(move |db| events.into_iter().map(|event| append(db, event)).collect()).await
    }

    async fn list_auth_events(&self, pool: PoolId, sub: String, page: Page) -> StoreResult<Vec<AuthEvent>> {
        self.read(|db| {
            let sql = "SELECT doc FROM auth_events WHERE pool = ?1 AND sub = ?2 AND seq < coalesce(
                (SELECT seq FROM auth_events WHERE pool = ?1 AND sub = ?2 AND id = ?3), iif(?3 IS NULL, 9223372036854775807, 0))
                ORDER BY seq DESC LIMIT ?4";
            row::list(db, sql, params![pool.0, sub, page.after, row::limit(page.limit)], row::first_doc)
        })
    }

    async fn set_auth_event_feedback(
        &self,
        _now: Millis,
        pool: PoolId,
        sub: String,
        id: String,
        feedback: EventFeedback,
    ) -> StoreResult<()> {
        self.write(move |db| {
            let (seq, event) = find(db, &pool, &sub, &id)?.ok_or(crate::error::Fail::NotFound)?;
            replace(db, seq, &AuthEvent { feedback: Some(feedback), ..event })
        })
        .await
    }
}

fn find(db: &Connection, pool: &PoolId, sub: &str, id: &str) -> Act<Option<(i64, AuthEvent)>> {
    let sql = "SELECT seq, doc FROM auth_events WHERE pool = ?1 AND sub = ?2 AND id = ?3";
    row::find(db, sql, [&pool.0, sub, id], |row| Ok((row.get(0)?, row::doc(row, 1)?)))
}

fn replace(db: &Connection, seq: i64, event: &AuthEvent) -> Act<()> {
    row::run(db, "UPDATE auth_events SET doc = ?1 WHERE seq = ?2", params![row::json(event)?, seq])?;
    Ok(())
}

/// Joins an event with what came before of it. One about nobody is dropped, and told by `false`: the user is gone, or never was.
fn append(db: &Connection, event: AuthEvent) -> Act<bool> {
    if let Some((seq, before)) = find(db, &event.pool, &event.sub, &event.id)? {
        let now = before.followed_by(event);
        replace(db, seq, &now)?;
        prune(db, &now)?;
        return Ok(true);
    }
    let sql = "INSERT INTO auth_events (pool, sub, id, expires_at, doc)
        SELECT pool, sub, ?3, ?4, ?5 FROM users WHERE pool = ?1 AND sub = ?2";
    let (pool, sub) = (&event.pool.0, &event.sub);
    let added =
        row::run(db, sql, params![pool, sub, event.id, event.at.saturating_add(EVENTS_LIFE), row::json(&event)?])?;
    prune(db, &event)?;
    Ok(added > 0)
}

/// The oldest beyond the bound go. Failures and others make room only for their own kind: a flood of guesses hides nothing that the user did.
fn prune(db: &Connection, event: &AuthEvent) -> Act<()> {
    let failed = event.response == EventResponse::Fail;
    let kept = if failed { EVENT_FAILURES_KEPT } else { EVENTS_KEPT };
    // The expression is the one that the table is indexed by.
    let sql =
        "DELETE FROM auth_events WHERE pool = ?1 AND sub = ?2 AND (doc ->> '$.response' = 'Fail') = ?3 AND seq <= (
        SELECT seq FROM auth_events WHERE pool = ?1 AND sub = ?2 AND (doc ->> '$.response' = 'Fail') = ?3
        ORDER BY seq DESC LIMIT 1 OFFSET ?4)";
    row::run(db, sql, params![event.pool.0, event.sub, failed, kept])?;
    Ok(())
}
