//! The process's limit of open files, and how many connections fit under it.
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Enough for anybody; a limit without end would be taken for a number to divide.
const MOST: u64 = 1 << 20;
/// What the process opens beside connections: database, objects, sockets of its own.
const OWN: u64 = 256;

/// Raises the soft limit of open files to the hard one and says how many files may now be open.
pub fn raise() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.unwrap_or(MOST).min(MOST);
    let current = limit.current.unwrap_or(MOST).min(MOST);
    if current >= wanted {
        return current;
    }
    match setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum: limit.maximum }) {
        Ok(()) => wanted,
        Err(error) => {
            tracing::warn!(%error, current, wanted, "the limit of open files cannot be raised");
            current
        }
    }
}

/// Connections that each of so many threads may take, where each may need one more to a backend.
pub fn connections(open_files: u64, threads: usize) -> usize {
    let threads = u64::try_from(threads).unwrap_or(1).max(1);
    usize::try_from((open_files.saturating_sub(OWN) / (2 * threads)).clamp(16, 65_536)).unwrap_or(16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_soft_limit_is_raised_to_the_hard_one() {
        let raised = raise();
        let limit = getrlimit(Resource::Nofile);
        assert!(raised >= limit.maximum.unwrap_or(MOST).min(MOST) && limit.current.unwrap_or(MOST) >= raised);
    }

    #[test]
    fn all_threads_together_stay_below_the_limit() {
        for (files, threads) in [(1024, 2), (4096, 8), (1 << 20, 2)] {
            let each = connections(files, threads);
            assert!(each >= 16 && (2 * each * threads) as u64 <= files, "{files} {threads} {each}");
        }
    }
}
