//! Logging: one line per event on standard error, JSON in `serve`, for people in `dev`. `COGNATE_LOG` sets the filter.
use std::io::IsTerminal as _;
use tracing_subscriber::EnvFilter;

/// Starts logging for the process. A second call changes nothing.
pub fn start(json: bool, default_filter: &str) {
    let filter = EnvFilter::try_from_env("COGNATE_LOG").unwrap_or_else(|_| EnvFilter::new(default_filter));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Colours are for a terminal; in a file they are rubbish.
    let colours = std::io::stderr().is_terminal();
    let started = if json {
        builder.json().flatten_event(true).try_init()
    } else {
        builder.with_target(false).with_ansi(colours).try_init()
    };
    if let Err(error) = started {
        tracing::debug!(%error, "logging had been started before");
    }
}
