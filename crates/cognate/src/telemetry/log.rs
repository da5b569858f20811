//! Logging: one line per event on standard error, JSON in `serve`, for people in `dev`. `COGNATE_LOG` sets the filter.
use super::clean::is_hidden;
use std::fmt::{self, Write};
use std::io::IsTerminal as _;
use tracing::field::Field;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::field::MakeExt as _;
use tracing_subscriber::fmt::FormatFields;
use tracing_subscriber::fmt::format::{Writer, debug_fn};

/// Starts logging for the process. A second call changes nothing.
pub fn start(json: bool, default_filter: &str) {
    let filter = EnvFilter::try_from_env("COGNATE_LOG").unwrap_or_else(|_| EnvFilter::new(default_filter));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Colours are for a terminal; in a file they are rubbish.
    let colours = std::io::stderr().is_terminal();
    let started = if json {
        builder.json().flatten_event(true).try_init()
    } else {
        builder.with_target(false).with_ansi(colours).fmt_fields(one_line()).try_init()
    };
    if let Err(error) = started {
        tracing::debug!(%error, "logging had been started before");
    }
}

/// Fields for people, on one line whatever is in them: what a function, a client or another server wrote must forge no line and move no cursor.
/// JSON does the same by itself.
fn one_line() -> impl for<'writer> FormatFields<'writer> + Send + Sync + 'static {
    debug_fn(|writer: &mut Writer<'_>, field: &Field, value: &dyn fmt::Debug| {
        if field.name() != "message" {
            write!(writer, "{}=", field.name())?;
        }
        write!(Plain(writer), "{value:?}")
    })
    .delimited(" ")
}

/// Shows what would act.
struct Plain<'a, W>(&'a mut W);

impl<W: Write> Write for Plain<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|char| match char {
            '\t' => self.0.write_char(char),
            _ if is_hidden(char) => write!(self.0, "{}", char.escape_unicode()),
            _ => self.0.write_char(char),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read as _, Seek as _};
    use std::sync::Arc;

    #[test]
    fn what_others_wrote_forges_no_line_of_the_log() {
        let mut file = tempfile::tempfile().unwrap();
        let writer = Arc::new(file.try_clone().unwrap());
        let log = tracing_subscriber::fmt().with_target(false).with_ansi(false).fmt_fields(one_line());
        tracing::subscriber::with_default(log.with_writer(writer).finish(), || {
            let said = "boom\n2026-12-01T00:00:00Z ERROR forged\x1b[2J\u{202e}é";
            let (error, quoted) = (std::io::Error::other(said), said);
            tracing::warn!(%said, %error, quoted, count = 3, "a function failed: {said}");
        });
        let mut text = String::new();
        file.rewind().and_then(|()| file.read_to_string(&mut text)).unwrap();
        assert_eq!(text.matches('\n').count(), 1, "{text}");
        assert!(text.ends_with('\n') && !text.contains(['\x1b', '\u{202e}']), "{text}");
        let shown = "boom\\u{a}2026-12-01T00:00:00Z ERROR forged\\u{1b}[2J\\u{202e}é";
        assert!(
            text.contains(&format!("WARN a function failed: {shown} said={shown} error={shown} quoted=\"boom\\n")),
            "{text}"
        );
        assert!(text.contains(" count=3"), "{text}");
    }
}
