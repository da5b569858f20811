"""An authenticator in software, and the browser around it: ES256, attestation `none`."""

import base64
import hashlib
import json

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class SoftKey:
    def __init__(self, name, relying_party, origin):
        self.key, self.id = ec.generate_private_key(ec.SECP256R1()), hashlib.sha256(name.encode()).digest()
        self.party, self.origin, self.counter = relying_party, origin, 0

    def _client_data(self, kind, options):
        return json.dumps({"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}).encode()

    def _data(self, flags):
        return hashlib.sha256(self.party.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _document(self, response):
        return {"id": encode(self.id), "rawId": encode(self.id), "type": "public-key", "authenticatorAttachment": "platform", "clientExtensionResults": {}, "response": response}

    def register(self, options):
        """navigator.credentials.create(options)"""
        point = self.key.public_key().public_numbers()
        cose = bytes.fromhex("a5010203262001215820") + point.x.to_bytes(32, "big") + bytes.fromhex("225820") + point.y.to_bytes(32, "big")
        data = self._data(0x45) + bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cose
        attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58" + bytes([len(data)]) + data
        client_data = self._client_data("webauthn.create", options)
        return self._document({"clientDataJSON": encode(client_data), "attestationObject": encode(attestation), "transports": ["internal"]})

    def sign(self, options):
        """navigator.credentials.get(options), as the JSON text that CREDENTIAL carries."""
        self.counter += 1
        client_data, data = self._client_data("webauthn.get", options), self._data(0x05)
        signature = self.key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(hashes.SHA256()))
        return json.dumps(self._document({"clientDataJSON": encode(client_data), "authenticatorData": encode(data), "signature": encode(signature)}))
