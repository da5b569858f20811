//! Project Wycheproof's vectors for RSA PKCS#1 v1.5: forged paddings, wrong hashes, edge numbers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "the helpers of a test may fail it")]
use jose::{Algorithm, Jwk, VerifyingKey, base64url_encode};
use wycheproof::TestResult;
use wycheproof::rsa_pkcs1_verify::{TestGroup, TestName, TestSet};

const SETS: [(TestName, Algorithm); 11] = [
    (TestName::Rsa2048Sha256, Algorithm::Rs256),
    (TestName::Rsa3072Sha256, Algorithm::Rs256),
    (TestName::Rsa4096Sha256, Algorithm::Rs256),
    (TestName::Rsa8192Sha256, Algorithm::Rs256),
    (TestName::Rsa2048Sha384, Algorithm::Rs384),
    (TestName::Rsa3072Sha384, Algorithm::Rs384),
    (TestName::Rsa4096Sha384, Algorithm::Rs384),
    (TestName::Rsa2048Sha512, Algorithm::Rs512),
    (TestName::Rsa3072Sha512, Algorithm::Rs512),
    (TestName::Rsa4096Sha512, Algorithm::Rs512),
    (TestName::Rsa8192Sha512, Algorithm::Rs512),
];

fn verifying_key(group: &TestGroup) -> VerifyingKey {
    let jwk = Jwk {
        alg: None,
        e: base64url_encode(group.key.e.as_slice()),
        kid: "wycheproof".to_owned(),
        kty: "RSA".to_owned(),
        n: base64url_encode(group.key.n.as_slice()),
        usage: None,
    };
    VerifyingKey::from_jwk(&jwk).unwrap()
}

#[test]
fn every_vector_is_judged_as_wycheproof_judges_it() {
    let (mut accepted, mut refused) = (0, 0);
    for (name, algorithm) in SETS {
        for group in TestSet::load(name).unwrap().test_groups {
            let key = verifying_key(&group);
            for test in group.tests {
                let verified = key.verify(algorithm, &test.msg, &test.sig).is_ok();
                match test.result {
                    TestResult::Valid => assert!(verified, "{name:?} {}: {}", test.tc_id, test.comment),
                    // "Acceptable" is a padding without the NULL that old signers forgot; nothing here needs it.
                    TestResult::Invalid | TestResult::Acceptable => {
                        assert!(!verified, "{name:?} {}: {}", test.tc_id, test.comment);
                    }
                }
                if verified { accepted += 1 } else { refused += 1 }
            }
        }
    }
    assert!(accepted > 50 && refused > 1_000, "{accepted} accepted, {refused} refused: are the vectors there?");
}
