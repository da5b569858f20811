"""A client's side of SRP as Cognito speaks it, quick enough for a bench: a short secret exponent, one exponentiation an answer."""

import base64
import datetime
import functools
import hashlib
import hmac
import secrets

from pycognito.aws_srp import N_HEX

N, G = int(N_HEX, 16), 2
INFO = b"Caldera Derived Key\x01"


def pad(number):
    """The number as Java's BigInteger writes it: a zero byte in front when the top bit is set."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def digest(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


K = int.from_bytes(digest(pad(N), bytes([G])), "big")


@functools.cache
def secret(pool, user, password, salt):
    """x and k * g^x, which stay the same for a user."""
    x = int.from_bytes(digest(pad(int(salt, 16)), digest(f"{pool}{user}:{password}".encode())), "big")
    return x, K * pow(G, x, N)


class Client:
    """One sign-in."""

    def __init__(self, pool_id, user, password):
        self.pool, self.user, self.password = pool_id.split("_", 1)[1], user, password
        self.a = secrets.randbits(256)
        self.big_a = pow(G, self.a, N)

    def begin(self):
        return {"USERNAME": self.user, "SRP_A": f"{self.big_a:x}"}

    def answer(self, challenge):
        """ChallengeResponses for PASSWORD_VERIFIER."""
        user, big_b = challenge["USER_ID_FOR_SRP"], int(challenge["SRP_B"], 16)
        x, blind = secret(self.pool, user, self.password, challenge["SALT"])
        u = int.from_bytes(digest(pad(self.big_a), pad(big_b)), "big")
        shared = pow(big_b - blind, self.a + u * x, N)
        key = hmac.digest(hmac.digest(pad(u), pad(shared), "sha256"), INFO, "sha256")[:16]
        now = datetime.datetime.now(datetime.UTC)
        stamp = now.strftime("%a %b {} %H:%M:%S UTC %Y").format(now.day)
        message = (self.pool + user).encode() + base64.b64decode(challenge["SECRET_BLOCK"]) + stamp.encode()
        return {
            "USERNAME": user,
            "TIMESTAMP": stamp,
            "PASSWORD_CLAIM_SECRET_BLOCK": challenge["SECRET_BLOCK"],
            "PASSWORD_CLAIM_SIGNATURE": base64.b64encode(hmac.digest(key, message, "sha256")).decode(),
        }
