//! The refresh token as clients hold it: five base64url parts that look like Cognito's JWE, opaque to them. Only its SHA-256 is stored.
//! It carries pool and end of life, sealed: so that one whose row has been swept can still be told from one that never was.
use crate::ids::{ClientId, Millis, PoolId};
use crate::ports::Random;
use crate::random;
use crate::sealing::KeyRing;
use aws_lc_rs::digest;
use jose::{base64url_decode, base64url_encode};

/// base64url of `{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}`, Cognito's header.
const HEADER: &str = "eyJjdHkiOiJKV1QiLCJlbmMiOiJBMjU2R0NNIiwiYWxnIjoiUlNBLU9BRVAifQ";
/// Where a sealed value's format and key id, nonce, and tag begin (`sealing.rs`).
const NONCE_AT: usize = 5;
const BODY_AT: usize = 17;
const TAG: usize = 16;
const SECRET: usize = 32;

/// A new token for a client: 256 bits that nobody can guess, and what it carries.
pub(super) fn new(ring: &KeyRing, random: &dyn Random, client: &ClientId, pool: &PoolId, expires_at: Millis) -> String {
    let secret = random::bytes::<SECRET>(random);
    let content = [&expires_at.to_be_bytes()[..], pool.0.as_bytes()].concat();
    let sealed = ring.seal(random, &["refresh token", &client.0, &hex::encode(secret)], &content);
    let tag_at = sealed.len().saturating_sub(TAG);
    let parts = [
        &[&secret[..], &sealed[..NONCE_AT]].concat(),
        &sealed[NONCE_AT..BODY_AT],
        &sealed[BODY_AT..tag_at],
        &sealed[tag_at..],
    ];
    parts.iter().fold(HEADER.to_owned(), |token, part| token + "." + &base64url_encode(part))
}

/// The form in which a token is stored and found.
pub fn hash(token: &str) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, token.as_bytes()).as_ref());
    out
}

/// Whether the text has the form of a refresh token at all. An access or ID token has not.
pub fn has_form(token: &str) -> bool {
    let mut parts = token.split('.');
    parts.next() == Some(HEADER) && parts.count() == 4
}

/// Pool and end of life of a token that we made for this client; `None` for any other text.
pub(super) fn read(ring: &KeyRing, client: &ClientId, token: &str) -> Option<(PoolId, Millis)> {
    let parts: Vec<_> = token.split('.').skip(1).map(base64url_decode).collect::<Option<_>>()?;
    let (secret, head) = parts.first()?.split_at_checked(SECRET)?;
    let sealed = [head, &parts[1..].concat()].concat();
    let content = ring.open(&["refresh token", &client.0, &hex::encode(secret)], &sealed).ok()?;
    let (expires_at, pool) = content.split_first_chunk()?;
    Some((PoolId(String::from_utf8(pool.to_vec()).ok()?), Millis::from_be_bytes(*expires_at)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use zeroize::Zeroizing;

    struct Ones;
    impl Random for Ones {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(1);
        }
    }

    fn token() -> (KeyRing, String) {
        let ring = KeyRing::new(&[(1, Zeroizing::new([7; 32]))], 1).unwrap();
        let token = new(&ring, &Ones, &ClientId("client".into()), &PoolId("us-east-1_a".into()), 1234);
        (ring, token)
    }

    #[test]
    fn a_refresh_token_has_the_form_of_cognitos() {
        let (_, token) = token();
        assert_eq!(base64url_decode(HEADER).unwrap(), br#"{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}"#);
        assert_eq!(token.split('.').count(), 5);
        assert!(token.split('.').all(|part| !part.is_empty()), "{token}");
        assert!(has_form(&token));
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-_=.".contains(c);
        assert!(token.chars().all(allowed), "TokenModelType's pattern");
    }

    #[test]
    fn it_carries_pool_and_end_for_its_own_client_only() {
        let (ring, token) = token();
        assert_eq!(read(&ring, &ClientId("client".into()), &token), Some((PoolId("us-east-1_a".into()), 1234)));
        assert_eq!(read(&ring, &ClientId("other".into()), &token), None);
        assert_eq!(read(&ring, &ClientId("client".into()), &token[..token.len() - 1]), None);
        for text in ["", "a", "a.b.c.d.e", HEADER, "....", &format!("{HEADER}....")] {
            assert_eq!(read(&ring, &ClientId("client".into()), text), None, "{text}");
        }
    }

    #[test]
    fn a_jwt_is_no_refresh_token() {
        assert!(!has_form("eyJhbGciOiJSUzI1NiJ9.e30.c2ln"));
        assert!(!has_form(&format!("{HEADER}.a.b.c")));
    }
}
