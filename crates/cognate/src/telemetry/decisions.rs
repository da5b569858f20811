//! The way of decisions into the log, the metrics and the bounded table, off the request's path.
use super::budget::Budget;
use super::clean::clean;
use super::metrics::{Counter, Metrics};
use crate::platform::Clock;
use http_apis::ports::{Recorder, Refused};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use user_pools::log_delivery;
use user_pools::ports::{Decision, DecisionSink, Store};
use user_pools::threat::{EventResponse, Happened};

/// More than this waiting means that storage stands still; newer decisions are then only counted, newer events too.
const QUEUE: usize = 4_096;
const BATCH: usize = 256;
/// Decisions wait so long for others to be written with.
const GATHER: Duration = Duration::from_millis(25);

/// Takes decisions from any thread; never blocks, formats nothing, writes nothing.
#[derive(Clone)]
pub struct Decisions {
    queue: mpsc::Sender<Entry>,
    metrics: Arc<Metrics>,
    gate: Arc<Gate>,
}

/// What stands before the queue.
struct Gate {
    budget: Mutex<Budget>,
    /// Refusals that were only counted, and not yet said to be.
    lost: AtomicU64,
    /// The same of users' events.
    events_lost: AtomicU64,
    refused: Counter,
}

/// What waits in the queue.
pub enum Entry {
    /// A decision to keep.
    Keep(Box<Decision>),
    /// What a user did.
    Happened(Box<Happened>),
    /// A refusal of the gateway, to become one.
    Gateway(Box<Refused>),
    /// Everything before this has been kept.
    Flushed(oneshot::Sender<()>),
}

impl Decisions {
    /// A sink, and the queue that [`Decisions::write`] empties.
    pub fn new(metrics: Arc<Metrics>) -> (Self, mpsc::Receiver<Entry>) {
        let (queue, taken) = mpsc::channel(QUEUE);
        let gate = Gate {
            budget: Mutex::new(Budget::new()),
            lost: AtomicU64::new(0),
            events_lost: AtomicU64::new(0),
            refused: metrics.decisions_of("gateway", false),
        };
        (Self { queue, metrics, gate: Arc::new(gate) }, taken)
    }

    /// The task that logs and keeps what is taken, in batches, until the sinks are gone.
    pub fn write(
        &self,
        mut taken: mpsc::Receiver<Entry>,
        store: Arc<dyn Store>,
        clock: Clock,
    ) -> impl Future<Output = ()> + use<> {
        let gate = Arc::clone(&self.gate);
        async move {
            let mut entries = Vec::with_capacity(BATCH);
            while taken.recv_many(&mut entries, BATCH).await > 0 {
                let asked = |entry: &Entry| matches!(entry, Entry::Flushed(_));
                if entries.len() < BATCH && !entries.iter().any(asked) {
                    gather(&mut taken, &mut entries).await;
                }
                let (mut batch, mut waiting) = (Vec::with_capacity(entries.len()), Vec::new());
                let mut events = Vec::new();
                for entry in entries.drain(..) {
                    match entry {
                        Entry::Keep(decision) => batch.push(logged(*decision)),
                        Entry::Gateway(refused) => batch.push(logged(of_gateway(*refused))),
                        Entry::Happened(happened) => events.push(*happened),
                        Entry::Flushed(tell) => waiting.push(tell),
                    }
                }
                gate.tell_lost();
                if !batch.is_empty()
                    && let Err(error) = store.append_decisions(clock.now(), batch).await
                {
                    tracing::warn!(%error, "decisions could not be kept");
                }
                if !events.is_empty() {
                    keep_events(&*store, &clock, &events).await;
                }
                for tell in waiting {
                    let _ = tell.send(());
                }
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

    fn affordable(&self, source: IpAddr, now: i64) -> bool {
        self.gate.budget.lock().unwrap_or_else(PoisonError::into_inner).take(source, now)
    }

    fn lose(&self) {
        self.metrics.decision_lost();
        self.gate.lost.fetch_add(1, Ordering::Relaxed);
    }

    fn lose_event(&self) {
        self.metrics.event_lost();
        self.gate.events_lost.fetch_add(1, Ordering::Relaxed);
    }

    fn queue(&self, entry: Entry) {
        if self.queue.try_send(entry).is_err() {
            self.lose();
        }
    }
}

impl Gate {
    /// Says how much was only counted since this was last said.
    fn tell_lost(&self) {
        let lost = self.lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            tracing::warn!(lost, "more was refused than is explained one by one: these refusals were only counted");
        }
        let lost = self.events_lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            tracing::warn!(
                lost,
                "more happened than is kept one by one: these events of users are in no record and no exported log"
            );
        }
    }
}

/// Keeps events and exports those that are about somebody: the names that people make up fill no log. What cannot be kept now is exported all
/// the same.
async fn keep_events(store: &dyn Store, clock: &Clock, events: &[Happened]) {
    let rows = events.iter().map(|happened| happened.event.clone()).collect();
    match store.append_auth_events(clock.now(), rows).await {
        Ok(kept) => {
            events.iter().zip(kept).filter(|(_, kept)| *kept).for_each(|(event, _)| log_delivery::export(event));
        }
        Err(error) => {
            tracing::warn!(%error, "events of users could not be kept");
            events.iter().for_each(log_delivery::export);
        }
    }
}

/// Waits a moment for more; whoever waits for a flush is not kept waiting.
async fn gather(taken: &mut mpsc::Receiver<Entry>, entries: &mut Vec<Entry>) {
    let until = tokio::time::Instant::now() + GATHER;
    while entries.len() < BATCH {
        match tokio::time::timeout_at(until, taken.recv()).await {
            Ok(Some(entry)) => {
                let flush = matches!(entry, Entry::Flushed(_));
                entries.push(entry);
                if flush {
                    return;
                }
            }
            Ok(None) | Err(_) => return,
        }
    }
}

fn of_gateway(refused: Refused) -> Decision {
    let at = [refused.api_id.as_deref(), refused.stage.as_deref(), refused.route.as_deref()];
    let place = at.into_iter().flatten().collect::<Vec<_>>().join(" ");
    Decision {
        at: refused.at,
        request_id: refused.request_id,
        ip: refused.client.to_string(),
        action: "gateway".to_owned(),
        pool: None,
        client: None,
        user: None,
        allowed: false,
        rule: refused.rule.to_owned(),
        expected: Some(refused.expected.into_owned()),
        got: Some(format!("{} ({} {} -> {} at {place})", refused.got, refused.method, refused.path, refused.status)),
        fix: Some(refused.fix.into_owned()),
    }
}

/// Cleans a decision and says it in the log. The table is bounded by rows, so each row must be bounded too.
fn logged(mut decision: Decision) -> Decision {
    let Decision { request_id, ip, action, pool, client, user, rule, expected, got, fix, .. } = &mut decision;
    [request_id, ip, action, rule]
        .into_iter()
        .chain([pool, client, user, expected, got, fix].into_iter().flatten())
        .for_each(clean);
    if decision.allowed {
        tracing::debug!(request_id = %decision.request_id, action = %decision.action, rule = %decision.rule, "allowed");
    } else {
        tracing::info!(
            request_id = %decision.request_id, ip = %decision.ip, action = %decision.action, pool = decision.pool, client = decision.client, user = decision.user,
            rule = %decision.rule, expected = decision.expected, got = decision.got, "refused"
        );
    }
    decision
}

impl DecisionSink for Decisions {
    fn note(&self, decision: Decision) {
        self.metrics.decision(&decision.action, decision.allowed);
        let source = decision.ip.parse().unwrap_or(IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED));
        if decision.allowed || self.affordable(source, decision.at) {
            self.queue(Entry::Keep(Box::new(decision)));
        } else {
            self.lose();
        }
    }

    fn happened(&self, happened: Box<Happened>) {
        let event = &happened.event;
        let source = event.ip.parse().unwrap_or(IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED));
        let affordable = event.response != EventResponse::Fail || self.affordable(source, event.at);
        if !affordable || self.queue.try_send(Entry::Happened(happened)).is_err() {
            self.lose_event();
        }
    }
}

impl Recorder for Decisions {
    fn wants(&self, client: IpAddr, at: i64) -> bool {
        self.gate.refused.inc();
        let affordable = self.affordable(client, at);
        if !affordable {
            self.lose();
        }
        affordable
    }

    fn refused(&self, refused: Refused) {
        self.queue(Entry::Gateway(Box::new(refused)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use testing::rows;
    use user_pools::PoolId;

    fn happened(response: EventResponse) -> Box<Happened> {
        let user = rows::user(&PoolId("p".to_owned()), "alice");
        let mut event = rows::auth_event(&user, "id");
        event.response = response;
        Box::new(Happened { event, export: None })
    }

    fn drain(taken: &mut mpsc::Receiver<Entry>) -> usize {
        std::iter::from_fn(|| taken.try_recv().ok()).count()
    }

    #[test]
    fn failures_of_one_source_have_a_budget_and_what_passes_has_none() {
        let metrics = Arc::new(Metrics::default());
        let (sink, mut taken) = Decisions::new(Arc::clone(&metrics));
        (0..3_000).for_each(|_| sink.happened(happened(EventResponse::Fail)));
        assert_eq!(drain(&mut taken), 2_000);
        (0..3_000).for_each(|_| sink.happened(happened(EventResponse::Pass)));
        assert_eq!(drain(&mut taken), 3_000);
    }

    #[test]
    fn lost_events_are_not_told_as_refusals() {
        let metrics = Arc::new(Metrics::default());
        let (sink, _taken) = Decisions::new(Arc::clone(&metrics));
        (0..QUEUE + 3).for_each(|_| sink.happened(happened(EventResponse::Pass)));
        let text = metrics.text();
        assert!(text.contains("cognate_auth_events_lost_total 3\n"), "{text}");
        assert!(text.contains("cognate_decisions_lost_total 0\n"), "{text}");
        assert_eq!(sink.gate.lost.load(Ordering::Relaxed), 0);
    }
}
