//! The cache of verified tokens: one per serving thread, no locks. It holds verdicts, never failures, and no token that
//! could be stolen from memory: a token is found by the tail of its signature and recognised by its SHA-256.
//! Bounded by bytes; when it is full, entries that nobody asked for since the last sweep go first (second chance).
use std::collections::{HashMap, VecDeque};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, SHA256_OUTPUT_LEN, digest};

use crate::Claims;

/// What an entry weighs beside its value: the slot, the index and their spare room.
const ENTRY_BYTES: usize = 128;
/// Characters at the token's end that make the index; a signature's are as good as random.
const TAIL_CHARS: usize = 16;

/// A verdict on one fully verified token.
#[derive(Clone, Debug)]
pub struct CachedToken<V> {
    /// The token expires at this second (`exp`): it is valid while `now < exp`.
    pub exp: i64,
    /// The token is valid from this second on (`nbf`), if it says so.
    pub nbf: Option<i64>,
    /// [`crate::KeySet::generation`] of the set that verified it.
    pub generation: u64,
    /// What the caller wants back at a hit: `Arc<Claims>` or something made from them.
    pub value: V,
    /// What `value` weighs, as far as the caller can tell.
    pub value_bytes: usize,
}

impl<V> CachedToken<V> {
    /// A verdict with the times of `claims`, verified by the key set of `generation`. `None` for a token that never
    /// expires: it is not cached.
    pub fn new(claims: &Claims, generation: u64, value: V, value_bytes: usize) -> Option<Self> {
        Some(Self { exp: claims.seconds("exp")?, nbf: claims.seconds("nbf"), generation, value, value_bytes })
    }
}

/// Verified tokens by signature. Not shared between threads: each serving thread has its own.
#[derive(Debug)]
pub struct TokenCache<V> {
    entries: HashMap<u64, Entry<V>>,
    /// The keys of `entries`, each once, in the order of the sweep.
    queue: VecDeque<u64>,
    bytes: usize,
    max_bytes: usize,
}

#[derive(Debug)]
struct Entry<V> {
    sha256: [u8; SHA256_OUTPUT_LEN],
    token: CachedToken<V>,
    used: bool,
}

impl<V> Entry<V> {
    fn bytes(&self) -> usize {
        ENTRY_BYTES.saturating_add(self.token.value_bytes)
    }
}

impl<V> TokenCache<V> {
    /// An empty cache that keeps to `max_bytes` by its own reckoning (128 bytes an entry and its value). 0 switches it off.
    pub fn new(max_bytes: usize) -> Self {
        Self { entries: HashMap::new(), queue: VecDeque::new(), bytes: 0, max_bytes }
    }

    /// The value of `token`, if exactly this token was verified by the key set of `generation` and is valid at
    /// `now_seconds` (seconds since 1970). Everything else is a miss; the caller verifies anew.
    pub fn get(&mut self, token: &str, generation: u64, now_seconds: i64) -> Option<&V> {
        let entry = self.entries.get_mut(&tail(token)?)?;
        let valid = entry.token.nbf.is_none_or(|nbf| nbf <= now_seconds) && now_seconds < entry.token.exp;
        if entry.token.generation != generation || !valid || !same(&entry.sha256, token) {
            return None;
        }
        entry.used = true;
        Some(&entry.token.value)
    }

    /// Remembers a fully verified token. An older verdict on it is replaced.
    pub fn insert(&mut self, token: &str, verdict: CachedToken<V>) {
        let Some(tail) = tail(token) else { return };
        let entry = Entry { sha256: sha256(token), token: verdict, used: false };
        let bytes = entry.bytes();
        if bytes > self.max_bytes {
            return;
        }
        self.bytes += bytes;
        match self.entries.insert(tail, entry) {
            Some(old) => self.bytes -= old.bytes(),
            None => self.queue.push_back(tail),
        }
        self.sweep();
    }

    /// Forgets all entries whose value `keep` turns down (revocation). Visits every entry.
    pub fn retain(&mut self, mut keep: impl FnMut(&V) -> bool) {
        self.entries.retain(|_, entry| keep(&entry.token.value));
        self.queue.retain(|tail| self.entries.contains_key(tail));
        self.bytes = self.entries.values().map(Entry::bytes).sum();
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.queue.clear();
        self.bytes = 0;
    }

    /// The number of entries, expired ones included.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The weight of all entries, never above the bound.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Drops entries until the bound holds. Each used entry is spared once a round, so the work of a round is paid by the
    /// hits that came before it.
    fn sweep(&mut self) {
        while self.bytes > self.max_bytes {
            let Some(tail) = self.queue.pop_front() else { return };
            match self.entries.get_mut(&tail) {
                Some(entry) if entry.used => {
                    entry.used = false;
                    self.queue.push_back(tail);
                }
                _ => self.bytes -= self.entries.remove(&tail).map_or(0, |entry| entry.bytes()),
            }
        }
    }
}

/// The last characters, folded into a number. Collisions are harmless: the later token wins, the earlier one is a miss.
fn tail(token: &str) -> Option<u64> {
    let chars: &[u8; TAIL_CHARS] = token.as_bytes().last_chunk()?;
    let number = u128::from_le_bytes(*chars);
    #[expect(clippy::cast_possible_truncation, reason = "both halves are taken")]
    let (low, high) = (number as u64, (number >> 64) as u64);
    Some(low ^ high.rotate_left(31))
}

fn sha256(token: &str) -> [u8; SHA256_OUTPUT_LEN] {
    let mut bytes = [0; SHA256_OUTPUT_LEN];
    bytes.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
    bytes
}

fn same(known: &[u8; SHA256_OUTPUT_LEN], token: &str) -> bool {
    verify_slices_are_equal(known, &sha256(token)).is_ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GENERATION: u64 = 7;

    fn verdict(value: u32) -> CachedToken<u32> {
        CachedToken { exp: 200, nbf: Some(100), generation: GENERATION, value, value_bytes: 72 }
    }

    fn token(number: u32) -> String {
        format!("header.claims.{number:032x}")
    }

    fn cache(entries: usize) -> TokenCache<u32> {
        TokenCache::new(entries * (ENTRY_BYTES + 72))
    }

    #[test]
    fn a_hit_needs_the_whole_token_and_not_only_its_tail() {
        let mut cache = cache(8);
        cache.insert("header.claims.signature-of-the-token", verdict(1));
        assert_eq!(cache.get("header.claims.signature-of-the-token", GENERATION, 150), Some(&1));
        assert_eq!(cache.get("header.Claims.signature-of-the-token", GENERATION, 150), None);
        assert_eq!(cache.get("header.claims.Signature-of-the-token", GENERATION, 150), None);
        assert_eq!(cache.get("header.claims.signature-of-the-tokeN", GENERATION, 150), None);
        assert_eq!(cache.get("short", GENERATION, 150), None);
    }

    #[test]
    fn times_are_checked_at_every_hit() {
        let mut cache = cache(8);
        cache.insert(&token(1), verdict(1));
        for (now, hit) in [(99, false), (100, true), (199, true), (200, false), (i64::MAX, false), (150, true)] {
            assert_eq!(cache.get(&token(1), GENERATION, now).is_some(), hit, "at {now}");
        }
    }

    #[test]
    fn a_new_generation_of_keys_makes_every_entry_a_miss() {
        let mut cache = cache(8);
        cache.insert(&token(1), verdict(1));
        assert_eq!(cache.get(&token(1), GENERATION + 1, 150), None);
        cache.insert(&token(1), CachedToken { generation: GENERATION + 1, ..verdict(2) });
        assert_eq!(cache.get(&token(1), GENERATION + 1, 150), Some(&2));
        assert_eq!(cache.get(&token(1), GENERATION, 150), None);
        assert_eq!((cache.len(), cache.bytes()), (1, ENTRY_BYTES + 72));
    }

    #[test]
    fn the_bound_holds_and_what_is_asked_for_stays() {
        let mut cache = cache(10);
        for number in 0..100 {
            cache.insert(&token(number), verdict(number));
            assert!(cache.get(&token(0), GENERATION, 150).is_some(), "lost the busy token after {number}");
            assert!(cache.bytes() <= 10 * (ENTRY_BYTES + 72));
        }
        assert_eq!(cache.len(), 10);
        assert_eq!(cache.get(&token(50), GENERATION, 150), None);
        assert_eq!(cache.get(&token(99), GENERATION, 150), Some(&99));
    }

    #[test]
    fn a_value_too_heavy_for_the_cache_is_not_kept_and_drives_nobody_out() {
        let mut cache = cache(2);
        cache.insert(&token(1), verdict(1));
        for heavy in [2 * (ENTRY_BYTES + 72) + 1 - ENTRY_BYTES, usize::MAX] {
            cache.insert(&token(2), CachedToken { value_bytes: heavy, ..verdict(2) });
        }
        assert_eq!(cache.get(&token(2), GENERATION, 150), None);
        assert_eq!(cache.get(&token(1), GENERATION, 150), Some(&1));
        let mut off = TokenCache::new(0);
        off.insert(&token(1), verdict(1));
        assert!(off.is_empty());
    }

    #[test]
    fn a_revoked_token_is_forgotten_and_its_room_is_free_again() {
        let mut cache = cache(4);
        for number in 0..4 {
            cache.insert(&token(number), verdict(number));
        }
        cache.retain(|number| number % 2 == 0);
        assert_eq!((cache.len(), cache.bytes()), (2, 2 * (ENTRY_BYTES + 72)));
        assert_eq!(cache.get(&token(1), GENERATION, 150), None);
        assert_eq!(cache.get(&token(2), GENERATION, 150), Some(&2));
        cache.clear();
        assert_eq!((cache.len(), cache.bytes(), cache.queue.len()), (0, 0, 0));
    }

    #[test]
    fn a_token_that_never_expires_is_not_cached() {
        let claims = |text: &str| -> Claims { serde_json::from_str(text).unwrap() };
        assert!(CachedToken::new(&claims(r#"{"iat":1}"#), GENERATION, (), 0).is_none());
        let verdict = CachedToken::new(&claims(r#"{"exp":9,"nbf":3}"#), GENERATION, (), 0).unwrap();
        assert_eq!((verdict.exp, verdict.nbf), (9, Some(3)));
    }

    proptest! {
        #[test]
        fn whatever_happens_a_hit_is_the_latest_verdict_and_the_books_balance(
            acts in prop::collection::vec((0_u8..4, 0_u32..24, 0_usize..400), 0..300),
        ) {
            let mut cache = cache(6);
            let mut latest = HashMap::new();
            for (step, (act, number, weight)) in (0_u32..).zip(acts) {
                match act {
                    0 => cache.retain(|value| value % 3 != 0),
                    1 => if let Some(value) = cache.get(&token(number), GENERATION, 150) {
                        prop_assert_eq!(Some(value), latest.get(&number));
                    },
                    _ => {
                        cache.insert(&token(number), CachedToken { value_bytes: weight, ..verdict(step) });
                        latest.insert(number, step);
                    }
                }
                prop_assert!(cache.bytes() <= cache.max_bytes);
                prop_assert_eq!(cache.bytes(), cache.entries.values().map(Entry::bytes).sum::<usize>());
                prop_assert_eq!(cache.queue.len(), cache.entries.len());
            }
        }
    }
}
