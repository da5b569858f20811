//! Verification. The order of the checks is that of [`verify`]: form, scope, signed headers, time, key, signature; nothing the
//! request claims is handed on before the signature matches.
use crate::canonical::{UNSIGNED_PAYLOAD, canonical_request, query_pairs, signature};
use crate::credentials::{KeyStore, SecretKey};
use crate::error::SigV4Error;
use crate::parse::{Claimed, claimed};
use crate::request::{Payload, RequestParts, Style};
use crate::time::basic;
use http::header::HOST;
use subtle::ConstantTimeEq;

/// How far the two clocks may be apart: 15 minutes.
pub const MAX_SKEW_MS: i64 = 15 * 60 * 1000;

/// What a door demands of a signature.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// How to canonicalise.
    pub style: Style,
    /// Signing names the door answers to; the first is named in errors.
    pub services: &'a [&'a str],
    /// The door's region; `None` takes any (the caller reads it from [`Verified`]).
    pub region: Option<&'a str>,
}

/// Where the signature stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `Authorization` header.
    Header,
    /// Presigned; ends at this moment (epoch milliseconds).
    Query {
        /// First moment at which it is refused.
        expires_at: i64,
    },
}

/// What the signature says of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeclaredPayload {
    /// Its SHA-256, lower-case hex. When the caller verified with [`Payload::Unsigned`], the caller must compare it.
    Sha256(String),
    /// Nothing.
    Unsigned,
}

/// Proof of a valid signature. Only [`verify`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// Public half of the key pair.
    pub access_key_id: String,
    /// The account the key acts for.
    pub account: String,
    /// Region of the scope.
    pub region: String,
    /// Service of the scope.
    pub service: String,
    /// When it was signed, epoch milliseconds.
    pub signed_at: i64,
    /// Header or query.
    pub form: Form,
    /// Lower-case names of the headers the signature covers, sorted.
    pub signed_headers: Vec<String>,
    /// What it says of the body.
    pub payload: DeclaredPayload,
}

/// Verifies the one signature of a request at `now` (epoch milliseconds).
pub fn verify(
    request: &RequestParts<'_>,
    payload: Payload<'_>,
    keys: &impl KeyStore,
    rules: &Rules<'_>,
    now: i64,
) -> Result<Verified, SigV4Error> {
    let claimed = head(request, rules, now)?;
    let declared = declared_payload(&claimed, request, payload, rules.style)?;
    let key = find_key(&claimed, keys)?;
    check_signature(&claimed, request, &declared, rules.style, &key)?;
    Ok(Verified {
        form: claimed.expires_s.map_or(Form::Header, |_| Form::Query { expires_at: end(&claimed) }),
        access_key_id: claimed.scope.access_key_id,
        account: key.account,
        region: claimed.scope.region,
        service: claimed.scope.service,
        signed_at: claimed.time_ms,
        signed_headers: claimed.signed_headers,
        payload: declared,
    })
}

/// All that can be refused before the body is here: form, scope, signed headers, time, and a key that nobody has. Proves nothing: it spares a
/// server the reading of what cannot pass [`verify`].
pub fn could_pass(
    request: &RequestParts<'_>,
    keys: &impl KeyStore,
    rules: &Rules<'_>,
    now: i64,
) -> Result<(), SigV4Error> {
    find_key(&head(request, rules, now)?, keys).map(drop)
}

fn head(request: &RequestParts<'_>, rules: &Rules<'_>, now: i64) -> Result<Claimed, SigV4Error> {
    let claimed = claimed(request)?;
    check_scope(&claimed, rules)?;
    check_signed_headers(&claimed, request)?;
    check_time(&claimed, now)?;
    Ok(claimed)
}

/// AWS names every fault of a scope in one message.
fn check_scope(claimed: &Claimed, rules: &Rules<'_>) -> Result<(), SigV4Error> {
    let scope = &claimed.scope;
    let mut faults = Vec::new();
    if rules.region.is_some_and(|region| region != scope.region) || scope.region.is_empty() {
        faults.push(format!("Credential should be scoped to a valid region, not '{}'.", scope.region));
    }
    if !rules.services.contains(&scope.service.as_str()) {
        let expected = rules.services.first().copied().unwrap_or_default();
        faults.push(format!("Credential should be scoped to correct service: '{expected}'."));
    }
    faults.extend(scope.terminator_fault());
    if !claimed.time.starts_with(&scope.date) || scope.date.len() != 8 {
        let (date, time) = (&scope.date, &claimed.time);
        let day = time.get(..8).unwrap_or_default();
        faults.push(format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{date}' != '{day}', from '{time}'."
        ));
    }
    if faults.is_empty() { Ok(()) } else { Err(SigV4Error::InvalidSignature(faults.join(" "))) }
}

/// The host and every `x-amz-` header must be covered: whoever sees a signed request must not be able to aim it elsewhere.
fn check_signed_headers(claimed: &Claimed, request: &RequestParts<'_>) -> Result<(), SigV4Error> {
    let signed = |name: &str| claimed.signed_headers.iter().any(|signed| signed == name);
    if !signed(HOST.as_str()) {
        return Err(SigV4Error::InvalidSignature(
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.".into(),
        ));
    }
    let open = request.headers.keys().find(|name| name.as_str().starts_with("x-amz-") && !signed(name.as_str()));
    match open {
        Some(name) => {
            Err(SigV4Error::InvalidSignature(format!("'{name}' must be a 'SignedHeader' in the AWS Authorization.")))
        }
        None => Ok(()),
    }
}

fn end(claimed: &Claimed) -> i64 {
    claimed.time_ms + claimed.expires_s.map_or(MAX_SKEW_MS, |seconds| seconds * 1000)
}

fn check_time(claimed: &Claimed, now: i64) -> Result<(), SigV4Error> {
    let time = &claimed.time;
    if claimed.time_ms > now.saturating_add(MAX_SKEW_MS) {
        let (limit, now) = (basic(now + MAX_SKEW_MS), basic(now));
        return Err(SigV4Error::NotYetCurrent(format!(
            "Signature not yet current: {time} is still later than {limit} ({now} + 15 min.)"
        )));
    }
    let late = match claimed.expires_s {
        Some(_) => now >= end(claimed),
        None => now > end(claimed),
    };
    if !late {
        return Ok(());
    }
    Err(SigV4Error::Expired(if claimed.expires_s.is_some() {
        format!("Signature expired: {} is now later than {}", basic(now), basic(end(claimed)))
    } else {
        let (limit, now) = (basic(now - MAX_SKEW_MS), basic(now));
        format!("Signature expired: {time} is now earlier than {limit} ({now} - 15 min.)")
    }))
}

/// Outside S3 the body is always hashed. S3 believes `x-amz-content-sha256`, and its presigned requests leave the body open.
fn declared_payload(
    claimed: &Claimed,
    request: &RequestParts<'_>,
    payload: Payload<'_>,
    style: Style,
) -> Result<DeclaredPayload, SigV4Error> {
    let header = request.single("x-amz-content-sha256");
    match (style, header) {
        (Style::S3, Some(UNSIGNED_PAYLOAD)) => Ok(DeclaredPayload::Unsigned),
        (Style::S3, Some(text)) if text.starts_with("STREAMING-") => {
            Err(SigV4Error::Unsupported("A chunk-signed body (STREAMING-...)"))
        }
        (Style::S3, Some(text)) => match payload {
            Payload::Unsigned => Ok(DeclaredPayload::Sha256(text.to_ascii_lowercase())),
            known if known.text().eq_ignore_ascii_case(text) => Ok(DeclaredPayload::Sha256(known.text())),
            _ => Err(SigV4Error::PayloadMismatch),
        },
        (Style::S3, None) if claimed.expires_s.is_some() => Ok(DeclaredPayload::Unsigned),
        _ => match payload {
            Payload::Unsigned => Err(SigV4Error::Unsupported("An unsigned body")),
            known => Ok(DeclaredPayload::Sha256(known.text())),
        },
    }
}

/// An unknown key and a foreign session token read alike.
fn find_key(claimed: &Claimed, keys: &impl KeyStore) -> Result<SecretKey, SigV4Error> {
    let key = keys.find(&claimed.scope.access_key_id).ok_or(SigV4Error::UnrecognizedClient)?;
    let token_fits = match (&key.session_token, &claimed.session_token) {
        (None, None) => true,
        (Some(expected), Some(got)) => bool::from(expected.as_bytes().ct_eq(got.as_bytes())),
        _ => false,
    };
    if token_fits { Ok(key) } else { Err(SigV4Error::UnrecognizedClient) }
}

fn check_signature(
    claimed: &Claimed,
    request: &RequestParts<'_>,
    declared: &DeclaredPayload,
    style: Style,
    key: &SecretKey,
) -> Result<(), SigV4Error> {
    let mut query = query_pairs(request.query);
    if claimed.expires_s.is_some() {
        query.retain(|(name, _)| name != "X-Amz-Signature");
    }
    let payload = match declared {
        DeclaredPayload::Sha256(hash) => hash.as_str(),
        DeclaredPayload::Unsigned => UNSIGNED_PAYLOAD,
    };
    let canonical =
        canonical_request(request, style, &query, &claimed.signed_headers, payload).ok_or_else(SigV4Error::mismatch)?;
    let expected = signature(&key.secret, &claimed.scope, &claimed.time, &canonical);
    if bool::from(expected.as_bytes().ct_eq(claimed.signature.as_bytes())) {
        Ok(())
    } else {
        Err(SigV4Error::mismatch())
    }
}

#[cfg(test)]
mod tests;
