//! The key ring: secrets at rest and server state in clients' hands are AES-256-GCM under a key that is not in the database.
//! A sealed value is `format byte | key id (4 bytes) | nonce (12) | ciphertext and tag`; associated data binds it to its place.
use crate::ports::Random;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use std::sync::{Arc, PoisonError, RwLock};
use zeroize::Zeroizing;

const FORMAT: u8 = 1;
const HEAD: usize = 1 + 4 + NONCE_LEN;

/// Sealing failed to open: forged, moved to another place, or sealed under a key we do not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the sealed value does not open")]
pub struct NotOurs;

/// One key of the ring.
struct RingKey {
    id: u32,
    seal: LessSafeKey,
    pepper: hmac::Key,
}

/// Several keys, one of them active. Sealing uses the active one, opening any. Keys are replaced while the server runs ([`KeyRing::replace`]).
pub struct KeyRing {
    ring: RwLock<Arc<Ring>>,
}

struct Ring {
    keys: Vec<RingKey>,
    active: usize,
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyRing").field("active", &self.active_id()).finish_non_exhaustive()
    }
}

impl KeyRing {
    /// A ring of (key id, 32 bytes); `active` names the sealing key. Fails when it is not among them.
    pub fn new(keys: &[(u32, Zeroizing<[u8; 32]>)], active: u32) -> Result<Self, NotOurs> {
        Ok(Self { ring: RwLock::new(Arc::new(Ring::new(keys, active)?)) })
    }

    /// Takes these keys from now on: rotation without a restart.
    pub fn replace(&self, keys: &[(u32, Zeroizing<[u8; 32]>)], active: u32) -> Result<(), NotOurs> {
        let ring = Arc::new(Ring::new(keys, active)?);
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = ring;
        Ok(())
    }

    /// The id of the sealing key.
    pub fn active_id(&self) -> u32 {
        let ring = self.ring();
        ring.keys[ring.active].id
    }

    /// Whether the ring has that key.
    pub fn has(&self, id: u32) -> bool {
        self.ring().keys.iter().any(|key| key.id == id)
    }

    fn ring(&self) -> Arc<Ring> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Seals `plain` for the place named by `context` (for example pool, sub, field).
    pub fn seal(&self, random: &dyn Random, context: &[&str], plain: &[u8]) -> Vec<u8> {
        let ring = self.ring();
        let key = &ring.keys[ring.active];
        let mut nonce = [0; NONCE_LEN];
        random.fill(&mut nonce);
        let mut sealed = Vec::with_capacity(HEAD + plain.len() + 16);
        sealed.push(FORMAT);
        sealed.extend_from_slice(&key.id.to_be_bytes());
        sealed.extend_from_slice(&nonce);
        let mut body = plain.to_vec();
        // Sealing fails only for absurd lengths (64 GiB); an empty body then opens nowhere, which is safe.
        if key
            .seal
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place(context)), &mut body)
            .is_err()
        {
            body.clear();
        }
        sealed.extend_from_slice(&body);
        sealed
    }

    /// Opens what was sealed for the same place.
    pub fn open(&self, context: &[&str], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, NotOurs> {
        let (head, body) = sealed.split_at_checked(HEAD).ok_or(NotOurs)?;
        if head[0] != FORMAT {
            return Err(NotOurs);
        }
        let id = key_id(head)?;
        let ring = self.ring();
        let key = ring.keys.iter().find(|key| key.id == id).ok_or(NotOurs)?;
        let nonce = Nonce::try_assume_unique_for_key(&head[5..]).map_err(|_| NotOurs)?;
        let mut body = Zeroizing::new(body.to_vec());
        let length = key.seal.open_in_place(nonce, Aad::from(place(context)), &mut body).map_err(|_| NotOurs)?.len();
        body.truncate(length);
        Ok(body)
    }

    /// A keyed hash for short codes: HMAC-SHA-256 under each key's pepper, active key first. Codes hashed before a rotation are found by
    /// trying the others.
    pub fn peppered(&self, parts: &[&[u8]]) -> Vec<[u8; 32]> {
        let ring = self.ring();
        let order = std::iter::once(ring.active).chain((0..ring.keys.len()).filter(|i| *i != ring.active));
        order.map(|i| ring.keys[i].hash(parts)).collect()
    }

    /// A keyed hash that a rotation does not change: under the pepper of the oldest key, as long as the ring has it. For what is made up about
    /// users who do not exist: real users' salts and ids stay as they are when keys change, and so must theirs.
    pub fn steady(&self, parts: &[&[u8]]) -> [u8; 32] {
        let ring = self.ring();
        let oldest = ring.keys.iter().min_by_key(|key| key.id).unwrap_or(&ring.keys[ring.active]);
        oldest.hash(parts)
    }
}

impl Ring {
    fn new(keys: &[(u32, Zeroizing<[u8; 32]>)], active: u32) -> Result<Self, NotOurs> {
        let position = keys.iter().position(|(id, _)| *id == active).ok_or(NotOurs)?;
        let keys = keys.iter().map(|(id, secret)| RingKey::new(*id, secret)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { keys, active: position })
    }
}

impl RingKey {
    fn new(id: u32, secret: &[u8; 32]) -> Result<Self, NotOurs> {
        let seal =
            LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &derive(secret, b"cognate seal 1")).map_err(|_| NotOurs)?);
        Ok(Self { id, seal, pepper: hmac::Key::new(hmac::HMAC_SHA256, &derive(secret, b"cognate pepper 1")) })
    }

    fn hash(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.pepper);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let mut out = [0; 32];
        out.copy_from_slice(context.sign().as_ref());
        out
    }
}

/// Separate keys for separate purposes, from one secret.
fn derive(secret: &[u8; 32], label: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), label).as_ref());
    out
}

/// The key id a sealed value names.
fn key_id(head: &[u8]) -> Result<u32, NotOurs> {
    head.get(1..5).and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes).ok_or(NotOurs)
}

/// Length-prefixed, so that ("ab","c") and ("a","bc") are different places.
fn place(context: &[&str]) -> Vec<u8> {
    let mut out = Vec::new();
    for part in context {
        out.extend_from_slice(&(part.len() as u64).to_be_bytes());
        out.extend_from_slice(part.as_bytes());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counter(std::sync::atomic::AtomicU8);
    impl Random for Counter {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        }
    }

    fn ring(ids: &[u32], active: u32) -> KeyRing {
        let keys: Vec<_> = ids.iter().map(|id| (*id, Zeroizing::new([u8::try_from(*id).unwrap(); 32]))).collect();
        KeyRing::new(&keys, active).unwrap()
    }

    #[test]
    fn a_sealed_value_opens_only_in_its_own_place() {
        let (ring, random) = (ring(&[1], 1), Counter(0.into()));
        let sealed = ring.seal(&random, &["pool", "sub", "totp"], b"seed");
        assert_eq!(ring.open(&["pool", "sub", "totp"], &sealed).unwrap().as_slice(), b"seed");
        assert!(ring.open(&["pool", "other", "totp"], &sealed).is_err());
        assert!(ring.open(&["pools", "ub", "totp"], &sealed).is_err());
    }

    #[test]
    fn a_changed_byte_never_opens() {
        let (ring, random) = (ring(&[1], 1), Counter(0.into()));
        let sealed = ring.seal(&random, &["p"], b"secret");
        for i in 0..sealed.len() {
            let mut forged = sealed.clone();
            forged[i] ^= 1;
            assert!(ring.open(&["p"], &forged).is_err(), "byte {i}");
        }
        assert!(ring.open(&["p"], &sealed[..10]).is_err());
    }

    #[test]
    fn after_rotation_old_values_open_and_new_ones_use_the_new_key() {
        let random = Counter(0.into());
        let old = ring(&[1], 1).seal(&random, &["p"], b"x");
        let both = ring(&[1, 2], 2);
        assert_eq!(both.open(&["p"], &old).unwrap().as_slice(), b"x");
        assert_eq!(&both.seal(&random, &["p"], b"x")[1..5], &2u32.to_be_bytes());
        assert!(ring(&[2], 2).open(&["p"], &old).is_err());
        assert_eq!(both.peppered(&[b"123456"]).len(), 2);
    }
}
