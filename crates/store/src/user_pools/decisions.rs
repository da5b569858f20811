//! The bounded table of decisions.
use crate::SqliteStore;
use crate::row;
use ::user_pools::Millis;
use ::user_pools::ports::{Decision, Decisions, StoreResult};
use async_trait::async_trait;
use rusqlite::params;

#[async_trait]
impl Decisions for SqliteStore {
    async fn append_decisions(&self, _now: Millis, decisions: Vec<Decision>) -> StoreResult<()> {
        let kept = self.decisions_kept();
        self.write(move |db| {
            for decision in &decisions {
                let sql = "INSERT INTO decisions (request_id, allowed, doc) VALUES (?1, ?2, ?3)";
                row::run(db, sql, params![decision.request_id, decision.allowed, row::json(decision)?])?;
            }
            let sql = "DELETE FROM decisions WHERE seq <= (SELECT max(seq) FROM decisions) - ?1";
            row::run(db, sql, [kept])?;
            Ok(())
        })
        .await
    }

    async fn decisions_of(&self, request_id: String) -> StoreResult<Vec<Decision>> {
        self.read(|db| {
            let sql = "SELECT doc FROM decisions WHERE request_id = ?1 ORDER BY seq LIMIT 1000";
            row::list(db, sql, [&request_id], row::first_doc)
        })
    }

    async fn latest_decisions(&self, refused_only: bool, limit: usize) -> StoreResult<Vec<Decision>> {
        let sql = if refused_only {
            "SELECT doc FROM decisions WHERE allowed = 0 ORDER BY seq DESC LIMIT ?1"
        } else {
            "SELECT doc FROM decisions ORDER BY seq DESC LIMIT ?1"
        };
        self.read(|db| row::list(db, sql, [row::limit(limit)], row::first_doc))
    }
}
