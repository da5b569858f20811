//! The JWT best current practices (RFC 8725), seen from an attacker who can write any token.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "the helpers of a test may fail it")]
use std::sync::LazyLock;

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512,
    RSA_PSS_SHA256, RsaEncoding,
};
use jose::{
    Algorithm, Jwk, Jwt, KeySet, MAX_HEADER_BYTES, MAX_TOKEN_BYTES, ParseError, Part, SigningKey, VerifyError,
    VerifyingKey, base64url_decode, base64url_encode, verify,
};
use proptest::prelude::*;

/// A key as its issuer publishes it, and in the hands of somebody who can sign anything with it.
struct Issuer {
    jwk: Jwk,
    pair: KeyPair,
}

impl Issuer {
    fn new(kid: &str, alg: Option<&str>) -> Self {
        let key = SigningKey::generate().unwrap();
        let jwk = Jwk { kid: kid.to_owned(), alg: alg.map(str::to_owned), ..key.public_jwk() };
        Self { jwk, pair: KeyPair::from_pkcs8(&key.pkcs8_der().unwrap()).unwrap() }
    }

    fn sign(&self, padding: &'static dyn RsaEncoding, header: &str, claims: &str) -> String {
        let signed = format!("{}.{}", base64url_encode(header), base64url_encode(claims));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair.sign(padding, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
        format!("{signed}.{}", base64url_encode(signature))
    }

    /// Properly signed, whatever header and claims say.
    fn rs256(&self, header: &str, claims: &str) -> String {
        self.sign(&RSA_PKCS1_SHA256, header, claims)
    }
}

/// Publishes its key without `alg`: good for each RSA algorithm.
static ALICE: LazyLock<Issuer> = LazyLock::new(|| Issuer::new("alice", None));
/// Reserves its key for RS256.
static BOB: LazyLock<Issuer> = LazyLock::new(|| Issuer::new("bob", Some("RS256")));
static KEYS: LazyLock<KeySet> =
    LazyLock::new(|| KeySet::new([&*ALICE, &*BOB].map(|issuer| VerifyingKey::from_jwk(&issuer.jwk).unwrap())));
static GOOD: LazyLock<String> =
    LazyLock::new(|| ALICE.rs256(r#"{"alg":"RS256","kid":"alice"}"#, r#"{"iss":"https://a","exp":2000000000}"#));

/// The first refusal, of whichever act; `None` for a token that passes.
fn refusal(token: &str) -> Option<String> {
    match Jwt::parse(token) {
        Err(error) => Some(error.to_string()),
        Ok(jwt) => verify(&jwt, &KEYS).err().map(|error| error.to_string()),
    }
}

fn parse_error(token: &str) -> ParseError {
    Jwt::parse(token).expect_err("the token must not parse")
}

fn verify_error(token: &str) -> VerifyError {
    verify(&Jwt::parse(token).unwrap(), &KEYS).expect_err("the token must not verify")
}

fn refused_algorithm(token: &str) -> String {
    match parse_error(token) {
        ParseError::Algorithm(name) => name.to_string(),
        other => panic!("{other}"),
    }
}

#[test]
fn the_three_rsa_algorithms_pass_and_claims_come_out_in_order() {
    for (algorithm, padding) in [
        (Algorithm::Rs256, &RSA_PKCS1_SHA256 as &'static dyn RsaEncoding),
        (Algorithm::Rs384, &RSA_PKCS1_SHA384),
        (Algorithm::Rs512, &RSA_PKCS1_SHA512),
    ] {
        let header = format!(r#"{{"typ":"JWT","alg":"{}","kid":"alice"}}"#, algorithm.name());
        let token = ALICE.sign(padding, &header, r#"{"z":1,"a":[{"b":null}]}"#);
        let jwt = Jwt::parse(&token).unwrap();
        assert_eq!((jwt.algorithm(), jwt.kid()), (algorithm, "alice"));
        let claims = verify(&jwt, &KEYS).unwrap();
        assert_eq!(serde_json::to_string(&*claims).unwrap(), r#"{"z":1,"a":[{"b":null}]}"#);
    }
}

#[test]
fn a_token_without_a_signature_is_refused_in_every_spelling_of_none() {
    for alg in ["none", "None", "NONE", "nOnE"] {
        let header = base64url_encode(format!(r#"{{"alg":"{alg}","kid":"alice"}}"#));
        let unsigned = format!("{header}.{}.", base64url_encode("{}"));
        assert_eq!(refused_algorithm(&unsigned), alg);
        let borrowed = format!("{unsigned}{}", GOOD.rsplit('.').next().unwrap());
        assert_eq!(refused_algorithm(&borrowed), alg);
    }
    let stripped = format!("{}.", GOOD.rsplit_once('.').unwrap().0);
    assert_eq!(parse_error(&stripped), ParseError::SignatureLength);
}

#[test]
fn a_public_key_is_never_taken_for_a_shared_secret() {
    let signed = format!("{}.{}", base64url_encode(r#"{"alg":"HS256","kid":"alice"}"#), base64url_encode("{}"));
    let secrets = [base64url_decode(&ALICE.jwk.n).unwrap(), ALICE.jwk.n.clone().into_bytes(), Vec::new()];
    for secret in secrets {
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), signed.as_bytes());
        assert_eq!(refused_algorithm(&format!("{signed}.{}", base64url_encode(tag))), "HS256");
    }
}

#[test]
fn elliptic_curves_pss_and_unknown_algorithms_are_refused_though_the_signature_be_sound() {
    let signed = format!("{}.{}", base64url_encode(r#"{"alg":"ES256","kid":"alice"}"#), base64url_encode("{}"));
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let signature = key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
    assert_eq!(refused_algorithm(&format!("{signed}.{}", base64url_encode(signature))), "ES256");
    assert_eq!(refused_algorithm(&ALICE.sign(&RSA_PSS_SHA256, r#"{"alg":"PS256","kid":"alice"}"#, "{}")), "PS256");
    for header in ["{}", r#"{"alg":null}"#, r#"{"alg":["RS256"]}"#, r#"{"alg":"rs256"}"#, r#"{"alg":"RS256\r\nx: y"}"#]
    {
        assert!(matches!(parse_error(&ALICE.rs256(header, "{}")), ParseError::Algorithm(_)), "{header}");
    }
}

#[test]
fn a_pss_signature_is_no_pkcs1_signature_and_one_hash_is_not_another() {
    let header = r#"{"alg":"RS256","kid":"alice"}"#;
    assert_eq!(verify_error(&ALICE.sign(&RSA_PSS_SHA256, header, "{}")), VerifyError::Signature);
    assert_eq!(verify_error(&ALICE.sign(&RSA_PKCS1_SHA512, header, "{}")), VerifyError::Signature);
}

#[test]
fn a_key_reserved_for_one_algorithm_serves_no_other() {
    let header = r#"{"alg":"RS512","kid":"bob"}"#;
    assert_eq!(verify_error(&BOB.sign(&RSA_PKCS1_SHA512, header, "{}")), VerifyError::AlgorithmNotForKey);
}

#[test]
fn the_kid_must_be_there_be_known_and_be_the_signers() {
    for header in [r#"{"alg":"RS256"}"#, r#"{"alg":"RS256","kid":""}"#, r#"{"alg":"RS256","kid":["alice"]}"#] {
        assert_eq!(parse_error(&ALICE.rs256(header, "{}")), ParseError::KeyIdMissing, "{header}");
    }
    for kid in ["carol", "Alice", "alice ", "../../dev/null", "' or 1=1"] {
        let header = format!(r#"{{"alg":"RS256","kid":"{kid}"}}"#);
        assert_eq!(verify_error(&ALICE.rs256(&header, "{}")), VerifyError::UnknownKey, "{kid}");
    }
    let anothers = ALICE.rs256(r#"{"alg":"RS256","kid":"bob"}"#, "{}");
    assert_eq!(verify_error(&anothers), VerifyError::Signature);
    let impostor = Issuer::new("alice", None);
    assert_eq!(verify_error(&impostor.rs256(r#"{"alg":"RS256","kid":"alice"}"#, "{}")), VerifyError::Signature);
}

#[test]
fn keys_that_a_token_brings_along_are_never_used() {
    let mallory = Issuer::new("alice", None);
    let jwk = serde_json::to_string(&mallory.jwk).unwrap();
    for lure in [
        format!(r#""jwk":{jwk}"#),
        r#""jku":"https://evil.example/k""#.to_owned(),
        r#""x5u":"https://evil.example/c""#.to_owned(),
    ] {
        let header = format!(r#"{{"alg":"RS256","kid":"alice",{lure}}}"#);
        assert_eq!(verify_error(&mallory.rs256(&header, "{}")), VerifyError::Signature);
        assert_eq!(refusal(&ALICE.rs256(&header, "{}")), None, "the member is ignored, not obeyed");
    }
}

#[test]
fn an_extension_that_must_be_understood_is_not_understood() {
    for crit in [r#""crit":["exp"]"#, r#""crit":["b64"],"b64":false"#, r#""crit":[]"#, r#""crit":null"#] {
        let header = format!(r#"{{"alg":"RS256","kid":"alice",{crit}}}"#);
        assert_eq!(parse_error(&ALICE.rs256(&header, "{}")), ParseError::Critical, "{crit}");
    }
}

#[test]
fn a_member_given_twice_is_refused_though_signed() {
    let good = r#"{"alg":"RS256","kid":"alice"}"#;
    for (header, claims, part) in [
        (r#"{"alg":"none","alg":"RS256","kid":"alice"}"#, "{}", Part::Header),
        (r#"{"alg":"RS256","kid":"alice","kid":"bob"}"#, "{}", Part::Header),
        (good, r#"{"sub":"a","sub":"b"}"#, Part::Claims),
        (good, r#"{"sub":"a","s\u0075b":"b"}"#, Part::Claims),
        (good, r#"{"a":{"b":1,"b":1}}"#, Part::Claims),
    ] {
        assert_eq!(parse_error(&ALICE.rs256(header, claims)), ParseError::Duplicate(part), "{header} {claims}");
    }
}

#[test]
fn nested_bombs_and_broken_json_are_refused_before_any_key_is_used() {
    let good = r#"{"alg":"RS256","kid":"nobody"}"#;
    let bomb = format!(r#"{{"a":{}{}}}"#, "[".repeat(20_000), "]".repeat(20_000));
    assert_eq!(parse_error(&ALICE.rs256(good, &bomb)), ParseError::TooDeep(Part::Claims));
    let small_bomb = format!(r#"{{"alg":"RS256","kid":"alice","a":{}{}}}"#, "[".repeat(99), "]".repeat(99));
    assert_eq!(parse_error(&ALICE.rs256(&small_bomb, "{}")), ParseError::TooDeep(Part::Header));
    for claims in ["", "[]", "null", "{}{}", "\u{feff}{}", r#"{"exp":1e999}"#, r#"{"a":"}"#] {
        assert_eq!(parse_error(&ALICE.rs256(good, claims)), ParseError::Json(Part::Claims), "{claims}");
    }
    assert_eq!(parse_error(&ALICE.rs256("x", "{}")), ParseError::Json(Part::Header));
}

#[test]
fn times_are_numbers_of_this_era_or_the_token_is_refused() {
    let token = |claims: &str| ALICE.rs256(r#"{"alg":"RS256","kid":"alice"}"#, claims);
    for good in [r#"{"exp":1.7e9}"#, r#"{"exp":12.5,"nbf":0,"iat":1}"#, "{}"] {
        assert_eq!(refusal(&token(good)), None, "{good}");
    }
    for (claims, name) in [
        (r#"{"exp":"2000000000"}"#, "exp"),
        (r#"{"exp":99999999999999999999999999}"#, "exp"),
        (r#"{"exp":18446744073709551615}"#, "exp"),
        (r#"{"exp":1e300}"#, "exp"),
        (r#"{"exp":null}"#, "exp"),
        (r#"{"exp":-1}"#, "exp"),
        (r#"{"nbf":true}"#, "nbf"),
        (r#"{"iat":[1]}"#, "iat"),
    ] {
        assert_eq!(parse_error(&token(claims)), ParseError::Time(name), "{claims}");
    }
}

#[test]
fn anything_but_three_parts_is_refused() {
    let encrypted = "a.b.c.d.e";
    for token in [
        "",
        ".",
        "a",
        "a.b",
        "a.b.c.d",
        "Basic dXNlcjpwYXNz",
        encrypted,
        &format!("{}.", *GOOD),
        &format!(".{}", *GOOD),
    ] {
        assert_eq!(parse_error(token), ParseError::Segments, "{token}");
    }
    assert_eq!(parse_error(".."), ParseError::SignatureLength);
}

#[test]
fn a_token_has_one_spelling_only() {
    let good = GOOD.as_str();
    assert_eq!(refusal(good), None);
    let (head, signature) = good.rsplit_once('.').unwrap();
    for other in [
        format!("{good}="),
        format!("{good}=="),
        format!(" {good}"),
        format!("{good}\n"),
        format!("{head}.{}+", &signature[..341]),
        format!("{head}.{}é", &signature[..340]),
        good.replacen('.', "=.", 1),
    ] {
        assert!(matches!(parse_error(&other), ParseError::Base64(_)), "{other}");
    }
    // 256 bytes end in a character of which four bits carry nothing: they must be zero.
    let last = signature.as_bytes()[341];
    for unused in (b'A'..=b'Z').filter(|letter| *letter != last) {
        assert!(refusal(&format!("{head}.{}{}", &signature[..341], char::from(unused))).is_some());
    }
}

#[test]
fn tokens_and_headers_above_their_limits_are_refused_unread() {
    assert_eq!(parse_error(&"a".repeat(MAX_TOKEN_BYTES + 1)), ParseError::TooLong);
    let header = |fill: usize| format!(r#"{{"alg":"RS256","kid":"alice","x":"{}"}}"#, "x".repeat(fill));
    let fits = MAX_HEADER_BYTES / 4 * 3 - header(0).len();
    assert_eq!(refusal(&ALICE.rs256(&header(fits), "{}")), None);
    assert_eq!(parse_error(&ALICE.rs256(&header(fits + 1), "{}")), ParseError::TooLong);
    let big = |fill: usize| ALICE.rs256(&header(0), &format!(r#"{{"x":"{}"}}"#, "x".repeat(fill)));
    assert_eq!(refusal(&big(47_000)), None);
    assert_eq!(parse_error(&big(49_000)), ParseError::TooLong);
}

#[test]
fn signatures_that_no_accepted_key_makes_are_refused_by_length() {
    let head = GOOD.rsplit_once('.').unwrap().0;
    for (chars, refused) in [(0, true), (86, true), (341, true), (342, false), (1366, false), (1367, true)] {
        let error = refusal(&format!("{head}.{}", "A".repeat(chars))).unwrap();
        assert_eq!(error == ParseError::SignatureLength.to_string(), refused, "{chars} characters: {error}");
    }
}

#[test]
fn claims_can_be_looked_at_early_but_come_out_only_after_the_signature() {
    let (head, signature) = GOOD.rsplit_once('.').unwrap();
    let header = head.split_once('.').unwrap().0;
    let forged = format!("{header}.{}.{signature}", base64url_encode(r#"{"iss":"https://evil"}"#));
    let jwt = Jwt::parse(&forged).unwrap();
    assert_eq!(jwt.unverified_claims().str("iss"), Some("https://evil"));
    assert_eq!(verify(&jwt, &KEYS), Err(VerifyError::Signature));
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC*", parts in prop::collection::vec("[A-Za-z0-9_-]{0,40}", 0..5)) {
        let _ = Jwt::parse(&text);
        let _ = Jwt::parse(&parts.join("."));
    }

    #[test]
    fn a_token_with_any_one_character_changed_is_refused(at in 0..GOOD.len(), to in "[A-Za-z0-9_.-]") {
        let mut changed = GOOD.clone();
        changed.replace_range(at..=at, &to);
        prop_assert_eq!(refusal(&changed).is_none(), changed == *GOOD);
    }

    #[test]
    fn any_claims_an_issuer_signs_come_back_as_they_were(
        names in prop::collection::btree_set("[a-z]{1,8}", 0..8), text in "\\PC{0,40}", number in any::<i64>(),
    ) {
        let claims: serde_json::Map<_, _> = names.into_iter().filter(|name| !["exp", "nbf", "iat"].contains(&name.as_str()))
            .map(|name| (name, serde_json::json!([text, number, {"x": text}]))).collect();
        let token = ALICE.rs256(r#"{"alg":"RS256","kid":"alice"}"#, &serde_json::to_string(&claims).unwrap());
        let verified = verify(&Jwt::parse(&token).unwrap(), &KEYS).unwrap();
        prop_assert_eq!(verified.as_map(), &claims);
    }
}
