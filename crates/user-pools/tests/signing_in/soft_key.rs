//! An authenticator in software, and the browser around it: ES256, attestation `none`.
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

/// What one authenticator holds.
pub struct SoftKey {
    key: EcdsaKeyPair,
    pub id: Vec<u8>,
    pub counter: u32,
    pub verifies: bool,
    pub origin: String,
    pub relying_party: String,
}

impl SoftKey {
    /// A fresh key at a page of that origin.
    pub fn new(id: u8, relying_party: &str, origin: &str) -> Self {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref()).unwrap();
        let (origin, relying_party) = (origin.to_owned(), relying_party.to_owned());
        Self { key, id: vec![id; 16], counter: 0, verifies: true, origin, relying_party }
    }

    /// navigator.credentials.create(): what CompleteWebAuthnRegistration carries.
    pub fn register(&self, options: &Value) -> Value {
        let client_data = self.client_data("webauthn.create", options);
        let mut cose = vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
        let public = self.key.public_key().as_ref();
        cose.extend_from_slice(&public[1..33]);
        cose.extend_from_slice(&[0x22, 0x58, 0x20]);
        cose.extend_from_slice(&public[33..65]);
        let mut data = self.authenticator_data(0x40);
        data.extend_from_slice(&[0; 16]);
        data.extend_from_slice(&u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend_from_slice(&self.id);
        data.extend_from_slice(&cose);
        let mut object = vec![0xa3];
        object.extend_from_slice(b"\x63fmt\x64none\x67attStmt\xa0\x68authData\x58");
        object.push(u8::try_from(data.len()).unwrap());
        object.extend_from_slice(&data);
        json!({
            "id": encode(&self.id), "rawId": encode(&self.id), "type": "public-key",
            "authenticatorAttachment": "platform", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": encode(client_data.as_bytes()),
                "attestationObject": encode(&object),
                "transports": ["internal"],
            },
        })
    }

    /// navigator.credentials.get(): CREDENTIAL.
    pub fn sign(&mut self, options: &Value, handle: &str) -> String {
        self.counter += 1;
        let client_data = self.client_data("webauthn.get", options);
        let data = self.authenticator_data(0);
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, client_data.as_bytes());
        let signed = [data.as_slice(), digest.as_ref()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        json!({
            "id": encode(&self.id), "rawId": encode(&self.id), "type": "public-key", "clientExtensionResults": {},
            "authenticatorAttachment": "platform",
            "response": {
                "clientDataJSON": encode(client_data.as_bytes()),
                "authenticatorData": encode(&data),
                "signature": encode(signature.as_ref()),
                "userHandle": encode(handle.as_bytes()),
            },
        })
        .to_string()
    }

    fn client_data(&self, kind: &str, options: &Value) -> String {
        json!({"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false})
            .to_string()
    }

    fn authenticator_data(&self, extra: u8) -> Vec<u8> {
        let party = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, self.relying_party.as_bytes());
        let verified = if self.verifies { 0x04 } else { 0 };
        let mut data = party.as_ref().to_vec();
        data.push(0x01 | verified | extra);
        data.extend_from_slice(&self.counter.to_be_bytes());
        data
    }
}

pub fn encode(bytes: &[u8]) -> String {
    jose::base64url_encode(bytes)
}
