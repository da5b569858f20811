//! The way of decisions into the log, the metrics and the bounded table, off the request's path.
use super::Metrics;
use crate::platform::Clock;
use std::sync::Arc;
use tokio::sync::mpsc;
use user_pools::ports::{Decision, DecisionSink, Store};

/// More than this waiting means that storage stands still; newer decisions are then only logged.
const QUEUE: usize = 4_096;
const BATCH: usize = 256;

/// Takes decisions from any thread; never blocks.
#[derive(Clone)]
pub struct Decisions {
    queue: mpsc::Sender<Decision>,
    metrics: Arc<Metrics>,
}

impl Decisions {
    /// A sink and the task that writes what it takes; the task ends when every clone of the sink is gone.
    pub fn new(metrics: Arc<Metrics>) -> (Self, mpsc::Receiver<Decision>) {
        let (queue, taken) = mpsc::channel(QUEUE);
        (Self { queue, metrics }, taken)
    }

    /// Writes decisions in batches until the sinks are gone.
    pub async fn write(mut taken: mpsc::Receiver<Decision>, store: Arc<dyn Store>, clock: Clock) {
        let mut batch = Vec::with_capacity(BATCH);
        while taken.recv_many(&mut batch, BATCH).await > 0 {
            if let Err(error) = store.append_decisions(clock.now(), std::mem::take(&mut batch)).await {
                tracing::warn!(%error, "decisions could not be kept");
            }
        }
    }
}

impl DecisionSink for Decisions {
    fn note(&self, decision: Decision) {
        self.metrics.decision(&decision.action, decision.allowed);
        if decision.allowed {
            tracing::debug!(request_id = %decision.request_id, action = %decision.action, rule = %decision.rule, "allowed");
        } else {
            tracing::info!(
                request_id = %decision.request_id, ip = %decision.ip, action = %decision.action, pool = decision.pool, client = decision.client, user = decision.user,
                rule = %decision.rule, expected = decision.expected, got = decision.got, "refused"
            );
        }
        if self.queue.try_send(decision).is_err() {
            self.metrics.decision_lost();
        }
    }
}
