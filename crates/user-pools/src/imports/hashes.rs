//! Password hashes of a CSV file: which forms are taken, and how much work one may ask for. What is verified at a sign-in runs on the hashing
//! threads, where a hash of an hour's work would stand in everybody's way.
use super::HashAlgorithm;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use std::ops::RangeInclusive;

const UNUSABLE: &str = "The password hash is not one of the job's algorithm, or asks for too much work.";

/// Checks a hash: bcrypt in its own form, the others in PHC's, `$argon2id$v=19$m=…,t=…,p=…$salt$hash`, `$scrypt$ln=…,r=…,p=…$salt$hash`,
/// `$pbkdf2-sha256$i=…,l=…$salt$hash`. The error is for the log.
pub(super) fn check(algorithm: HashAlgorithm, text: &str) -> Result<(), String> {
    let parts: Vec<&str> = text.split('$').collect();
    let good = match (algorithm, parts.as_slice()) {
        (HashAlgorithm::Bcrypt, ["", "2a" | "2b" | "2y", cost, rest]) => is_bcrypt(cost, rest),
        (HashAlgorithm::Argon2id, ["", "argon2id", "v=19", work, salt, hash]) => {
            // Four lanes of 64 MiB are what libraries take by themselves.
            within(work, &[("m", 8..=65_536), ("t", 1..=10), ("p", 1..=8)]) && is_salted(salt, hash)
        }
        (HashAlgorithm::Scrypt, ["", "scrypt", work, salt, hash]) => {
            within(work, &[("ln", 1..=17), ("r", 1..=8), ("p", 1..=4)]) && is_salted(salt, hash)
        }
        (HashAlgorithm::Pbkdf2Sha256, ["", "pbkdf2-sha256", work, salt, hash]) => {
            let iterations = 1_000..=1_000_000;
            let length = within(work, &[("i", iterations.clone()), ("l", 16..=64)]);
            (length || within(work, &[("i", iterations)])) && is_salted(salt, hash)
        }
        _ => false,
    };
    if good { Ok(()) } else { Err(UNUSABLE.to_owned()) }
}

fn is_bcrypt(cost: &str, rest: &str) -> bool {
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'/';
    cost.len() == 2
        && number(cost).is_some_and(|cost| (4..=14).contains(&cost))
        && rest.len() == 53
        && rest.bytes().all(letters)
}

/// Whether the parameters are exactly these, in this order, each within its range.
fn within(text: &str, wanted: &[(&str, RangeInclusive<u32>)]) -> bool {
    let given: Vec<&str> = text.split(',').collect();
    let fits = |(given, (name, range)): (&&str, &(&str, RangeInclusive<u32>))| {
        let value = given.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')).and_then(number);
        value.is_some_and(|value| range.contains(&value))
    };
    given.len() == wanted.len() && given.iter().zip(wanted).all(fits)
}

fn number(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn is_salted(salt: &str, hash: &str) -> bool {
    let bytes = |text: &str| STANDARD_NO_PAD.decode(text).map_or(0, |bytes| bytes.len());
    (8..=48).contains(&bytes(salt)) && (16..=64).contains(&bytes(hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAIL: &str = "c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    #[test]
    fn hashes_are_taken_in_the_forms_that_libraries_write() {
        for (algorithm, text) in [
            (HashAlgorithm::Bcrypt, "$2b$12$EXRkfkdmXn2gzds2SSitu.MW9.gAVqa9eLS1//RYtYCmB1eLHg.9q".to_owned()),
            (HashAlgorithm::Argon2id, format!("$argon2id$v=19$m=65536,t=3,p=4${TAIL}")),
            (HashAlgorithm::Scrypt, format!("$scrypt$ln=17,r=8,p=1${TAIL}")),
            (HashAlgorithm::Pbkdf2Sha256, format!("$pbkdf2-sha256$i=600000,l=32${TAIL}")),
            (HashAlgorithm::Pbkdf2Sha256, format!("$pbkdf2-sha256$i=600000${TAIL}")),
        ] {
            assert_eq!(check(algorithm, &text), Ok(()), "{text}");
        }
    }

    #[test]
    fn a_hash_of_another_kind_or_of_too_much_work_is_refused() {
        for (algorithm, text) in [
            (HashAlgorithm::Bcrypt, "$2b$31$EXRkfkdmXn2gzds2SSitu.MW9.gAVqa9eLS1//RYtYCmB1eLHg.9q".to_owned()),
            (HashAlgorithm::Bcrypt, "$2b$12$short".to_owned()),
            (HashAlgorithm::Bcrypt, format!("$argon2id$v=19$m=65536,t=3,p=4${TAIL}")),
            (HashAlgorithm::Argon2id, format!("$argon2id$v=19$m=4294967295,t=3,p=4${TAIL}")),
            (HashAlgorithm::Argon2id, format!("$argon2id$v=19$t=3,m=65536,p=4${TAIL}")),
            (HashAlgorithm::Argon2id, format!("$argon2i$v=19$m=65536,t=3,p=4${TAIL}")),
            (HashAlgorithm::Scrypt, format!("$scrypt$ln=24,r=8,p=1${TAIL}")),
            (HashAlgorithm::Pbkdf2Sha256, format!("$pbkdf2-sha256$i=100000000${TAIL}")),
            (HashAlgorithm::Pbkdf2Sha256, "$pbkdf2-sha256$i=600000$c2FsdHNhbHQ$AAAA".to_owned()),
            (HashAlgorithm::Argon2id, "hunter2".to_owned()),
        ] {
            assert_eq!(check(algorithm, &text).unwrap_err(), UNUSABLE, "{text}");
        }
    }
}
