//! Keys that verify, parsed once: building the key costs more than using it.
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::signature::{ParsedPublicKey, RsaPublicKeyComponents};

use crate::{Algorithm, JoseError, Jwk, JwkSet, VerifyError, base64url};

/// Bytes of a modulus of 2048 and of 8192 bits.
const MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;

/// One public RSA key, ready to verify with each algorithm that its JWK allows.
#[derive(Clone)]
pub struct VerifyingKey {
    kid: String,
    /// By [`Algorithm::index`]; the library ties a parsed key to one digest.
    parsed: [Option<ParsedPublicKey>; 3],
}

impl VerifyingKey {
    /// Parses a key. Refuses keys reserved for encryption or for other algorithms, keys without a `kid`, moduli outside
    /// 2048..=8192 bits and weak exponents.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, JoseError> {
        let for_signatures = jwk.usage.as_deref().is_none_or(|usage| usage == "sig");
        if jwk.kty != "RSA" || jwk.kid.is_empty() || !for_signatures {
            return Err(JoseError::KeyNotForSignatures);
        }
        let only = match jwk.alg.as_deref() {
            None => None,
            Some(name) => Some(Algorithm::from_name(name).ok_or(JoseError::KeyNotForSignatures)?),
        };
        let key = RsaPublicKeyComponents { n: number(&jwk.n)?, e: number(&jwk.e)? };
        if !is_sound(&key) {
            return Err(JoseError::KeyRejected);
        }
        let mut parsed = [None, None, None];
        for algorithm in Algorithm::ALL.into_iter().filter(|one| only.is_none_or(|only| only == *one)) {
            let ready = key.to_parsed_public_key(algorithm.parameters()).map_err(|_| JoseError::KeyRejected)?;
            parsed[algorithm.index()] = Some(ready);
        }
        Ok(Self { kid: jwk.kid.clone(), parsed })
    }

    /// The key's name.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Checks `signature` over `message`.
    pub fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> Result<(), VerifyError> {
        let key = self.parsed[algorithm.index()].as_ref().ok_or(VerifyError::AlgorithmNotForKey)?;
        key.verify_sig(message, signature).map_err(|_| VerifyError::Signature)
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyingKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// Decodes a big-endian number; leading zeros, which some issuers write against RFC 7518, are dropped.
fn number(text: &str) -> Result<Vec<u8>, JoseError> {
    let bytes = base64url::decode(text).ok_or(JoseError::KeyRejected)?;
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    Ok(bytes[zeros..].to_vec())
}

/// Odd modulus of 2048..=8192 bits; odd exponent from 3 to 33 bits (1 would make every text its own signature).
fn is_sound(key: &RsaPublicKeyComponents<Vec<u8>>) -> bool {
    let odd = |number: &[u8]| number.last().is_some_and(|byte| byte % 2 == 1);
    let full = key.n.len() > *MODULUS_BYTES.start() || key.n.first().is_some_and(|byte| *byte >= 0x80);
    let exponent = key.e.iter().take(6).fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
    MODULUS_BYTES.contains(&key.n.len())
        && full
        && odd(&key.n)
        && odd(&key.e)
        && key.e.len() <= 5
        && (3..1 << 33).contains(&exponent)
}

/// The keys of one issuer at one moment. A change of keys is a new set with a new generation.
#[derive(Clone, Debug)]
pub struct KeySet {
    keys: HashMap<String, VerifyingKey>,
    generation: u64,
}

impl KeySet {
    /// A set of `keys`, with a generation that no other set of this process has: a token cached under one issuer's keys
    /// can therefore pass neither after a rotation nor for another issuer. Of two keys with one `kid` the first counts.
    pub fn new(keys: impl IntoIterator<Item = VerifyingKey>) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let mut set = Self { keys: HashMap::new(), generation: NEXT.fetch_add(1, Ordering::Relaxed) };
        for key in keys {
            set.keys.entry(key.kid.clone()).or_insert(key);
        }
        set
    }

    /// A set of all usable keys of `jwks`; the others are left out.
    pub fn from_jwks(jwks: &JwkSet) -> Self {
        Self::new(jwks.keys.iter().filter_map(|jwk| VerifyingKey::from_jwk(jwk).ok()))
    }

    /// Distinguishes this set from every other set of the process; larger is newer.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The key named `kid`.
    pub fn get(&self, kid: &str) -> Option<&VerifyingKey> {
        self.keys.get(kid)
    }

    /// The number of keys.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether the set verifies nothing.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}
