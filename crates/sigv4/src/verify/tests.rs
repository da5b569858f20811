use super::*;
use crate::credentials::Credentials;
use crate::sign::Signer;
use http::{HeaderMap, HeaderValue};

/// 2015-08-30T12:36:00Z.
const NOW: i64 = 1_440_938_160_000;
const RULES: Rules<'static> = Rules { style: Style::Standard, services: &["cognito-idp"], region: Some("us-east-1") };
const S3_RULES: Rules<'static> = Rules { style: Style::S3, services: &["s3"], region: None };

fn credentials(token: Option<&str>) -> Credentials {
    Credentials { access_key_id: "AKID".into(), secret: "secret".into(), session_token: token.map(str::to_owned) }
}

fn keys(id: &str) -> Option<SecretKey> {
    let token = (id == "ASIA").then(|| "token".to_owned());
    matches!(id, "AKID" | "ASIA").then(|| SecretKey {
        secret: "secret".into(),
        account: "111122223333".into(),
        session_token: token,
    })
}

/// A signed request of its own, to be spoiled by the tests.
struct Sent {
    headers: HeaderMap,
    query: String,
}

impl Sent {
    fn signed_by(credentials: &Credentials, region: &str, service: &str) -> Self {
        let style = if service == "s3" { Style::S3 } else { Style::Standard };
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static("localhost:4566"));
        headers.insert("x-amz-target", HeaderValue::from_static("A.B"));
        let signer = Signer { credentials, region, service, style };
        let added = signer.sign(NOW, &parts(&headers, ""), Payload::Bytes(b"{}")).unwrap();
        headers.extend(added);
        Self { headers, query: String::new() }
    }

    fn good() -> Self {
        Self::signed_by(&credentials(None), "us-east-1", "cognito-idp")
    }

    fn presigned() -> Self {
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static("localhost:4566"));
        let key = credentials(None);
        let signer = Signer { credentials: &key, region: "us-east-1", service: "s3", style: Style::S3 };
        let query = signer.presign(NOW, &parts(&headers, ""), Payload::Unsigned, 60).unwrap();
        Self { headers, query }
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, HeaderValue::from_str(value).unwrap());
        self
    }

    fn replaced(self, from: &str, to: &str) -> Self {
        let header = self.headers["authorization"].to_str().unwrap().replace(from, to);
        self.with("authorization", &header)
    }

    fn verify(&self, rules: &Rules<'_>) -> Result<Verified, SigV4Error> {
        verify(&parts(&self.headers, &self.query), Payload::Bytes(b"{}"), &keys, rules, NOW)
    }
}

fn parts<'a>(headers: &'a HeaderMap, query: &'a str) -> RequestParts<'a> {
    RequestParts { method: "POST", path: "/", query, headers, authority: None }
}

fn text(result: Result<Verified, SigV4Error>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn a_good_signature_names_its_account() {
    let verified = Sent::good().verify(&RULES).unwrap();
    assert_eq!((verified.account.as_str(), verified.region.as_str()), ("111122223333", "us-east-1"));
    assert_eq!(verified.signed_headers, ["host", "x-amz-date", "x-amz-target"]);
}

#[test]
fn http2_may_name_its_host_as_authority() {
    let mut sent = Sent::good();
    sent.headers.remove("host");
    let request = RequestParts { authority: Some("localhost:4566"), ..parts(&sent.headers, "") };
    assert!(verify(&request, Payload::Bytes(b"{}"), &keys, &RULES, NOW).is_ok());
    assert!(sent.verify(&RULES).is_err());
}

#[test]
fn an_unsigned_request_misses_its_token() {
    let headers = HeaderMap::new();
    let refused = verify(&parts(&headers, "a=b"), Payload::Bytes(b""), &keys, &RULES, NOW);
    assert_eq!(refused, Err(SigV4Error::MissingAuthenticationToken));
}

#[test]
fn another_kind_of_authorization_is_incomplete() {
    let all_missing = "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. \
                       Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a \
                       'X-Amz-Date' or a 'Date' header. (Hashed with SHA-256 and encoded with Base64) Authorization=";
    let mut sent = Sent::good().with("authorization", "Bearer secret-token");
    sent.headers.remove("x-amz-date");
    let message = text(sent.verify(&RULES));
    assert!(message.starts_with(all_missing) && !message.contains("secret-token"), "{message}");
    for (from, to) in
        [("Credential=", "Credentials="), ("Signature=", "Sig="), ("AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA1 ")]
    {
        let refused = Sent::good().replaced(from, to).verify(&RULES);
        assert!(matches!(refused, Err(SigV4Error::IncompleteSignature(_))), "{refused:?}");
    }
}

#[test]
fn two_signatures_are_one_too_many() {
    let mut sent = Sent::good();
    sent.query = Sent::presigned().query;
    assert!(matches!(sent.verify(&RULES), Err(SigV4Error::IncompleteSignature(_))));
    let mut sent = Sent::good();
    let copy = sent.headers["authorization"].clone();
    sent.headers.append("authorization", copy);
    assert!(matches!(sent.verify(&RULES), Err(SigV4Error::IncompleteSignature(_))));
}

#[test]
fn all_faults_of_a_scope_are_named_together() {
    let sent = Sent::good().replaced("20150830/us-east-1/cognito-idp/aws4_request", "20150829/x/y/z");
    assert_eq!(
        text(sent.verify(&RULES)),
        "Credential should be scoped to a valid region, not 'x'. Credential should be scoped to correct service: 'cognito-idp'. \
         Credential should be scoped with a valid terminator: 'aws4_request', not 'z'. Date in Credential scope does not match \
         YYYYMMDD from ISO-8601 version of date from HTTP: '20150829' != '20150830', from '20150830T123600Z'."
    );
}

#[test]
fn a_signature_for_another_service_or_region_does_not_help_here() {
    for (region, service) in [("eu-west-1", "cognito-idp"), ("us-east-1", "s3")] {
        let sent = Sent::signed_by(&credentials(None), region, service);
        assert!(matches!(sent.verify(&RULES), Err(SigV4Error::InvalidSignature(_))));
    }
}

#[test]
fn an_unknown_key_is_an_unrecognized_client() {
    let refused = Sent::good().replaced("Credential=AKID/", "Credential=AKIX/").verify(&RULES);
    assert_eq!(refused, Err(SigV4Error::UnrecognizedClient));
}

#[test]
fn a_session_token_must_be_the_keys_own() {
    let temporary = |token| Credentials { access_key_id: "ASIA".into(), ..credentials(token) };
    let by = |credentials: Credentials| Sent::signed_by(&credentials, "us-east-1", "cognito-idp").verify(&RULES);
    assert!(by(temporary(Some("token"))).is_ok());
    for refused in [temporary(Some("other")), temporary(None), credentials(Some("token"))] {
        assert_eq!(by(refused), Err(SigV4Error::UnrecognizedClient));
    }
}

#[test]
fn a_wrong_secret_or_a_changed_signature_reads_alike() {
    let wrong = Credentials { secret: "other".into(), ..credentials(None) };
    let wrong = Sent::signed_by(&wrong, "us-east-1", "cognito-idp").verify(&RULES);
    let changed = Sent::good().replaced("Signature=", "Signature=0").verify(&RULES);
    assert_eq!(wrong, changed);
    assert!(text(wrong).starts_with("The request signature we calculated does not match the signature you provided."));
}

#[test]
fn headers_that_steer_the_request_must_be_signed() {
    let sent = Sent::good().with("x-amz-extra", "1");
    assert_eq!(text(sent.verify(&RULES)), "'x-amz-extra' must be a 'SignedHeader' in the AWS Authorization.");
    let sent = Sent::good().replaced("SignedHeaders=host;", "SignedHeaders=");
    assert!(text(sent.verify(&RULES)).starts_with("'Host' or ':authority' must be a 'SignedHeader'"));
    for list in ["SignedHeaders=x;host;", "SignedHeaders=host;host;", "SignedHeaders=;host;"] {
        let refused = Sent::good().replaced("SignedHeaders=host;", list).verify(&RULES);
        assert!(matches!(refused, Err(SigV4Error::IncompleteSignature(_))), "{list}");
    }
}

#[test]
fn a_signed_header_that_is_gone_breaks_the_signature() {
    let mut sent = Sent::good();
    sent.headers.remove("x-amz-target");
    assert_eq!(sent.verify(&RULES), Err(SigV4Error::mismatch()));
}

#[test]
fn skew_is_told_in_awss_words() {
    let sent = Sent::good();
    let at = |now| verify(&parts(&sent.headers, ""), Payload::Bytes(b"{}"), &keys, &RULES, now);
    assert!(at(NOW + MAX_SKEW_MS).is_ok() && at(NOW - MAX_SKEW_MS).is_ok());
    assert_eq!(
        text(at(NOW + MAX_SKEW_MS + 1000)),
        "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z (20150830T125101Z - 15 min.)"
    );
    assert_eq!(
        text(at(NOW - MAX_SKEW_MS - 1000)),
        "Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z (20150830T122059Z + 15 min.)"
    );
}

#[test]
fn the_body_is_covered() {
    let sent = Sent::good();
    let refused = verify(&parts(&sent.headers, ""), Payload::Bytes(b"{ }"), &keys, &RULES, NOW);
    assert_eq!(refused, Err(SigV4Error::mismatch()));
    let refused = verify(&parts(&sent.headers, ""), Payload::Unsigned, &keys, &RULES, NOW);
    assert!(matches!(refused, Err(SigV4Error::Unsupported(_))));
}

#[test]
fn s3_compares_the_declared_hash_or_hands_it_on() {
    let sent = Sent::signed_by(&credentials(None), "us-east-1", "s3");
    let with = |payload| verify(&parts(&sent.headers, ""), payload, &keys, &S3_RULES, NOW);
    let declared = DeclaredPayload::Sha256(Payload::Bytes(b"{}").text());
    assert_eq!(with(Payload::Bytes(b"{}")).unwrap().payload, declared);
    assert_eq!(with(Payload::Unsigned).unwrap().payload, declared);
    assert_eq!(with(Payload::Bytes(b"x")), Err(SigV4Error::PayloadMismatch));
}

#[test]
fn a_chunk_signed_body_is_refused_by_name() {
    let sent = Sent::signed_by(&credentials(None), "us-east-1", "s3")
        .with("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
    assert!(matches!(sent.verify(&S3_RULES), Err(SigV4Error::Unsupported(_))));
}

#[test]
fn a_presigned_request_verifies_and_names_its_end() {
    let verified = Sent::presigned().verify(&S3_RULES).unwrap();
    assert_eq!(verified.form, Form::Query { expires_at: NOW + 60_000 });
    assert_eq!(verified.payload, DeclaredPayload::Unsigned);
}

#[test]
fn a_presigned_request_lives_between_a_second_and_a_week() {
    for expires in ["0", "604801", "-1", "1e3", "", "99999999999999999999"] {
        let mut sent = Sent::presigned();
        sent.query = sent.query.replace("X-Amz-Expires=60", &format!("X-Amz-Expires={expires}"));
        assert!(matches!(sent.verify(&S3_RULES), Err(SigV4Error::IncompleteSignature(_))), "{expires}");
    }
}

#[test]
fn a_presigned_parameter_stands_exactly_once() {
    for name in ["X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature"] {
        let mut missing = Sent::presigned();
        missing.query = missing.query.replace(name, "x");
        let mut doubled = Sent::presigned();
        doubled.query = format!("{}&{name}=1", doubled.query);
        for sent in [missing, doubled] {
            assert!(matches!(sent.verify(&S3_RULES), Err(SigV4Error::IncompleteSignature(_))), "{name}");
        }
    }
}

#[test]
fn a_longer_life_than_was_signed_is_refused() {
    let mut sent = Sent::presigned();
    sent.query = sent.query.replace("X-Amz-Expires=60", "X-Amz-Expires=600");
    assert_eq!(sent.verify(&S3_RULES), Err(SigV4Error::mismatch()));
}

#[test]
fn every_refusal_has_awss_name() {
    assert_eq!(SigV4Error::MissingAuthenticationToken.code(), "MissingAuthenticationTokenException");
    assert_eq!(SigV4Error::Expired(String::new()).code(), "InvalidSignatureException");
    assert_eq!(SigV4Error::UnrecognizedClient.code(), "UnrecognizedClientException");
}

#[test]
fn what_a_head_alone_betrays_is_refused_before_the_body_is_here() {
    let asked = |sent: &Sent, now| could_pass(&parts(&sent.headers, &sent.query), &keys, &RULES, now);
    assert_eq!(asked(&Sent::good(), NOW), Ok(()));
    assert_eq!(asked(&Sent::good().replaced("AKID", "NOBODY"), NOW), Err(SigV4Error::UnrecognizedClient));
    assert!(matches!(asked(&Sent::good(), NOW + MAX_SKEW_MS + 1), Err(SigV4Error::Expired(_))));
    assert!(matches!(
        asked(&Sent::good().replaced("us-east-1", "eu-west-1"), NOW),
        Err(SigV4Error::InvalidSignature(_))
    ));
    assert!(asked(&Sent::good().with("x-amz-date", "nonsense"), NOW).is_err());
}
