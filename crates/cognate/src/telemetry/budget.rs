//! How many refusals are kept: so many from one source and so many from all. Beyond that they are only counted, so that a flood of garbage
//! neither fills the table that explains everybody's refusals nor costs more than its answers.
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;

/// From one source: at once, and a second.
const SOURCE: Rate = Rate { burst: 2_000.0, second: 100.0 };
/// From all of them.
const ALL: Rate = Rate { burst: 8_000.0, second: 1_000.0 };
const SLOTS: usize = 1_024;

#[derive(Clone, Copy)]
struct Rate {
    burst: f64,
    second: f64,
}

#[derive(Clone, Copy)]
struct Bucket {
    source: u64,
    left: f64,
    at: i64,
}

impl Bucket {
    fn full(source: u64, rate: Rate, now: i64) -> Self {
        Self { source, left: rate.burst, at: now }
    }

    /// What is in it now. A clock that was set back adds nothing.
    fn fill(&mut self, rate: Rate, now: i64) {
        #[expect(clippy::cast_precision_loss, reason = "a bucket is full long before")]
        let seconds = now.saturating_sub(self.at).max(0) as f64 / 1000.0;
        self.left = (self.left + seconds * rate.second).min(rate.burst);
        self.at = now;
    }
}

/// The budget.
pub struct Budget {
    hasher: RandomState,
    all: Bucket,
    sources: Vec<Option<Bucket>>,
}

impl Budget {
    /// A full one.
    pub fn new() -> Self {
        Self { hasher: RandomState::new(), all: Bucket::full(0, ALL, 0), sources: vec![None; SLOTS] }
    }

    /// A source's mark and its slot. Whoever has an IPv6 address has 2^64 of them: a network is one source.
    fn place(&self, source: IpAddr) -> (u64, usize) {
        let network = match source {
            IpAddr::V4(ip) => u64::from(ip.to_bits()),
            IpAddr::V6(ip) => u64::try_from(ip.to_bits() >> 64).unwrap_or_default(),
        };
        let hash = self.hasher.hash_one((source.is_ipv4(), network));
        (hash, usize::try_from(hash % SLOTS as u64).unwrap_or_default())
    }

    /// Whether one more refusal of this source is kept; that is paid for here. `now`: epoch milliseconds.
    pub fn take(&mut self, source: IpAddr, now: i64) -> bool {
        let (hash, slot) = self.place(source);
        self.all.fill(ALL, now);
        let Some(bucket) = self.sources.get_mut(slot) else { return false };
        let bucket = match bucket {
            Some(bucket) if bucket.source == hash => bucket,
            other => other.insert(Bucket::full(hash, SOURCE, now)),
        };
        bucket.fill(SOURCE, now);
        let enough = bucket.left >= 1.0 && self.all.left >= 1.0;
        if enough {
            bucket.left -= 1.0;
            self.all.left -= 1.0;
        }
        enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(number: u32) -> IpAddr {
        std::net::Ipv4Addr::from(number).into()
    }

    fn kept(budget: &mut Budget, source: IpAddr, times: usize, now: i64) -> usize {
        (0..times).filter(|_| budget.take(source, now)).count()
    }

    #[test]
    fn a_flood_from_one_source_takes_nothing_from_the_others() {
        let mut budget = Budget::new();
        assert_eq!(kept(&mut budget, ip(1), 50_000, 1_000), 2_000);
        // Two that share a slot share its fate: one in a thousand neighbours does.
        let other = (2..100).map(ip).find(|other| budget.place(*other).1 != budget.place(ip(1)).1).unwrap();
        assert_eq!(kept(&mut budget, other, 10, 1_000), 10);
        assert_eq!(kept(&mut budget, ip(1), 1_000, 2_000), 100);
        assert_eq!(kept(&mut budget, ip(1), 1_000, 500), 0, "a clock set back gives nothing");
    }

    #[test]
    fn all_sources_together_have_an_end_too() {
        let mut budget = Budget::new();
        let all: usize = (0..100_000).map(|source| kept(&mut budget, ip(source), 1, 1_000)).sum();
        assert_eq!(all, 8_000);
    }

    #[test]
    fn addresses_of_one_ipv6_network_are_one_source() {
        let mut budget = Budget::new();
        let address = |host: u16| IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, host]);
        let all: usize = (0..5_000).map(|host| kept(&mut budget, address(host), 1, 1_000)).sum();
        assert_eq!(all, 2_000);
    }
}
