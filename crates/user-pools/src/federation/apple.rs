//! Sign in with Apple: the client secret is a JWT signed with the operator's EC key.
use crate::error::Result;
use crate::messages;
use crate::service::UserPools;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use zeroize::Zeroizing;

/// Whom the secret is for.
const AUDIENCE: &str = "https://appleid.apple.com";
/// Seconds a secret lives: it is made for one exchange.
const LIFE: i64 = 300;

/// Refuses what is not a PKCS #8 key on P-256. InvalidParameter.
pub(super) fn check_key(text: &str) -> Result<()> {
    key(text).map(drop).ok_or(messages::APPLE_KEY_INVALID)
}

/// The key from its PEM file, or from the bare base64 in it.
fn key(text: &str) -> Option<EcdsaKeyPair> {
    let lines = text.replace("\\n", "\n");
    let body: Zeroizing<String> = Zeroizing::new(
        lines.lines().filter(|line| !line.starts_with("-----")).flat_map(str::split_whitespace).collect(),
    );
    let der = Zeroizing::new(STANDARD.decode(body.as_bytes()).ok()?);
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der).ok()
}

/// What the secret says.
pub(super) struct Secret<'a> {
    pub team: &'a str,
    pub key_id: &'a str,
    pub client: &'a str,
    pub key: &'a str,
}

impl UserPools {
    /// The client secret of this moment.
    pub(super) fn apple_secret(now: i64, secret: &Secret<'_>) -> Option<String> {
        let iat = now.div_euclid(1000);
        let header = json!({"alg": "ES256", "kid": secret.key_id});
        let claims = json!({
            "iss": secret.team, "iat": iat, "exp": iat.saturating_add(LIFE), "aud": AUDIENCE, "sub": secret.client,
        });
        let part = |value: serde_json::Value| jose::base64url_encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        // ECDSA's own nonce comes from the library: no act of ours depends on its value.
        let signature = key(secret.key)?.sign(&SystemRandom::new(), signed.as_bytes()).ok()?;
        Some(format!("{signed}.{}", jose::base64url_encode(signature)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, KeyPair as _, UnparsedPublicKey};

    #[test]
    fn the_secret_is_a_jwt_that_the_public_key_verifies() {
        let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
        let public = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der.as_ref()).unwrap();
        let bare = STANDARD.encode(der.as_ref());
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{bare}\n-----END PRIVATE KEY-----\n");
        for text in [pem.clone(), pem.replace('\n', "\\n"), bare] {
            check_key(&text).unwrap();
            let secret = Secret { team: "T", key_id: "K", client: "C", key: &text };
            let jwt = UserPools::apple_secret(1_000_000, &secret).unwrap();
            let (signed, signature) = jwt.rsplit_once('.').unwrap();
            let signature = jose::base64url_decode(signature).unwrap();
            let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public.public_key().as_ref());
            key.verify(signed.as_bytes(), &signature).unwrap();
            let claims = jose::base64url_decode(signed.split_once('.').unwrap().1).unwrap();
            assert_eq!(
                serde_json::from_slice::<serde_json::Value>(&claims).unwrap(),
                json!({"iss": "T", "iat": 1000, "exp": 1300, "aud": AUDIENCE, "sub": "C"})
            );
        }
        assert!(check_key("not a key").is_err());
    }
}
