//! Signatures that AWS publishes: the SigV4 test suite (service `service`) and the worked examples of the S3 documentation.
#![allow(clippy::unwrap_used)]
use http::{HeaderMap, HeaderName, HeaderValue};
use sigv4::{Credentials, Payload, RequestParts, Signer, Style};

/// 2015-08-30T12:36:00Z.
const SUITE_TIME: i64 = 1_440_938_160_000;
/// 2013-05-24T00:00:00Z.
const S3_TIME: i64 = 1_369_353_600_000;

fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in lines {
        map.append(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    map
}

/// The `Signature=` the suite's key gives.
fn suite(method: &str, path: &str, query: &str, lines: &[(&'static str, &'static str)], body: &str) -> String {
    let credentials = Credentials {
        access_key_id: "AKIDEXAMPLE".into(),
        secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".into(),
        session_token: None,
    };
    let signer = Signer { credentials: &credentials, region: "us-east-1", service: "service", style: Style::Standard };
    let headers = headers(&[&[("host", "example.amazonaws.com")], lines].concat());
    let request = RequestParts { method, path, query, headers: &headers, authority: None };
    let added = signer.sign(SUITE_TIME, &request, Payload::Bytes(body.as_bytes())).unwrap();
    added["authorization"].to_str().unwrap().rsplit_once("Signature=").unwrap().1.to_owned()
}

#[test]
fn the_suite_agrees_about_plain_requests() {
    let vanilla = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
    for path in ["/", "//", "/./", "/example/.."] {
        assert_eq!(suite("GET", path, "", &[], ""), vanilla, "{path}");
    }
    assert_eq!(suite("POST", "/", "", &[], ""), "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
}

#[test]
fn the_suite_agrees_about_paths() {
    assert_eq!(suite("GET", "/ሴ", "", &[], ""), "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85");
    assert_eq!(
        suite("GET", "/example space/", "", &[], ""),
        "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"
    );
}

#[test]
fn the_suite_agrees_about_queries() {
    assert_eq!(
        suite("GET", "/", "Param2=value2&Param1=value1", &[], ""),
        "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"
    );
}

#[test]
fn the_suite_agrees_about_bodies() {
    assert_eq!(
        suite("POST", "/", "", &[("content-type", "application/x-www-form-urlencoded")], "Param1=value1"),
        "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"
    );
}

fn s3_credentials() -> Credentials {
    Credentials {
        access_key_id: "AKIAIOSFODNN7EXAMPLE".into(),
        secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".into(),
        session_token: None,
    }
}

fn s3(method: &str, path: &str, query: &str, lines: &[(&'static str, &'static str)], body: &str) -> String {
    let credentials = s3_credentials();
    let signer = Signer { credentials: &credentials, region: "us-east-1", service: "s3", style: Style::S3 };
    let headers = headers(&[&[("host", "examplebucket.s3.amazonaws.com")], lines].concat());
    let request = RequestParts { method, path, query, headers: &headers, authority: None };
    let added = signer.sign(S3_TIME, &request, Payload::Bytes(body.as_bytes())).unwrap();
    added["authorization"].to_str().unwrap().rsplit_once("Signature=").unwrap().1.to_owned()
}

#[test]
fn the_s3_examples_agree() {
    assert_eq!(
        s3("GET", "/test.txt", "", &[("range", "bytes=0-9")], ""),
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    );
    assert_eq!(
        s3("GET", "/", "lifecycle", &[], ""),
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
    );
    assert_eq!(
        s3("GET", "/", "max-keys=2&prefix=J", &[], ""),
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
    );
    let put = [("date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")];
    assert_eq!(
        s3("PUT", "/test$file.text", "", &put, "Welcome to Amazon S3."),
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
    );
}

#[test]
fn the_s3_presigned_example_agrees() {
    let credentials = s3_credentials();
    let signer = Signer { credentials: &credentials, region: "us-east-1", service: "s3", style: Style::S3 };
    let headers = headers(&[("host", "examplebucket.s3.amazonaws.com")]);
    let request = RequestParts { method: "GET", path: "/test.txt", query: "", headers: &headers, authority: None };
    let query = signer.presign(S3_TIME, &request, Payload::Unsigned, 86_400).unwrap();
    assert_eq!(
        query,
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request\
         &X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
         &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    );
}
