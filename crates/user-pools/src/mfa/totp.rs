//! Codes of authenticator apps: SHA-1, six digits, thirty seconds, one step either way (RFC 6238). A code works once.
use crate::error::Result;
use crate::ids::Millis;
use crate::ports::{Random, StoreError};
use crate::random;
use crate::sealing::KeyRing;
use crate::user::{Totp, User};
use totp_rs::{Algorithm, Builder};
use zeroize::Zeroizing;

const SEED: usize = 32;
const STEP_SECONDS: u64 = 30;
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What a code turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Right; this is the time step it belongs to.
    Right(u64),
    /// Right, but a code of this step or a later one has been used.
    Used,
    /// Wrong.
    Wrong,
}

/// A fresh seed for a user, sealed, and as the text that the user's app takes (base32 without padding, 52 characters).
pub(crate) fn new_seed(ring: &KeyRing, random: &dyn Random, user: &User) -> (Totp, String) {
    let seed = Zeroizing::new(random::bytes::<SEED>(random));
    let sealed = ring.seal(random, &place(user), &*seed);
    (Totp { sealed, verified: false, name: None, last_step: None }, base32(&*seed))
}

/// Examines a code against a user's seed at a moment.
pub(crate) fn examine(ring: &KeyRing, user: &User, totp: &Totp, code: &str, now: Millis) -> Result<Verdict> {
    let broken = |_| StoreError::Unavailable("a TOTP seed does not open".to_owned());
    let seed = ring.open(&place(user), &totp.sealed).map_err(broken)?;
    Ok(verdict(&seed, totp.last_step, code, now))
}

fn verdict(seed: &[u8], last_step: Option<u64>, code: &str, now: Millis) -> Verdict {
    let app = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(STEP_SECONDS)
        .with_secret(seed.to_vec())
        .build_noncompliant();
    if code.len() != 6 || !code.bytes().all(|digit| digit.is_ascii_digit()) {
        return Verdict::Wrong;
    }
    match app.check(code, u64::try_from(now / 1000).unwrap_or(0)) {
        Some(step) if last_step.is_some_and(|last| step <= last) => Verdict::Used,
        Some(step) => Verdict::Right(step),
        None => Verdict::Wrong,
    }
}

fn place(user: &User) -> [&str; 3] {
    [&user.pool.0, &user.sub, "totp"]
}

fn base32(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(5) * 8);
    for chunk in bytes.chunks(5) {
        let mut block = [0; 8];
        block[3..3 + chunk.len()].copy_from_slice(chunk);
        let bits = u64::from_be_bytes(block);
        let letters = (chunk.len() * 8).div_ceil(5);
        out.extend((0..letters).map(|i| char::from(ALPHABET[usize::try_from(bits >> (35 - 5 * i) & 31).unwrap_or(0)])));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B.
    const RFC_SEED: &[u8] = b"12345678901234567890";

    #[test]
    fn the_codes_are_those_of_the_rfc() {
        // 94287082, 07081804, 14050471 in eight digits.
        assert_eq!(verdict(RFC_SEED, None, "287082", 59_000), Verdict::Right(1));
        assert_eq!(verdict(RFC_SEED, None, "081804", 1_111_111_109_000), Verdict::Right(37_037_036));
        assert_eq!(verdict(RFC_SEED, None, "050471", 1_111_111_111_000), Verdict::Right(37_037_037));
    }

    #[test]
    fn one_step_either_way_is_accepted_and_two_are_not() {
        for (now, right) in [(29_000, true), (30_000, true), (89_000, true), (90_000, false)] {
            assert_eq!(verdict(RFC_SEED, None, "287082", now) == Verdict::Right(1), right, "{now}");
        }
    }

    #[test]
    fn a_code_works_once_and_an_earlier_one_no_more() {
        assert_eq!(verdict(RFC_SEED, Some(1), "287082", 59_000), Verdict::Used);
        assert_eq!(verdict(RFC_SEED, Some(2), "287082", 59_000), Verdict::Used);
        assert_eq!(verdict(RFC_SEED, Some(0), "287082", 59_000), Verdict::Right(1));
    }

    #[test]
    fn what_is_not_six_digits_is_wrong() {
        for code in ["", "28708", "2870820", "28708a", "２８７０８２", "287 082", "-28708"] {
            assert_eq!(verdict(RFC_SEED, None, code, 59_000), Verdict::Wrong, "{code}");
        }
    }

    #[test]
    fn seeds_are_written_in_base32_without_padding() {
        // RFC 4648, section 10.
        for (text, encoded) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(text.as_bytes()), encoded);
        }
        assert_eq!(base32(&[0; SEED]).len(), 52);
    }
}
