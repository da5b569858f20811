//! The server's side of SRP-6a as Cognito speaks it (spec C.7.1). Owns the arithmetic; knows no users, no storage, no lockout.
//! Numbers are big-endian bytes without leading zeros; [`pad`] gives the form that is hashed. Secret exponents go through `bignum` only.
use crate::error::{Error, ErrorKind, Result};
use crate::ports::Random;
use crate::random;
use aws_lc_rs::{digest, hmac};
use bignum::{Modulus, Number};
use std::sync::LazyLock;
use zeroize::Zeroizing;

/// The longest `SRP_A`, in hex digits.
pub const MAX_A_DIGITS: usize = 1024;
/// N in hex: the 3072-bit prime of RFC 3526, group 15.
pub const N_HEX: &str = concat!(
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd",
    "ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed",
    "ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f",
    "83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b",
    "e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa0510",
    "15728e5a8aaac42dad33170d04507a33a85521abdf1cba64ecfb850458dbef0a8aea71575d060c7db3970f85a6e1e4c7",
    "abf5ae8cdb0933d71e8c94e04a25619dcee3d2261ad2ee6bf12ffa06d98a0864d87602733ec86a64521f2b18177b200c",
    "bbe117577a615d6c770988c0bad946e208e24fa074e5ab3143db5bfce0fd108e4b82d120a93ad2caffffffffffffffff",
);
/// The generator.
pub const G: &[u8] = &[2];
const INFO: &[u8] = b"Caldera Derived Key\x01";

/// Java's `BigInteger.toByteArray` for a positive number: no leading zeros, one zero byte in front when the top bit is set.
/// Not padded to the length of N; most other implementations get this wrong one time in some hundreds.
pub fn pad(number: &[u8]) -> Vec<u8> {
    let number = minimal(number);
    let mut out = Vec::with_capacity(number.len() + 1);
    if number.first().is_none_or(|top| top & 0x80 != 0) {
        out.push(0);
    }
    out.extend_from_slice(number);
    out
}

/// The number without leading zero bytes.
pub fn minimal(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}

/// Lower-case hex of a number without leading zeros, as SALT and SRP_B are sent.
pub fn to_hex(number: &[u8]) -> String {
    let hex = hex::encode(minimal(number));
    hex.strip_prefix('0').map_or_else(|| hex.clone(), str::to_owned)
}

/// Reads hex of either case and any number of digits. `None` when it is not hex.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let even = if text.len().is_multiple_of(2) { text.to_owned() } else { format!("0{text}") };
    hex::decode(even).ok()
}

/// What is kept of a password for SRP: salt and `v = g^x mod N`.
pub struct Verifier {
    /// The salt integer.
    pub salt: Vec<u8>,
    /// v; as good as a fast hash of the password.
    pub v: Number,
}

impl Verifier {
    /// Makes salt and verifier for a password of `user_id` (the internal username) in the pool named `pool_name` (the id's part after `_`).
    pub fn create(random: &dyn Random, pool_name: &str, user_id: &str, password: &str) -> Result<Self> {
        let salt = minimal(&random::bytes::<16>(random)).to_vec();
        Self::with_salt(salt, pool_name, user_id, password)
    }

    fn with_salt(salt: Vec<u8>, pool_name: &str, user_id: &str, password: &str) -> Result<Self> {
        let identity = Zeroizing::new([pool_name, user_id, ":", password].concat());
        let inner = sha256(&[identity.as_bytes()]);
        let x = Zeroizing::new(sha256(&[&pad(&salt), &inner]));
        Ok(Self { salt, v: group()?.n.pow(G, &*x).map_err(broken)? })
    }

    /// The salt as it is sent and stored.
    pub fn salt_hex(&self) -> String {
        to_hex(&self.salt)
    }
}

/// The client's public value A, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientKey(Vec<u8>);

impl ClientKey {
    /// Reads `SRP_A`: hex, bounded, and not a multiple of N (the key would not depend on the password any more).
    pub fn parse(text: &str) -> Result<Self> {
        let refused =
            |why: &'static str| Error::new(ErrorKind::InvalidParameter, "Invalid SRP_A parameter value").because(why);
        if text.is_empty() || text.len() > MAX_A_DIGITS {
            return Err(refused("SRP_A is empty or longer than 1024 digits"));
        }
        let bytes = from_hex(text).ok_or_else(|| refused("SRP_A is not hex"))?;
        let key = Self::from_bytes(&bytes);
        if group()?.n.reduce(&key.0).map_err(broken)?.is_empty() {
            return Err(refused("SRP_A is a multiple of N"));
        }
        Ok(key)
    }

    /// A value that has been checked before (it comes back inside a sealed block).
    pub(crate) fn from_bytes(bytes: &[u8]) -> Self {
        Self(minimal(bytes).to_vec())
    }

    /// Big-endian bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The server's half of one exchange.
pub struct ServerKey {
    /// The secret exponent, 256 bits.
    pub secret: Zeroizing<[u8; 32]>,
    /// B, without leading zeros.
    pub public: Vec<u8>,
}

impl ServerKey {
    /// Draws b and computes `B = k*v + g^b`.
    pub fn draw(random: &dyn Random, v: &[u8]) -> Result<Self> {
        Self::with_secret(Zeroizing::new(random::bytes(random)), v)
    }

    fn with_secret(secret: Zeroizing<[u8; 32]>, v: &[u8]) -> Result<Self> {
        let Group { n, k } = group()?;
        let blinded = n.mul(k, v).map_err(broken)?;
        let public = n.add(&blinded, &n.pow(G, &*secret).map_err(broken)?).map_err(broken)?;
        Ok(Self { secret, public: public.to_vec() })
    }

    /// The key both sides share if the client knows the password: 16 bytes of HKDF over `S = (A * v^u)^b`.
    pub fn shared(&self, client: &ClientKey, v: &[u8]) -> Result<Zeroizing<[u8; 16]>> {
        let u = sha256(&[&pad(client.bytes()), &pad(&self.public)]);
        if u == [0; 32] {
            return Err(broken("u is zero"));
        }
        let n = &group()?.n;
        let base = n.mul(client.bytes(), &n.pow(v, &u).map_err(broken)?).map_err(broken)?;
        let s = n.pow(&base, &*self.secret).map_err(broken)?;
        Ok(derive(&u, &s))
    }
}

fn derive(u: &[u8; 32], s: &[u8]) -> Zeroizing<[u8; 16]> {
    let prk = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &pad(u)), &pad(s));
    let okm = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, prk.as_ref()), INFO);
    let mut key = Zeroizing::new([0; 16]);
    key.copy_from_slice(&okm.as_ref()[..16]);
    key
}

/// What a claim signs: the texts and bytes of the second request.
pub struct Claim<'a> {
    /// The pool id's part after `_`.
    pub pool_name: &'a str,
    /// `USER_ID_FOR_SRP`.
    pub user_id: &'a str,
    /// The decoded SECRET_BLOCK.
    pub block: &'a [u8],
    /// TIMESTAMP as sent.
    pub timestamp: &'a str,
}

impl Claim<'_> {
    /// Whether the signature is the one that only the password gives. Constant time.
    pub fn is_signed_by(&self, key: &[u8; 16], signature: &[u8]) -> bool {
        let key = hmac::Key::new(hmac::HMAC_SHA256, key);
        let message = [self.pool_name.as_bytes(), self.user_id.as_bytes(), self.block, self.timestamp.as_bytes()];
        hmac::verify(&key, &message.concat(), signature).is_ok()
    }
}

/// The group of RFC 3526 (15), and the multiplier k of SRP-6a in it.
struct Group {
    n: Modulus,
    k: [u8; 32],
}

fn group() -> Result<&'static Group> {
    static GROUP: LazyLock<Option<Group>> = LazyLock::new(|| {
        let bytes = from_hex(N_HEX)?;
        Some(Group { k: sha256(&[&pad(&bytes), &pad(G)]), n: Modulus::new(&bytes).ok()? })
    });
    GROUP.as_ref().ok_or_else(|| broken("the group cannot be prepared"))
}

fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(part);
    }
    let mut out = [0; 32];
    out.copy_from_slice(context.finish().as_ref());
    out
}

fn broken(why: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::InternalError, "Internal error").because(format!("SRP arithmetic: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use std::sync::Mutex;

    const POOL: &str = "ExaMpLe01";
    const USER: &str = "7a3f0c1e-1111-2222-3333-444455556666";
    const PASSWORD: &str = "Passw0rd!\u{e9}";

    /// Hands out prepared bytes.
    struct Prepared(Mutex<Vec<u8>>);
    impl Random for Prepared {
        fn fill(&self, buffer: &mut [u8]) {
            let mut rest = self.0.lock().unwrap();
            let tail = rest.split_off(buffer.len());
            buffer.copy_from_slice(&rest);
            *rest = tail;
        }
    }

    fn hash_hex(number: &[u8]) -> String {
        hex::encode(sha256(&[&pad(number)]))
    }

    /// The client's side, as amazon-cognito-identity-js computes it.
    fn client_key(a: &[u8], verifier: &Verifier, password: &str, server: &[u8]) -> (ClientKey, Zeroizing<[u8; 16]>) {
        let Group { n, k } = group().unwrap();
        let public = ClientKey::from_bytes(&n.pow(G, a).unwrap());
        let u = sha256(&[&pad(public.bytes()), &pad(server)]);
        let inner = sha256(&[[POOL, USER, ":", password].concat().as_bytes()]);
        let x = sha256(&[&pad(&verifier.salt), &inner]);
        let base = n.sub(server, &n.mul(k, &n.pow(G, &x).unwrap()).unwrap()).unwrap();
        // base^(a + u*x) without big integers: base^a * (base^x)^u
        let s = n.mul(&n.pow(&base, a).unwrap(), &n.pow(&n.pow(&base, &x).unwrap(), &u).unwrap()).unwrap();
        (public, derive(&u, &s))
    }

    #[test]
    fn the_multiplier_is_the_one_of_the_spec() {
        assert_eq!(hex::encode(group().unwrap().k), "538282c4354742d7cbbde2359fcf67f9f5b3a6b08791e5011b43b8a5b66d9ee6");
    }

    #[test]
    fn the_vector_of_the_spec_comes_out() {
        let salt = from_hex("0f1e2d3c4b5a69788796a5b4c3d2e1f0").unwrap();
        let verifier = Verifier::with_salt(salt, POOL, USER, PASSWORD).unwrap();
        assert_eq!(verifier.salt_hex(), "f1e2d3c4b5a69788796a5b4c3d2e1f0");
        assert_eq!(hash_hex(&verifier.v), "4a9c6d7b9b9c15ce9991ef94152695ddec6519612312d0fdd603dd2bd1a87890");

        let secret = Zeroizing::new(sha256(&[b"server b"]));
        let server = ServerKey::with_secret(secret, &verifier.v).unwrap();
        assert_eq!(hash_hex(&server.public), "c2ec18108fddf81f15394358ddf1a7752b23d1d676b2efae9d76ac06600a162c");

        let (client, theirs) = client_key(&sha256(&[b"client a"]), &verifier, PASSWORD, &server.public);
        assert_eq!(hash_hex(client.bytes()), "96040b8e4366da1948036be4072ed3a403ce80ee595046dbded2388c015c1901");
        let key = server.shared(&client, &verifier.v).unwrap();
        assert_eq!(hex::encode(*key), "249b5fb15eb7eb8d4d19656b3553e52a");
        assert_eq!(*key, *theirs);

        let claim = Claim {
            pool_name: POOL,
            user_id: USER,
            block: b"opaque-secret-block",
            timestamp: "Mon Nov 23 03:04:05 UTC 2026",
        };
        let signature = STANDARD.decode("S3gHEl5vVG7gTSbXQgHTJtzBLnzTQZxGLzXXEQZ9YNs=").unwrap();
        assert!(claim.is_signed_by(&key, &signature));
        assert!(!Claim { timestamp: "Mon Nov 23 03:04:06 UTC 2026", ..claim }.is_signed_by(&key, &signature));
    }

    #[test]
    fn pad_is_javas_form_and_not_a_fixed_width() {
        assert_eq!(pad(&[0x7f]), [0x7f]);
        assert_eq!(pad(&[0x80]), [0, 0x80]);
        assert_eq!(pad(&[0, 0, 0x12, 0x34]), [0x12, 0x34]);
        assert_eq!(pad(&[0, 0, 0xff]), [0, 0xff]);
        assert_eq!(pad(&[]), [0]);
    }

    #[test]
    fn numbers_are_sent_as_hex_without_padding() {
        assert_eq!(to_hex(&[0, 0x0f, 0x1e]), "f1e");
        assert_eq!(to_hex(&[0xf0]), "f0");
        assert_eq!(from_hex("F1e").unwrap(), [0x0f, 0x1e]);
        assert!(from_hex("0x12").is_none());
    }

    #[test]
    fn both_sides_agree_for_odd_salts_passwords_and_short_values() {
        let salts = ["ff00000000000000000000000000000f", "00000a", "80", "7f", "00ffffff"];
        for (index, salt) in salts.iter().enumerate() {
            let salt = minimal(&from_hex(salt).unwrap()).to_vec();
            let password = ["pass", "\u{5bc6}\u{7801}1A!", "Passw0rd!\u{e9}", " a b ", "x"][index];
            let verifier = Verifier::with_salt(salt, POOL, USER, password).unwrap();
            for round in 0..8u8 {
                let server = ServerKey::with_secret(Zeroizing::new(sha256(&[b"b", &[round]])), &verifier.v).unwrap();
                // Small a gives a short A; a large one a full-width A.
                let a = if round % 2 == 0 { vec![round + 3] } else { sha256(&[b"a", &[round]]).to_vec() };
                let (client, theirs) = client_key(&a, &verifier, password, &server.public);
                assert_eq!(*server.shared(&client, &verifier.v).unwrap(), *theirs, "{index} {round}");
                let (client, wrong) = client_key(&a, &verifier, "other", &server.public);
                assert_ne!(*server.shared(&client, &verifier.v).unwrap(), *wrong);
            }
        }
    }

    #[test]
    fn multiples_of_n_and_what_is_no_hex_are_refused() {
        let zeros = "0".repeat(768);
        let long = "1".repeat(MAX_A_DIGITS + 1);
        for bad in ["", "0", "00", N_HEX, &N_HEX.to_uppercase(), &zeros, &long, "xyz", "0x12", "-5"] {
            assert!(ClientKey::parse(bad).is_err(), "{bad}");
        }
        // 2N
        let double = to_hex(&double(&from_hex(N_HEX).unwrap()));
        assert!(ClientKey::parse(&double).is_err());
        assert!(ClientKey::parse("2").is_ok());
        assert_eq!(ClientKey::parse("ABCDEF").unwrap(), ClientKey::parse("abcdef").unwrap());
    }

    fn double(number: &[u8]) -> Vec<u8> {
        let mut out = vec![0; number.len() + 1];
        let mut carry = 0;
        for (i, byte) in number.iter().enumerate().rev() {
            let sum = u16::from(*byte) * 2 + carry;
            out[i + 1] = u8::try_from(sum & 0xff).unwrap();
            carry = sum >> 8;
        }
        out[0] = u8::try_from(carry).unwrap();
        out
    }

    #[test]
    fn a_drawn_salt_loses_its_leading_zeros() {
        let random = Prepared(Mutex::new([&[0, 0, 7][..], &[9; 13]].concat()));
        let verifier = Verifier::create(&random, POOL, USER, PASSWORD).unwrap();
        assert_eq!(verifier.salt_hex(), format!("7{}", "09".repeat(13)));
    }
}
