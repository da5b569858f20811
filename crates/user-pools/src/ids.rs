//! Names of things: the (account, region) everything is keyed by, pool ids, client ids.
use crate::ports::Random;
use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::Zeroizing;

/// A moment, in milliseconds since the Unix epoch.
pub type Millis = i64;

/// The AWS account and region that own a resource. Ids and ARNs follow from it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Scope {
    /// Twelve digits, `000000000000` unless a key pair names another.
    pub account: String,
    /// An AWS-shaped region name such as `us-east-1`.
    pub region: String,
}

/// `<region>_<nine letters and digits>`, the form aws-jwt-verify insists on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PoolId(pub String);

impl PoolId {
    /// The region before the underscore; the whole id where there is none.
    pub fn region(&self) -> &str {
        self.0.split_once('_').map_or(&self.0, |(region, _)| region)
    }

    /// The part after the underscore: the pool name that SRP hashes (spec C.7.1).
    pub fn short_name(&self) -> &str {
        self.0.split_once('_').map_or(&self.0, |(_, name)| name)
    }

    /// `arn:aws:cognito-idp:<region>:<account>:userpool/<id>`.
    pub fn arn(&self, account: &str) -> String {
        format!("arn:aws:cognito-idp:{}:{account}:userpool/{}", self.region(), self.0)
    }
}

impl fmt::Display for PoolId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// 26 lower-case letters and digits; unique over all pools.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientId(pub String);

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Lower-case letters and digits: client ids and secrets.
const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
/// Letters and digits: the short name of a pool.
const MIXED: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

impl PoolId {
    /// A fresh id in a region.
    pub fn fresh(random: &dyn Random, region: &str) -> Self {
        Self(format!("{region}_{}", letters(random, MIXED, 9)))
    }
}

impl ClientId {
    /// A fresh id.
    pub fn fresh(random: &dyn Random) -> Self {
        Self(letters(random, LOWER, 26))
    }
}

/// A fresh client secret of 51 characters (spec B 5), 263 bits.
pub fn fresh_secret(random: &dyn Random) -> Zeroizing<String> {
    Zeroizing::new(letters(random, LOWER, 51))
}

/// A kind of session and 25 letters and digits that follow from the seed.
pub(crate) fn session_letters(kind: &str, seed: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &[kind.as_bytes(), b":", seed].concat());
    let letters = digest.as_ref().iter().take(25).map(|byte| char::from(LOWER[usize::from(*byte) % LOWER.len()]));
    kind.chars().chain(letters).collect()
}

/// A fresh `JobId` (spec B 5).
pub fn fresh_import_job(random: &dyn Random) -> String {
    format!("import-{}", letters(random, MIXED, 10))
}

/// `length` characters of the alphabet, each as likely as the others: bytes beyond the last whole multiple are drawn again.
fn letters(random: &dyn Random, alphabet: &[u8], length: usize) -> String {
    let fair = 256 - 256 % alphabet.len();
    let mut out = String::with_capacity(length);
    let mut drawn = [0; 64];
    while out.len() < length {
        random.fill(&mut drawn);
        let usable = drawn.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair);
        out.extend(usable.take(length - out.len()).map(|byte| char::from(alphabet[byte % alphabet.len()])));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Steps(std::sync::atomic::AtomicU8);
    impl Random for Steps {
        fn fill(&self, buffer: &mut [u8]) {
            for byte in buffer {
                *byte = self.0.fetch_add(37, std::sync::atomic::Ordering::Relaxed);
            }
        }
    }

    #[test]
    fn ids_have_the_forms_that_clients_check() {
        let random = Steps(0.into());
        let pool = PoolId::fresh(&random, "us-east-1");
        let ajv = regex::Regex::new(r"^[a-z]{2}-(gov-)?[a-z]+-\d_[a-zA-Z0-9]+$").unwrap();
        assert!(ajv.is_match(&pool.0), "{pool}");
        assert_eq!((pool.region(), pool.short_name().len()), ("us-east-1", 9));
        assert_eq!(ClientId::fresh(&random).0.len(), 26);
        assert!(fresh_secret(&random).bytes().all(|b| LOWER.contains(&b)));
    }
}
