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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SigningKey;

    fn jwk() -> Jwk {
        use std::sync::LazyLock;
        static KEY: LazyLock<Jwk> = LazyLock::new(|| SigningKey::generate().unwrap().public_jwk());
        KEY.clone()
    }

    fn refusal(change: impl FnOnce(&mut Jwk)) -> Option<JoseError> {
        let mut jwk = jwk();
        change(&mut jwk);
        VerifyingKey::from_jwk(&jwk).err()
    }

    #[test]
    fn only_rsa_keys_for_signatures_with_a_name_are_taken() {
        let not_for_signatures = Some(JoseError::KeyNotForSignatures);
        assert_eq!(refusal(|_| ()), None);
        assert_eq!(refusal(|jwk| jwk.usage = None), None);
        assert_eq!(refusal(|jwk| jwk.usage = Some("enc".into())), not_for_signatures);
        assert_eq!(refusal(|jwk| jwk.kid.clear()), not_for_signatures);
        assert_eq!(refusal(|jwk| jwk.kty = "oct".into()), not_for_signatures);
        for alg in ["PS256", "RSA-OAEP", "HS256", "none"] {
            assert_eq!(refusal(|jwk| jwk.alg = Some(alg.into())), not_for_signatures, "{alg}");
        }
    }

    #[test]
    fn weak_or_absurd_numbers_are_refused() {
        let rejected = Some(JoseError::KeyRejected);
        let number = |bytes: &[u8]| base64url::encode(bytes);
        for e in [&[][..], &[0], &[1], &[2], &[1, 0, 0], &[0x7f; 5], &[1; 9]] {
            assert_eq!(refusal(|jwk| jwk.e = number(e)), rejected, "exponent {e:?}");
        }
        let mut even = base64url::decode(jwk().n).unwrap();
        even[255] &= 0xfe;
        let short = [&[0x7f][..], &[0xff; 255]].concat();
        for n in [&[][..], &[0; 300], &[0xff; 128], &[0xff; 255], &short, &even, &[0xff; 1025]] {
            assert_eq!(refusal(|jwk| jwk.n = number(n)), rejected, "modulus of {} bytes", n.len());
        }
        assert_eq!(refusal(|jwk| jwk.n.push('=')), rejected);
    }

    #[test]
    fn leading_zeros_are_forgiven() {
        let zeros = |text: &str| base64url::encode([&[0, 0][..], &base64url::decode(text).unwrap()].concat());
        assert_eq!(refusal(|jwk| (jwk.n, jwk.e) = (zeros(&jwk.n), zeros(&jwk.e))), None);
    }

    #[test]
    fn a_key_set_keeps_the_good_keys_among_strange_ones() {
        let good = serde_json::to_string(&jwk()).unwrap();
        let nameless = good.replace("\"kid\"", "\"name\"");
        let text = format!(
            r#"{{"keys":[7,null,{{}},{nameless},{{"kty":"EC","crv":"P-256","kid":"e","x":"AA","y":"AA"}},
                {{"kty":"oct","k":"AA","kid":"o"}},{{"kty":"RSA","kid":"w","n":"AQ","e":"AQAB"}},{good}],"more":1}}"#
        );
        let keys = KeySet::from_jwks(&JwkSet::read(text.as_bytes()).unwrap());
        assert_eq!(keys.len(), 1);
        assert!(keys.get(&jwk().kid).is_some());
    }

    #[test]
    fn a_key_set_above_the_limit_or_of_another_shape_is_refused() {
        let padded = |len: usize| r#"{"keys":[]}"#.to_owned() + &" ".repeat(len - 11);
        assert!(JwkSet::read(padded(150_000).as_bytes()).is_ok());
        assert_eq!(JwkSet::read(padded(150_001).as_bytes()), Err(JoseError::KeySetTooLarge));
        for text in ["", "[]", "{}", r#"{"keys":{}}"#, "<html>"] {
            assert_eq!(JwkSet::read(text.as_bytes()), Err(JoseError::KeySetMalformed), "{text}");
        }
    }

    #[test]
    fn every_key_set_has_a_generation_of_its_own() {
        let (older, newer) = (KeySet::new([]), KeySet::new([]));
        assert!(older.is_empty() && older.generation() < newer.generation());
    }
}
