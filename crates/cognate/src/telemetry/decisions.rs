//! The way of decisions into the log, the metrics and the bounded table, off the request's path.
use super::Metrics;
use crate::platform::Clock;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use user_pools::ports::{Decision, DecisionSink, Store};

/// More than this waiting means that storage stands still; newer decisions are then only logged.
const QUEUE: usize = 4_096;
const BATCH: usize = 256;
/// Longest text of a decision, in bytes.
const LONGEST: usize = 2_048;

/// Takes decisions from any thread; never blocks.
#[derive(Clone)]
pub struct Decisions {
    queue: mpsc::Sender<Entry>,
    metrics: Arc<Metrics>,
}

/// What waits in the queue.
pub enum Entry {
    /// A decision to keep.
    Keep(Box<Decision>),
    /// Everything before this has been kept.
    Flushed(oneshot::Sender<()>),
}

impl Decisions {
    /// A sink and the task that writes what it takes; the task ends when every clone of the sink is gone.
    pub fn new(metrics: Arc<Metrics>) -> (Self, mpsc::Receiver<Entry>) {
        let (queue, taken) = mpsc::channel(QUEUE);
        (Self { queue, metrics }, taken)
    }

    /// Writes decisions in batches until the sinks are gone.
    pub async fn write(mut taken: mpsc::Receiver<Entry>, store: Arc<dyn Store>, clock: Clock) {
        let mut entries = Vec::with_capacity(BATCH);
        while taken.recv_many(&mut entries, BATCH).await > 0 {
            let (mut batch, mut waiting) = (Vec::new(), Vec::new());
            for entry in entries.drain(..) {
                match entry {
                    Entry::Keep(decision) => batch.push(*decision),
                    Entry::Flushed(tell) => waiting.push(tell),
                }
            }
            if !batch.is_empty()
                && let Err(error) = store.append_decisions(clock.now(), batch).await
            {
                tracing::warn!(%error, "decisions could not be kept");
            }
            for tell in waiting {
                let _ = tell.send(());
            }
        }
    }

    /// Waits until every decision noted before has been written.
    pub async fn flush(&self) {
        let (tell, told) = oneshot::channel();
        if self.queue.send(Entry::Flushed(tell)).await.is_ok() {
            let _ = told.await;
        }
    }
}

/// The table is bounded by rows, so each row must be bounded too: paths and the like are the client's.
fn shorten(text: &mut String) {
    if text.len() > LONGEST {
        text.truncate(text.floor_char_boundary(LONGEST));
        text.push('…');
    }
}

impl DecisionSink for Decisions {
    fn note(&self, mut decision: Decision) {
        for text in [&mut decision.expected, &mut decision.got, &mut decision.fix].into_iter().flatten() {
            shorten(text);
        }
        self.metrics.decision(&decision.action, decision.allowed);
        if decision.allowed {
            tracing::debug!(request_id = %decision.request_id, action = %decision.action, rule = %decision.rule, "allowed");
        } else {
            tracing::info!(
                request_id = %decision.request_id, ip = %decision.ip, action = %decision.action, pool = decision.pool, client = decision.client, user = decision.user,
                rule = %decision.rule, expected = decision.expected, got = decision.got, "refused"
            );
        }
        if self.queue.try_send(Entry::Keep(Box::new(decision))).is_err() {
            self.metrics.decision_lost();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let mut text = "é".repeat(LONGEST);
        shorten(&mut text);
        assert!(text.len() <= LONGEST + '…'.len_utf8() && text.ends_with("é…"));
    }
}
