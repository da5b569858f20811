//! A token taken apart, cheapest refusal first: size, parts, signature length, header, claims; RSA comes last, in
//! [`verify`]. An attacker controls every byte here until `verify` has answered.
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::error::RefusedAlgorithm;
use crate::json::{JsonFault, read_object};
use crate::{Algorithm, Claims, KeySet, ParseError, Part, VerifyError, base64url};

/// The longest token that is looked at.
pub const MAX_TOKEN_BYTES: usize = 64 * 1024;
/// The longest encoded header that is looked at.
pub const MAX_HEADER_BYTES: usize = 4 * 1024;
/// Base64url characters of a signature by a key of 2048..=8192 bits.
const SIGNATURE_CHARS: std::ops::RangeInclusive<usize> = 342..=1366;

/// A well-formed token whose signature has not been checked.
#[derive(Debug)]
pub struct Jwt<'a> {
    algorithm: Algorithm,
    kid: String,
    claims: Arc<Claims>,
    signed: &'a str,
    signature: Vec<u8>,
}

impl<'a> Jwt<'a> {
    /// Takes a compact token apart. Uses no key and trusts nothing; a token outside the algorithm allow-list, without a
    /// `kid` or with a `crit` header does not get past here.
    pub fn parse(token: &'a str) -> Result<Self, ParseError> {
        let (signed, header, claims, signature) = split(token)?;
        if !SIGNATURE_CHARS.contains(&signature.len()) {
            return Err(name_refusal(header));
        }
        let (algorithm, kid) = read_header(header)?;
        let claims = Claims::new(read_part(claims, Part::Claims)?);
        check_times(&claims)?;
        let signature = base64url::decode(signature).ok_or(ParseError::Base64(Part::Signature))?;
        Ok(Self { algorithm, kid, claims: Arc::new(claims), signed, signature })
    }

    /// The algorithm of the header, one of the allow-list.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The name of the key that the token says it was signed with.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Claims that anybody may have written. Only for refusing early (issuer, audience, times) before the signature is
    /// checked; to act upon claims take those that [`verify`] returns.
    pub fn unverified_claims(&self) -> &Claims {
        &self.claims
    }
}

/// Checks the signature with the key of the token's `kid` and hands out the claims. Issuer, audience and times are the
/// caller's to check (before, on [`Jwt::unverified_claims`], or after).
pub fn verify(jwt: &Jwt<'_>, keys: &KeySet) -> Result<Arc<Claims>, VerifyError> {
    let key = keys.get(&jwt.kid).ok_or(VerifyError::UnknownKey)?;
    key.verify(jwt.algorithm, jwt.signed.as_bytes(), &jwt.signature)?;
    Ok(Arc::clone(&jwt.claims))
}

/// Signed text, header, claims, signature.
fn split(token: &str) -> Result<(&str, &str, &str, &str), ParseError> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(ParseError::TooLong);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(ParseError::Segments)?;
    let (header, claims) = signed.split_once('.').ok_or(ParseError::Segments)?;
    if claims.contains('.') {
        return Err(ParseError::Segments);
    }
    if header.len() > MAX_HEADER_BYTES {
        return Err(ParseError::TooLong);
    }
    Ok((signed, header, claims, signature))
}

/// A signature of a wrong length is mostly another algorithm's: say so when the header does.
fn name_refusal(header: &str) -> ParseError {
    match read_header(header) {
        Err(named @ ParseError::Algorithm(_)) => named,
        _ => ParseError::SignatureLength,
    }
}

fn read_header(header: &str) -> Result<(Algorithm, String), ParseError> {
    let members = read_part(header, Part::Header)?;
    let name = members.get("alg").and_then(Value::as_str).unwrap_or_default();
    let algorithm = Algorithm::from_name(name).ok_or_else(|| ParseError::Algorithm(RefusedAlgorithm::new(name)))?;
    if members.contains_key("crit") {
        return Err(ParseError::Critical);
    }
    match members.get("kid") {
        Some(Value::String(kid)) if !kid.is_empty() => Ok((algorithm, kid.clone())),
        _ => Err(ParseError::KeyIdMissing),
    }
}

fn read_part(text: &str, part: Part) -> Result<Map<String, Value>, ParseError> {
    let bytes = base64url::decode(text).ok_or(ParseError::Base64(part))?;
    read_object(&bytes).map_err(|fault| match fault {
        JsonFault::Syntax => ParseError::Json(part),
        JsonFault::Duplicate => ParseError::Duplicate(part),
        JsonFault::TooDeep => ParseError::TooDeep(part),
    })
}

/// A time that cannot be read must not count as absent.
fn check_times(claims: &Claims) -> Result<(), ParseError> {
    let unreadable = |name: &&str| claims.get(name).is_some() && claims.seconds(name).is_none();
    match ["exp", "nbf", "iat"].into_iter().find(unreadable) {
        Some(name) => Err(ParseError::Time(name)),
        None => Ok(()),
    }
}
