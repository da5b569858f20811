//! What the server says of itself: JSON logs, the bounded table of decisions, metrics. Never a secret.
mod budget;
mod clean;
mod decisions;
mod log;
mod metrics;

pub use decisions::Decisions;
pub use log::start as start_log;
pub use metrics::{Counter, Metrics, Tally};
