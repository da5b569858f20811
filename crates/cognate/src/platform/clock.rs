//! The server's clock: the system's, moved by `POST /_cognate/clock` where `--test-clock` allows it.
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Cheap to clone; all clones move together.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    offset: Arc<AtomicI64>,
}

impl Clock {
    /// Now, in milliseconds since the epoch, with the test offset applied.
    pub fn now(&self) -> i64 {
        self.machine().saturating_add(self.offset.load(Ordering::Relaxed))
    }

    /// The system's time, not moved: for what runs in other processes.
    #[allow(clippy::disallowed_methods, reason = "this is the one clock of the house")]
    #[allow(clippy::unused_self, reason = "a clock is asked for the time")]
    pub fn machine(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }

    /// Moves the clock by so many milliseconds (back when negative) and returns the new time.
    pub fn advance(&self, millis: i64) -> i64 {
        self.offset.fetch_add(millis, Ordering::Relaxed);
        self.now()
    }

    /// Sets the clock to a moment and returns it.
    pub fn set(&self, millis: i64) -> i64 {
        let ahead = millis.saturating_sub(self.now());
        self.advance(ahead)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_clones_move_together() {
        let clock = Clock::default();
        let other = clock.clone();
        let before = other.now();
        clock.advance(3_600_000);
        assert!(other.now() >= before + 3_600_000);
        other.set(before);
        assert!(clock.now() - before < 1_000);
    }
}
