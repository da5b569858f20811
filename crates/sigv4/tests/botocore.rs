//! Requests that botocore signed (see `fixtures/make_botocore.py`) verify here, and we sign them exactly as botocore did.
#![allow(clippy::unwrap_used, clippy::expect_used)]
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use sigv4::{Credentials, Form, Payload, RequestParts, Rules, SecretKey, SigV4Error, Signer, Style, verify};

/// 2026-11-25T02:03:04Z.
const NOW: i64 = 1_795_572_184_000;

#[derive(Deserialize)]
struct Fixture {
    now: String,
    region: String,
    access_key_id: String,
    secret: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    style: String,
    service: String,
    expires: Option<u32>,
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: String,
    token: Option<String>,
}

impl Case {
    fn style(&self) -> Style {
        if self.style == "s3" { Style::S3 } else { Style::Standard }
    }

    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            headers.append(HeaderName::try_from(name).unwrap(), HeaderValue::try_from(value).unwrap());
        }
        headers
    }

    fn parts<'a>(&'a self, headers: &'a HeaderMap) -> RequestParts<'a> {
        RequestParts { method: &self.method, path: &self.path, query: &self.query, headers, authority: None }
    }
}

fn fixture() -> Fixture {
    serde_json::from_str(include_str!("fixtures/botocore.json")).unwrap()
}

fn check(fixture: &Fixture, case: &Case, parts: &RequestParts<'_>, now: i64) -> Result<sigv4::Verified, SigV4Error> {
    let keys = |id: &str| {
        (id == fixture.access_key_id).then(|| SecretKey {
            secret: fixture.secret.clone(),
            account: "000000000000".into(),
            session_token: case.token.clone(),
        })
    };
    let rules = Rules { style: case.style(), services: &[&case.service], region: Some(&fixture.region) };
    verify(parts, Payload::Bytes(case.body.as_bytes()), &keys, &rules, now)
}

#[test]
fn what_botocore_signed_verifies() {
    let fixture = fixture();
    assert_eq!(fixture.now, "20261125T020304Z");
    for case in &fixture.cases {
        let headers = case.headers();
        let verified = check(&fixture, case, &case.parts(&headers), NOW).map_err(|error| (&case.name, error)).unwrap();
        let form = case.expires.map_or(Form::Header, |s| Form::Query { expires_at: NOW + i64::from(s) * 1000 });
        assert_eq!((verified.form, verified.signed_at), (form, NOW), "{}", case.name);
    }
}

#[test]
fn we_sign_as_botocore_does() {
    let fixture = fixture();
    for case in &fixture.cases {
        let credentials = Credentials {
            access_key_id: fixture.access_key_id.clone(),
            secret: fixture.secret.clone(),
            session_token: case.token.clone(),
        };
        let signer =
            Signer { credentials: &credentials, region: &fixture.region, service: &case.service, style: case.style() };
        let sent = case.headers();
        let mut unsigned = sent.clone();
        for name in ["authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"] {
            unsigned.remove(name);
        }
        let query = without_signature(&case.query);
        let parts = RequestParts { query: &query, ..case.parts(&unsigned) };
        let payload = Payload::Bytes(case.body.as_bytes());
        if let Some(seconds) = case.expires {
            let ours = signer.presign(NOW, &parts, payload, seconds).unwrap();
            assert_eq!(signature_of(&ours), signature_of(&case.query), "{}", case.name);
        } else {
            let added = signer.sign(NOW, &parts, payload).unwrap();
            assert_eq!(added["authorization"], sent["authorization"], "{}", case.name);
        }
    }
}

fn without_signature(query: &str) -> String {
    query.split('&').filter(|pair| !pair.starts_with("X-Amz-")).collect::<Vec<_>>().join("&")
}

fn signature_of(query: &str) -> &str {
    query.rsplit_once("X-Amz-Signature=").unwrap().1
}

#[test]
fn any_changed_part_is_refused() {
    let fixture = fixture();
    for case in &fixture.cases {
        let headers = case.headers();
        let parts = case.parts(&headers);
        let path = format!("{}x", case.path);
        let query = format!("{}&extra=1", case.query);
        let mut other_host = headers.clone();
        other_host.insert("host", HeaderValue::from_static("evil.example"));
        let changed = [
            RequestParts { method: "PATCH", ..parts },
            RequestParts { path: &path, ..parts },
            RequestParts { query: &query, ..parts },
            RequestParts { headers: &other_host, ..parts },
        ];
        for parts in changed {
            let refused = check(&fixture, case, &parts, NOW);
            assert!(matches!(refused, Err(SigV4Error::InvalidSignature(_))), "{} {parts:?}", case.name);
        }
    }
}

#[test]
fn every_signature_ends() {
    let fixture = fixture();
    for case in &fixture.cases {
        let headers = case.headers();
        let life = case.expires.map_or(sigv4::MAX_SKEW_MS + 1, |seconds| i64::from(seconds) * 1000);
        let late = check(&fixture, case, &case.parts(&headers), NOW + life);
        assert!(matches!(late, Err(SigV4Error::Expired(_))), "{}", case.name);
        assert!(check(&fixture, case, &case.parts(&headers), NOW + life - 1).is_ok(), "{}", case.name);
        let early = check(&fixture, case, &case.parts(&headers), NOW - sigv4::MAX_SKEW_MS - 1);
        assert!(matches!(early, Err(SigV4Error::NotYetCurrent(_))), "{}", case.name);
    }
}
