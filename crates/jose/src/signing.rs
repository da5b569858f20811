//! Keys that sign. Signing takes about 0.7 ms of CPU: never on a thread that serves the data plane.
use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::{Algorithm, JoseError, Jwk, VerifyingKey, base64url};

/// An RSA private key with the name it signs under. `Debug` shows the name only.
pub struct SigningKey {
    pair: KeyPair,
    kid: String,
    /// Base64url of `{"kid":"...","alg":"RS256"}` and the dot behind it: the same in each token.
    header: String,
}

impl SigningKey {
    /// Makes a new 2048-bit key from the cryptographic library's own generator (50 ms and more of CPU).
    pub fn generate() -> Result<Self, JoseError> {
        Self::from_pair(KeyPair::generate(KeySize::Rsa2048).map_err(|_| JoseError::Crypto)?)
    }

    /// Reads a key that [`SigningKey::pkcs8_der`] wrote (unencrypted PKCS#8, 2048..=8192 bits).
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, JoseError> {
        Self::from_pair(KeyPair::from_pkcs8(der).map_err(|_| JoseError::KeyRejected)?)
    }

    /// The private key, unencrypted: seal it before it leaves the process.
    pub fn pkcs8_der(&self) -> Result<Zeroizing<Vec<u8>>, JoseError> {
        let der: Pkcs8V1Der<'_> = self.pair.as_der().map_err(|_| JoseError::Crypto)?;
        Ok(Zeroizing::new(der.as_ref().to_vec()))
    }

    /// The key's name: standard Base64 with padding (44 characters, as Cognito's look) of the SHA-256 of the public key's
    /// DER (SubjectPublicKeyInfo), so that it stays the same wherever the key goes.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public half, as it is published.
    pub fn public_jwk(&self) -> Jwk {
        let public = self.pair.public_key();
        Jwk {
            alg: Some(Algorithm::Rs256.name().to_owned()),
            e: base64url::encode(public.exponent().big_endian_without_leading_zero()),
            kid: self.kid.clone(),
            kty: "RSA".to_owned(),
            n: base64url::encode(public.modulus().big_endian_without_leading_zero()),
            usage: Some("sig".to_owned()),
        }
    }

    /// The public half, ready to verify.
    pub fn verifying_key(&self) -> Result<VerifyingKey, JoseError> {
        VerifyingKey::from_jwk(&self.public_jwk())
    }

    /// Signs `claims`, which must serialise to a JSON object, as a compact RS256 token whose header is exactly
    /// `{"kid":"...","alg":"RS256"}` (no `typ`, as Cognito's).
    pub fn sign_jwt(&self, claims: &impl Serialize) -> Result<String, JoseError> {
        let claims = serde_json::to_vec(claims).map_err(|_| JoseError::ClaimsNotAnObject)?;
        if claims.first() != Some(&b'{') {
            return Err(JoseError::ClaimsNotAnObject);
        }
        let mut token = self.header.clone();
        token.push_str(&base64url::encode(claims));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), token.as_bytes(), &mut signature)
            .map_err(|_| JoseError::Crypto)?;
        token.push('.');
        token.push_str(&base64url::encode(signature));
        Ok(token)
    }

    fn from_pair(pair: KeyPair) -> Result<Self, JoseError> {
        let public = pair.public_key().as_der().map_err(|_| JoseError::Crypto)?;
        let kid = STANDARD.encode(digest(&SHA256, public.as_ref()));
        let header = base64url::encode(format!(r#"{{"kid":"{kid}","alg":"RS256"}}"#)) + ".";
        Ok(Self { pair, kid, header })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use serde_json::{Value, json};

    use super::*;
    use crate::{Jwt, KeySet, VerifyError, verify};

    static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate().unwrap());

    #[test]
    fn the_header_holds_kid_and_alg_in_this_order_and_nothing_else() {
        let token = KEY.sign_jwt(&json!({"sub": "a"})).unwrap();
        let header = base64url::decode(token.split('.').next().unwrap()).unwrap();
        assert_eq!(String::from_utf8(header).unwrap(), format!(r#"{{"kid":"{}","alg":"RS256"}}"#, KEY.kid()));
    }

    #[test]
    fn the_kid_is_44_characters_of_standard_base64_and_survives_storage() {
        assert_eq!(KEY.kid().len(), 44);
        assert_eq!(STANDARD.decode(KEY.kid()).unwrap().len(), 32);
        let again = SigningKey::from_pkcs8_der(&KEY.pkcs8_der().unwrap()).unwrap();
        assert_eq!(again.kid(), KEY.kid());
        assert_eq!(again.sign_jwt(&json!({"a": 1})).unwrap(), KEY.sign_jwt(&json!({"a": 1})).unwrap());
    }

    #[test]
    fn the_published_key_verifies_what_the_key_signed_and_only_that() {
        let keys = KeySet::new([KEY.verifying_key().unwrap()]);
        let token = KEY.sign_jwt(&json!({"iss": "me", "exp": 5})).unwrap();
        let claims = verify(&Jwt::parse(&token).unwrap(), &keys).unwrap();
        assert_eq!((claims.str("iss"), claims.seconds("exp")), (Some("me"), Some(5)));
        let stranger = SigningKey::generate().unwrap().sign_jwt(&json!({})).unwrap();
        assert_eq!(verify(&Jwt::parse(&stranger).unwrap(), &keys), Err(VerifyError::UnknownKey));
    }

    #[test]
    fn the_published_key_has_cognitos_members_in_cognitos_order() {
        let text = serde_json::to_string(&KEY.public_jwk()).unwrap();
        let written: Value = serde_json::from_str(&text).unwrap();
        let names: Vec<_> = written.as_object().unwrap().keys().cloned().collect();
        assert_eq!(names, ["alg", "e", "kid", "kty", "n", "use"]);
        assert_eq!((&written["e"], &written["use"], &written["alg"]), (&json!("AQAB"), &json!("sig"), &json!("RS256")));
        assert_eq!(base64url::decode(written["n"].as_str().unwrap()).unwrap().len(), 256);
    }

    #[test]
    fn claims_that_are_not_an_object_are_not_signed() {
        for refused in [json!([1]), json!("a"), json!(null), json!(1)] {
            assert_eq!(KEY.sign_jwt(&refused), Err(JoseError::ClaimsNotAnObject));
        }
    }

    #[test]
    fn a_private_key_never_shows_in_debug_and_garbage_is_no_key() {
        assert_eq!(format!("{:?}", *KEY), format!("SigningKey {{ kid: {:?}, .. }}", KEY.kid()));
        assert_eq!(SigningKey::from_pkcs8_der(b"garbage").err(), Some(JoseError::KeyRejected));
    }
}
