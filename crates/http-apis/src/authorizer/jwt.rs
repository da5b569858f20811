//! The JWT authorizer (reference section C). An attacker controls every byte of the token until RSA has spoken;
//! claims are looked at before that only to refuse early.

use std::{borrow::Cow, sync::Arc};

use http::HeaderValue;
use jose::{CachedToken, Claims, Jwt, KeySet, ParseError, TokenCache, VerifyError};

use super::{
    Bearer,
    issuers::{KeyError, KeyErrorKind},
};
use crate::{
    gateway::{Call, Own, Refusal, Text, Worker, shown},
    snapshot::{IdentitySource, JwtRule, ServedIntegration},
};

/// Verified tokens of one worker.
pub(crate) type TokenCacheOf = TokenCache<Arc<Bearer>>;

/// Why a token was refused: what the client reads, and what `explain` says.
struct Fault {
    rule: &'static str,
    description: Text,
    expected: Text,
    got: Text,
    fix: &'static str,
}

type Outcome<T> = Result<T, Fault>;

/// Lets a bearer of a valid token through, in this order: a token is there (C.2), it is whole and of an allowed
/// algorithm, issuer, audience, times, key, signature (C.4), scopes.
pub(crate) async fn check(worker: &Worker, rule: &JwtRule, call: &Call) -> Result<Arc<Bearer>, Refusal> {
    let Some(value) = identity(&rule.source, call) else { return Err(missing(rule)) };
    let token = without_scheme(&value);
    let bearer = verified(worker, rule, token, call).await.map_err(|fault| invalid(rule, fault))?;
    if rule.scopes.is_empty() {
        return Ok(bearer);
    }
    let scopes = bearer.scopes();
    let scoped = scopes.iter().any(|scope| rule.scopes.contains(scope));
    if scoped { Ok(bearer) } else { Err(insufficient(rule, scopes)) }
}

/// The value of the identity source; none when it is absent or empty. Repeated ones are joined, which no token survives.
fn identity<'c>(source: &IdentitySource, call: &'c Call) -> Option<Cow<'c, str>> {
    let mut values = match source {
        IdentitySource::Header(name) => {
            let mut values = call.headers().get_all(name).iter();
            let first = text(values.next()?);
            values.fold(first, |joined, more| joined + "," + text(more))
        }
        IdentitySource::Query(name) => {
            let pairs = form_urlencoded::parse(call.raw_query().unwrap_or_default().as_bytes());
            let named = pairs.filter(|(key, _)| **key == **name).map(|(_, value)| value);
            named.reduce(|joined, more| joined + "," + more)?
        }
    };
    if values.starts_with(' ') || values.ends_with(' ') {
        values = Cow::Owned(values.trim_matches(' ').to_owned());
    }
    Some(values).filter(|value| !value.is_empty())
}

/// A header's value as text. The lossy reading goes byte by byte and is for what is no token anyway.
fn text(value: &HeaderValue) -> Cow<'_, str> {
    std::str::from_utf8(value.as_bytes()).map_or_else(|_| String::from_utf8_lossy(value.as_bytes()), Cow::Borrowed)
}

/// The token of `Bearer <token>`, scheme in any case; anything else is taken for a bare token.
fn without_scheme(value: &str) -> &str {
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim_start_matches(' '),
        _ => value,
    }
}

async fn verified(worker: &Worker, rule: &JwtRule, token: &str, call: &Call) -> Outcome<Arc<Bearer>> {
    let now = call.seconds();
    // A cached verdict counts only under the keys it was made with, and only for routes that would take the token: two
    // may trust one issuer for different audiences. Whatever does not fit is looked at from the start.
    let cached = rule.issuer.at_hand().and_then(|keys| worker.cached_token(token, keys.generation(), now));
    if let Some(bearer) = cached.filter(|bearer| bearer.suits(rule)) {
        return Ok(bearer);
    }
    let jwt = Jwt::parse(token).map_err(|error| Fault::parse(&error))?;
    let leeway = worker.leeway();
    issued_for(rule, jwt.unverified_claims())?;
    let exp = in_time(jwt.unverified_claims(), now, leeway)?;
    let keys = rule.issuer.keys().await.map_err(|error| Fault::keys(&error))?;
    let (claims, generation) = signed(rule, &jwt, keys).await?;
    // `iat` goes with `nbf`: should the clock be set back, a cached token is not used before it was issued.
    let nbf = claims.seconds("nbf").max(claims.seconds("iat")).map(|from| from.saturating_sub(leeway));
    let function = call.route().is_some_and(|route| matches!(route.integration, ServedIntegration::Function(_)));
    let bearer = Arc::new(Bearer::new(&rule.issuer, &claims, function));
    let value_bytes = bearer.bytes();
    let verdict =
        CachedToken { exp: exp.saturating_add(leeway), nbf, generation, value: Arc::clone(&bearer), value_bytes };
    worker.cache_token(token, verdict);
    Ok(bearer)
}

/// `iss` and `aud`, or `client_id` when there is no `aud`.
fn issued_for(rule: &JwtRule, claims: &Claims) -> Outcome<()> {
    let iss = claims.str("iss").unwrap_or_default();
    if iss != &*rule.issuer.name {
        return Err(Fault::issuer(&rule.issuer.name, iss));
    }
    let wanted = |one: &str| rule.audiences.iter().any(|audience| &**audience == one);
    let matches = match claims.audience() {
        Some(audience) => audience.into_iter().any(wanted),
        None => claims.str("client_id").is_some_and(wanted),
    };
    if matches { Ok(()) } else { Err(Fault::audience(rule, claims)) }
}

/// `exp` is required; `nbf` and `iat` count when they are there. Returns `exp`.
fn in_time(claims: &Claims, now: i64, leeway: i64) -> Outcome<i64> {
    let exp = claims.seconds("exp").ok_or_else(|| Fault::expired("absent", now))?;
    if now >= exp.saturating_add(leeway) {
        return Err(Fault::expired(&exp.to_string(), now));
    }
    let early = |name| claims.seconds(name).filter(|from: &i64| from.saturating_sub(leeway) > now);
    if let Some(nbf) = early("nbf") {
        return Err(Fault::early("jwt.nbf", "the token is not valid yet", nbf, now));
    }
    if let Some(iat) = early("iat") {
        return Err(Fault::early("jwt.iat", "the token was issued in the future", iat, now));
    }
    Ok(exp)
}

/// The signature, by the key the token names; an unknown key may be a new one, so the issuer is asked again (rarely).
async fn signed(rule: &JwtRule, jwt: &Jwt<'_>, keys: Arc<KeySet>) -> Outcome<(Arc<Claims>, u64)> {
    let fault = |error: &VerifyError| Fault::verify(*error, jwt.kid());
    match jose::verify(jwt, &keys) {
        Ok(claims) => Ok((claims, keys.generation())),
        Err(VerifyError::UnknownKey) => {
            let newer = rule.issuer.newer(keys.generation()).await;
            let newer = newer.ok_or_else(|| fault(&VerifyError::UnknownKey))?;
            let claims = jose::verify(jwt, &newer).map_err(|error| fault(&error))?;
            Ok((claims, newer.generation()))
        }
        Err(error) => Err(fault(&error)),
    }
}

fn missing(rule: &JwtRule) -> Refusal {
    let place = match &rule.source {
        IdentitySource::Header(name) => format!("a token in the header {name}"),
        IdentitySource::Query(name) => format!("a token in the query parameter {name}"),
    };
    Refusal::new(
        Own::Unauthorized,
        "jwt.present",
        place,
        "none",
        "send the access or ID token as Authorization: Bearer <token>",
    )
    .challenged(HeaderValue::from_static("Bearer"))
}

fn invalid(rule: &JwtRule, fault: Fault) -> Refusal {
    let challenge = challenge(rule, "invalid_token", &fault.description);
    Refusal::new(Own::Unauthorized, fault.rule, fault.expected, fault.got, fault.fix).challenged(challenge)
}

fn insufficient(rule: &JwtRule, scopes: &[Box<str>]) -> Refusal {
    let expected = format!("one of the scopes {}", rule.scope_text);
    let got = if scopes.is_empty() { "no scope".to_owned() } else { shown(&scopes.join(" ")) };
    let fix = "ask for one of these scopes at the token endpoint and send the access token (ID tokens carry no scope)";
    Refusal::new(Own::Forbidden, "jwt.scope", expected, got, fix).challenged(challenge(
        rule,
        "insufficient_scope",
        "the token does not have a required scope",
    ))
}

const SEGMENTS: &str = "token contains an invalid number of segments";
const SIGNATURE: &str = "signature is invalid";

/// The challenges that need not be written anew for each forger.
pub(crate) fn usual_challenges(scopes: &str) -> Vec<(&'static str, HeaderValue)> {
    [SEGMENTS, SIGNATURE].map(|description| (description, written(scopes, "invalid_token", description))).into()
}

fn challenge(rule: &JwtRule, error: &str, description: &str) -> HeaderValue {
    let known = rule.challenges.iter().find(|(known, _)| *known == description);
    known.map_or_else(|| written(&rule.scope_text, error, description), |(_, value)| value.clone())
}

fn written(scopes: &str, error: &str, description: &str) -> HeaderValue {
    let text = format!("Bearer scope=\"{scopes}\" error=\"{error}\" error_description=\"{description}\"");
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("Bearer error=\"invalid_token\""))
}

impl Fault {
    fn new(
        rule: &'static str,
        description: impl Into<Text>,
        expected: impl Into<Text>,
        got: impl Into<Text>,
        fix: &'static str,
    ) -> Self {
        Self { rule, description: description.into(), expected: expected.into(), got: got.into(), fix }
    }

    fn parse(error: &ParseError) -> Self {
        let got = || error.to_string();
        match error {
            ParseError::Segments => Self::new(
                "jwt.form",
                SEGMENTS,
                "three parts joined by dots",
                "another number of parts",
                "send the token itself, not its name or another scheme",
            ),
            ParseError::Algorithm(name) => Self::new(
                "jwt.algorithm",
                format!("signing method {name} is invalid"),
                "RS256, RS384 or RS512",
                name.to_string(),
                "let the issuer sign with RSA",
            ),
            ParseError::SignatureLength | ParseError::Base64(jose::Part::Signature) => {
                Self::new("jwt.signature", SIGNATURE, "an RSA signature", got(), "send the token as it was issued")
            }
            ParseError::KeyIdMissing => Self::new(
                "jwt.kid",
                "unable to find a signing key that matches the kid",
                "a header with kid",
                got(),
                "let the issuer name its key",
            ),
            _ => Self::new(
                "jwt.form",
                "the token is malformed",
                "a well-formed JSON Web Token",
                got(),
                "send the token as it was issued",
            ),
        }
    }

    fn verify(error: VerifyError, kid: &str) -> Self {
        match error {
            VerifyError::UnknownKey => Self::new(
                "jwt.kid",
                "unable to find a signing key that matches the kid",
                "a key of the issuer's key set",
                format!("kid {}", shown(kid)),
                "sign in again: the issuer no longer (or not yet) publishes this key",
            ),
            VerifyError::AlgorithmNotForKey | VerifyError::Signature => Self::new(
                "jwt.signature",
                SIGNATURE,
                "a signature by the issuer's key over exactly this token",
                error.to_string(),
                "send the token as it was issued",
            ),
        }
    }

    fn keys(error: &KeyError) -> Self {
        let detail = shown(&error.detail);
        let fix = "check that the issuer is spelled as its discovery document spells it and can be reached from here";
        match error.kind {
            KeyErrorKind::Discovery => Self::new(
                "jwt.discovery",
                "OIDC discovery endpoint communication error",
                "a discovery document",
                detail,
                fix,
            ),
            KeyErrorKind::OtherIssuer => Self::new(
                "jwt.discovery",
                "the issuer in the discovery document does not match the configured issuer",
                "a discovery document of the configured issuer",
                detail,
                fix,
            ),
            KeyErrorKind::Jwks => Self::new("jwt.jwks", "JWKS communication error", "a key set", detail, fix),
        }
    }

    fn issuer(expected: &str, got: &str) -> Self {
        let fix =
            "give the authorizer exactly the token's iss (a trailing slash counts), or use the right pool's token";
        Self::new(
            "jwt.issuer",
            "the token does not have a valid issuer",
            format!("iss {expected}"),
            format!("iss {}", shown(got)),
            fix,
        )
    }

    fn audience(rule: &JwtRule, claims: &Claims) -> Self {
        let got = match claims.get("aud") {
            Some(aud) => format!("aud {aud}"),
            None => format!("no aud, client_id {}", claims.str("client_id").unwrap_or("absent")),
        };
        let expected = format!("aud (or client_id without aud) one of {}", rule.audiences.join(", "));
        let fix = "add the app client's id to the authorizer's audience, or use a token of that client";
        Self::new("jwt.audience", "the token does not have a valid audience", expected, shown(&got), fix)
    }

    fn expired(exp: &str, now: i64) -> Self {
        Self::new(
            "jwt.exp",
            "the token has expired",
            format!("exp after {now}"),
            format!("exp {exp}"),
            "renew the token",
        )
    }

    fn early(rule: &'static str, description: &'static str, from: i64, now: i64) -> Self {
        let fix = "check the clocks of issuer and gateway";
        Self::new(rule, description, format!("{now} or before"), from.to_string(), fix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_taken_bare_or_behind_bearer_in_any_case() {
        for value in ["a.b.c", "Bearer a.b.c", "bearer a.b.c", "BEARER   a.b.c"] {
            assert_eq!(without_scheme(value), "a.b.c", "{value}");
        }
        assert_eq!(without_scheme("Basic eDp5"), "Basic eDp5");
        assert_eq!(without_scheme("Bearer"), "Bearer");
        assert_eq!(without_scheme("Bearera.b.c"), "Bearera.b.c");
    }

    #[test]
    fn times_are_exact_to_the_second() {
        let claims = |text: &str| serde_json::from_str::<Claims>(text).unwrap();
        let rule = |text, now| in_time(&claims(text), now, 0).err().map(|fault| fault.rule);
        assert_eq!(rule(r#"{"exp":100}"#, 99), None);
        assert_eq!(rule(r#"{"exp":100}"#, 100), Some("jwt.exp"));
        assert_eq!(rule("{}", 1), Some("jwt.exp"));
        assert_eq!(rule(r#"{"exp":100,"nbf":50}"#, 49), Some("jwt.nbf"));
        assert_eq!(rule(r#"{"exp":100,"nbf":50,"iat":50}"#, 50), None);
        assert_eq!(rule(r#"{"exp":100,"iat":51}"#, 50), Some("jwt.iat"));
        assert!(in_time(&claims(r#"{"exp":100,"nbf":60}"#), 104, 5).is_ok());
    }
}
