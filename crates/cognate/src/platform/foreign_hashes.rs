//! Hashes that were made elsewhere and came in by an import job: bcrypt, scrypt and PBKDF2-HMAC-SHA256. Only verified, never made; a user's
//! first sign-in puts one of ours in their place. How much work one may ask for was decided when it came in.
use argon2::password_hash::phc::{Output, PasswordHash};
use aws_lc_rs::pbkdf2;
use std::num::NonZeroU32;
use zeroize::Zeroizing;

/// Whether the password is the hash's; `None` for what is of none of these kinds. All three compare in constant time.
pub(super) fn verify(password: &str, text: &str) -> Option<bool> {
    if text.starts_with("$2") {
        return bcrypt::verify(password, text).ok();
    }
    let hash = PasswordHash::new(text).ok()?;
    match hash.algorithm.as_str() {
        "scrypt" => scrypt_matches(password, &hash),
        "pbkdf2-sha256" => {
            let iterations = NonZeroU32::new(hash.params.get_decimal("i")?)?;
            let (salt, expected) = (hash.salt?, hash.hash?);
            let algorithm = pbkdf2::PBKDF2_HMAC_SHA256;
            Some(pbkdf2::verify(algorithm, iterations, salt.as_ref(), password.as_bytes(), expected.as_bytes()).is_ok())
        }
        _ => None,
    }
}

fn scrypt_matches(password: &str, hash: &PasswordHash) -> Option<bool> {
    let [log_n, r, p] = ["ln", "r", "p"].map(|name| hash.params.get_decimal(name));
    let params = scrypt::Params::new(u8::try_from(log_n?).ok()?, r?, p?).ok()?;
    let (salt, expected) = (hash.salt?, hash.hash?);
    let mut out = Zeroizing::new([0; Output::MAX_LENGTH]);
    let out = out.get_mut(..expected.len())?;
    scrypt::scrypt(password.as_bytes(), salt.as_ref(), &params, out).ok()?;
    // [`Output`]s compare in constant time.
    Some(Output::new(out).ok()? == expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with Python: bcrypt, hashlib.scrypt and hashlib.pbkdf2_hmac.
    const MADE_ELSEWHERE: [&str; 3] = [
        "$2b$04$abcdefghijklmnopqrstuuP8XZFmd3wYZAmZ3b87gU.C25zuC3dLy",
        "$scrypt$ln=10,r=8,p=1$c2FsdC1vZi0xNi1ieXRlcw$9bkLPemG9U1VH2q2nKFbZ3+/oGnxLejaMW/0ex+5B8E",
        "$pbkdf2-sha256$i=1000,l=32$c2FsdC1vZi0xNi1ieXRlcw$hz/z3DoqWo5e4B49clhnhfG/8vzZgf+2XBSGAk2FMY0",
    ];

    #[test]
    fn hashes_of_other_libraries_verify() {
        for hash in MADE_ELSEWHERE {
            assert_eq!(verify("Passw0rd!é", hash), Some(true), "{hash}");
            assert_eq!(verify("passw0rd!é", hash), Some(false), "{hash}");
        }
        assert_eq!(verify("x", "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA"), None);
    }
}
