//! The bench for tests: a store in a temporary folder, a movable clock, seeded randomness, captured mail and decisions, ready rows;
//! and the conformance suite that every storage backend must pass. Only a dev-dependency: it may panic, and its keys are public.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test that cannot be set up must fail at once"
)]
mod bench;
pub mod conformance;
mod doubles;
mod functions;
mod imports;
pub mod rows;

pub use bench::{Bench, CLIENT_SECRET, PASSWORD};
pub use doubles::{CapturedDecisions, CapturedMail, CheapHasher, Clock, SeededRandom};
pub use functions::{Invoked, ScriptedFunctions};
pub use imports::MemoryImports;
