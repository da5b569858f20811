//! Wiring: the one place where ports meet their concrete types.
mod adapters;
mod app;
mod functions;
mod imports;
mod providers;
mod questions;
pub mod seed;
mod urls;

pub use app::{App, Settings};
pub use functions::FunctionSettings;
pub use urls::{Urls, with_port};
