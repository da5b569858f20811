"""SECRET_HASH as the specification defines it (C.3)."""

import base64
import hashlib
import hmac


def secret_hash(username, client_id, secret):
    return base64.b64encode(hmac.new(secret.encode(), (username + client_id).encode(), hashlib.sha256).digest()).decode()
