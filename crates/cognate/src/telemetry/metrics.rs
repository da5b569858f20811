//! Prometheus metrics. Labels are closed sets (room, action, status class), so that no client can grow them.
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
pub use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::{
    family::Family,
    gauge::Gauge,
    histogram::{Histogram, exponential_buckets},
};
use prometheus_client::registry::Registry;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RequestLabels {
    room: &'static str,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RoomLabel {
    room: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct DecisionLabels {
    action: String,
    allowed: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct MessageLabels {
    medium: &'static str,
    result: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ReadLabel {
    result: &'static str,
}

/// The metrics of the process.
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    seconds: Family<RoomLabel, Histogram, fn() -> Histogram>,
    decisions: Family<DecisionLabels, Counter>,
    lost: Counter,
    events_lost: Counter,
    messages: Family<MessageLabels, Counter>,
    in_flight: Gauge,
    handshakes_failed: Counter,
    certificates_end: Gauge,
    certificates_read: Family<ReadLabel, Counter>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("cognate"),
            requests: Family::default(),
            seconds: Family::new_with_constructor(latency),
            decisions: Family::default(),
            lost: Counter::default(),
            events_lost: Counter::default(),
            messages: Family::default(),
            in_flight: Gauge::default(),
            handshakes_failed: Counter::default(),
            certificates_end: Gauge::default(),
            certificates_read: Family::default(),
        };
        metrics.registry.register("requests", "Requests by room and status", metrics.requests.clone());
        metrics.registry.register("request_seconds", "Time to the answer's head, by room", metrics.seconds.clone());
        metrics.registry.register("decisions", "Decisions by action and result", metrics.decisions.clone());
        metrics.registry.register("decisions_lost", "Decisions that were counted but not kept", metrics.lost.clone());
        let lost = "Events of users that were neither kept nor exported";
        metrics.registry.register("auth_events_lost", lost, metrics.events_lost.clone());
        metrics.registry.register("messages", "Attempts at messages by medium and result", metrics.messages.clone());
        metrics.registry.register("in_flight", "Requests being served", metrics.in_flight.clone());
        metrics.registry.register(
            "tls_handshakes_failed",
            "TLS handshakes that failed",
            metrics.handshakes_failed.clone(),
        );
        let end = "When the first TLS certificate ends, in seconds since the epoch (0 without TLS)";
        metrics.registry.register("tls_certificate_end_seconds", end, metrics.certificates_end.clone());
        let read = "Changed TLS certificate files by what came of them";
        metrics.registry.register("tls_certificates_read", read, metrics.certificates_read.clone());
        metrics
    }
}

fn latency() -> Histogram {
    Histogram::new(exponential_buckets(0.000_25, 4.0, 9))
}

/// A request that is being served.
#[must_use = "the request is in flight until this goes"]
pub struct InFlight<'m>(&'m Gauge);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Counts answers for one thread: it remembers the counters it found, which are few, instead of looking them up by their labels each time.
pub struct Tally {
    metrics: Arc<Metrics>,
    known: Mutex<Vec<Known>>,
}

struct Known {
    room: &'static str,
    status: u16,
    count: Counter,
    seconds: Histogram,
}

impl Tally {
    /// A request has been answered.
    pub fn answered(&self, room: &'static str, status: u16, took: Duration) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let at = known.iter().position(|known| known.status == status && known.room == room).unwrap_or_else(|| {
            let count = self.metrics.requests.get_or_create_owned(&RequestLabels { room, status });
            let seconds = self.metrics.seconds.get_or_create_owned(&RoomLabel { room });
            known.push(Known { room, status, count, seconds });
            known.len() - 1
        });
        let Some(known) = known.get(at) else { return };
        known.count.inc();
        known.seconds.observe(took.as_secs_f64());
    }
}

impl Metrics {
    /// TLS handshakes that came to nothing.
    pub fn handshakes_failed(&self) -> Counter {
        self.handshakes_failed.clone()
    }

    /// When the first certificate ends, in seconds since the epoch.
    pub fn certificates_end(&self, at: i64) {
        self.certificates_end.set(at);
    }

    /// The certificate files were read again; `usable`: what was in them serves from now on.
    pub fn certificates_read(&self, usable: bool) {
        let result = if usable { "replaced" } else { "refused" };
        self.certificates_read.get_or_create(&ReadLabel { result }).inc();
    }

    /// A request has begun; it is in flight until the answer's guard goes, which it also does when the client leaves early.
    pub fn began(&self) -> InFlight<'_> {
        self.in_flight.inc();
        InFlight(&self.in_flight)
    }

    /// A thread's way to count answers.
    pub fn tally(self: &Arc<Self>) -> Tally {
        Tally { metrics: Arc::clone(self), known: Mutex::default() }
    }

    /// A decision was taken. `action` is one of our own operation and endpoint names.
    pub fn decision(&self, action: &str, allowed: bool) {
        let labels = DecisionLabels { action: action.to_owned(), allowed: if allowed { "yes" } else { "no" } };
        self.decisions.get_or_create(&labels).inc();
    }

    /// The counter of one kind of decision, for whoever counts many.
    pub fn decisions_of(&self, action: &str, allowed: bool) -> Counter {
        let labels = DecisionLabels { action: action.to_owned(), allowed: if allowed { "yes" } else { "no" } };
        self.decisions.get_or_create_owned(&labels)
    }

    /// A decision could not be queued, or is beyond the budget.
    pub fn decision_lost(&self) {
        self.lost.inc();
    }

    /// An event of a user could not be queued, or is beyond the budget.
    pub fn event_lost(&self) {
        self.events_lost.inc();
    }

    /// An attempt at a message has ended: `delivered`, `retried` or `undeliverable`.
    pub fn message(&self, medium: &'static str, result: &'static str) {
        self.messages.get_or_create(&MessageLabels { medium, result }).inc();
    }

    /// The exposition text (`application/openmetrics-text`).
    pub fn text(&self) -> String {
        let mut text = String::new();
        if encode(&mut text, &self.registry).is_err() {
            text.clear();
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_whose_client_left_is_no_longer_in_flight() {
        let metrics = Metrics::default();
        let request = metrics.began();
        assert!(metrics.text().contains("cognate_in_flight 1"), "{}", metrics.text());
        drop(request);
        assert!(metrics.text().contains("cognate_in_flight 0"), "{}", metrics.text());
    }
}
