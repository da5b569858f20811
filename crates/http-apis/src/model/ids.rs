//! Identifiers: `a-z0-9`, drawn without bias.

use crate::ports::Random;

const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
/// 7 * 36: bytes at or above it would favour the first letters.
const FAIR: u8 = 252;

/// A fresh identifier of `len` characters.
pub(super) fn fresh(random: &dyn Random, len: usize) -> String {
    let mut id = String::with_capacity(len);
    let mut bytes = [0u8; 16];
    while id.len() < len {
        random.fill(&mut bytes);
        let fair = bytes.iter().filter(|byte| **byte < FAIR);
        let letters = fair.map(|byte| char::from(ALPHABET[usize::from(byte % 36)]));
        id.extend(letters.take(len - id.len()));
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU8, Ordering};

    struct Counting(AtomicU8);
    impl Random for Counting {
        fn fill(&self, into: &mut [u8]) {
            for byte in into {
                *byte = self.0.fetch_add(37, Ordering::Relaxed);
            }
        }
    }

    #[test]
    fn an_id_has_the_asked_length_and_alphabet() {
        let random = Counting(AtomicU8::new(5));
        for len in [6, 7, 10, 40] {
            let id = fresh(&random, len);
            assert_eq!(id.len(), len);
            assert!(id.bytes().all(|byte| ALPHABET.contains(&byte)), "{id}");
        }
    }
}
