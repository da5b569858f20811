//! The code that custom senders get: a message of the AWS Encryption SDK (format 2, suite 0x0478: AES-256-GCM under a committed key), its data
//! key wrapped by a raw AES-256 key. Any of AWS's SDKs opens it with a raw AES keyring of namespace `cognate`, named as `KMSKeyID`; on AWS the
//! same message has a KMS keyring. Written here because no crate writes it without KMS.
use crate::ports::Random;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA512, KeyType, Salt};
use zeroize::Zeroizing;

/// The key namespace of the raw AES keyring.
pub const NAMESPACE: &str = "cognate";
/// `AES_256_GCM_HKDF_SHA512_COMMIT_KEY`.
const SUITE: [u8; 2] = [0x04, 0x78];
const FORMAT: u8 = 2;
const FRAMED: u8 = 2;
const FRAME_LENGTH: u32 = 4096;
const TAG_BITS: u32 = 128;
const IV: usize = 12;

/// An AES-256 key that wraps data keys. Never shown.
pub struct SenderKey(Zeroizing<[u8; 32]>);

impl SenderKey {
    /// Of these bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, for whoever sets up the keyring of a function.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for SenderKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SenderKey")
    }
}

/// A length of the derived keys, as the key derivation wants it.
struct Bytes32;

impl KeyType for Bytes32 {
    fn len(&self) -> usize {
        32
    }
}

/// Encrypts a code under a key of that name. `None` for texts beyond one frame (a code is never that long).
pub fn encrypt(
    random: &dyn Random,
    key: &SenderKey,
    name: &str,
    context: &[(&str, &str)],
    plain: &[u8],
) -> Option<Vec<u8>> {
    let length = u32::try_from(plain.len()).ok().filter(|length| *length < FRAME_LENGTH)?;
    let message_id: [u8; 32] = crate::random::bytes(random);
    let data_key = Zeroizing::new(crate::random::bytes::<32>(random));
    let wrapping_iv: [u8; IV] = crate::random::bytes(random);
    let context = encoded_context(context)?;
    let wrapped = gcm(&key.0, wrapping_iv, &context, &data_key[..])?;
    let sealing = derived(&data_key, &message_id, &[&SUITE, b"DERIVEKEY"])?;
    let commitment = derived(&data_key, &message_id, &[b"COMMITKEY"])?;

    let mut message = vec![FORMAT];
    message.extend(SUITE);
    message.extend(message_id);
    field(&mut message, &context)?;
    message.extend(1_u16.to_be_bytes());
    field(&mut message, NAMESPACE.as_bytes())?;
    field(&mut message, &key_info(name, wrapping_iv))?;
    field(&mut message, &wrapped)?;
    message.push(FRAMED);
    message.extend(FRAME_LENGTH.to_be_bytes());
    message.extend(*commitment);
    let tag = gcm(&sealing, [0; IV], &message, &[])?;
    message.extend(tag);

    let (sequence, iv) = (1_u32.to_be_bytes(), frame_iv(1));
    let mut about = message_id.to_vec();
    about.extend(b"AWSKMSEncryptionClient Final Frame");
    about.extend(sequence);
    about.extend(u64::from(length).to_be_bytes());
    let body = gcm(&sealing, iv, &about, plain)?;
    message.extend(u32::MAX.to_be_bytes());
    message.extend(sequence);
    message.extend(iv);
    message.extend(length.to_be_bytes());
    message.extend(body);
    Some(message)
}

/// Ciphertext and tag.
fn gcm(key: &[u8; 32], iv: [u8; IV], about: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).ok()?);
    let mut out = plain.to_vec();
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(iv), Aad::from(about), &mut out).ok()?;
    Some(out)
}

fn derived(data_key: &[u8; 32], message_id: &[u8; 32], info: &[&[u8]]) -> Option<Zeroizing<[u8; 32]>> {
    let mut out = Zeroizing::new([0; 32]);
    let extracted = Salt::new(HKDF_SHA512, message_id).extract(data_key);
    extracted.expand(info, Bytes32).ok()?.fill(&mut out[..]).ok()?;
    Some(out)
}

/// A length in two bytes, then the bytes.
fn field(out: &mut Vec<u8>, bytes: &[u8]) -> Option<()> {
    out.extend(u16::try_from(bytes.len()).ok()?.to_be_bytes());
    out.extend(bytes);
    Some(())
}

/// The encryption context: how many pairs, then each name and value. Callers give the pairs in order of their names.
fn encoded_context(pairs: &[(&str, &str)]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    if !pairs.is_empty() {
        out.extend(u16::try_from(pairs.len()).ok()?.to_be_bytes());
    }
    for (name, value) in pairs {
        field(&mut out, name.as_bytes())?;
        field(&mut out, value.as_bytes())?;
    }
    Some(out)
}

/// A raw AES keyring's key provider information: name, tag length, IV length, IV.
fn key_info(name: &str, iv: [u8; IV]) -> Vec<u8> {
    let length = [0, 0, 0, 12];
    [name.as_bytes(), &TAG_BITS.to_be_bytes(), &length, &iv].concat()
}

/// A frame's number, as wide as an IV.
fn frame_iv(sequence: u32) -> [u8; IV] {
    let mut iv = [0; IV];
    iv[IV - 4..].copy_from_slice(&sequence.to_be_bytes());
    iv
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU8, Ordering};

    struct Counter(AtomicU8);
    impl Random for Counter {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill_with(|| self.0.fetch_add(1, Ordering::Relaxed));
        }
    }

    #[test]
    fn the_code_is_nowhere_in_the_message_and_the_key_is_named() {
        let key = SenderKey::new([7; 32]);
        let message = encrypt(&Counter(0.into()), &key, "arn:k", &[("userpool-id", "p")], b"123456").unwrap();
        let holds = |bytes: &[u8]| message.windows(bytes.len()).any(|window| window == bytes);
        assert!(holds(b"cognate") && holds(b"arn:k") && holds(b"userpool-id"));
        assert!(!holds(b"123456") && !holds(&[7; 32]));
        assert_eq!(message[..3], [2, 0x04, 0x78]);
        assert!(encrypt(&Counter(0.into()), &key, "k", &[], &[0; 5000]).is_none());
    }

    #[test]
    fn keys_stay_out_of_logs() {
        assert_eq!(format!("{:?}", SenderKey::new([7; 32])), "SenderKey");
    }
}
