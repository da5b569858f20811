//! Small shapes made of randomness. The randomness itself is a port, so that tests can seed it.
use crate::ports::Random;

/// `N` unpredictable bytes.
pub(crate) fn bytes<const N: usize>(random: &dyn Random) -> [u8; N] {
    let mut out = [0; N];
    random.fill(&mut out);
    out
}

/// A version 4 UUID as text.
pub(crate) fn uuid(random: &dyn Random) -> String {
    uuid_of(bytes(random))
}

/// Sixteen bytes dressed as a version 4 UUID (also for stable fake ids).
pub(crate) fn uuid_of(bytes: [u8; 16]) -> String {
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}
