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
