"""Acceptance 8: `kill -9` in the middle of sign-ups, password changes and uploads. What was acknowledged is there after the restart, what was used once
stays used, and the data folder holds no secret in plain text."""

import os
import pathlib
import random
import re
import shutil
import subprocess
import tempfile
import threading
import time

import pytest
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from requests.exceptions import RequestException

import upload
from lab import Pool, Server, unique
from web import Pkce, fetch_code, oauth_client, redeem

KILLS = int(os.environ.get("COGNATE_KILLS", "30"))
LOST = (BotoCoreError, HTTPClientError, RequestException, ConnectionError)


class Ledger:
    """What the clients were told, and what they had asked for when the server died."""

    def __init__(self):
        self.confirmed = {}  # user -> code that was redeemed
        self.signed_up = set()
        self.password = {}  # user -> last acknowledged
        self.asked = {}  # user -> all that was asked for since and not acknowledged: any of them may hold
        self.spent = []  # refresh tokens rotated away
        self.live = {}  # client -> newest refresh token of a chain whose last step was acknowledged
        self.uploads = {}  # key -> content
        self.canaries = set()  # secrets that must not lie in the folder in plain text
        self.acts = 0


class Signer(threading.Thread):
    """Writes without pause until it is stopped; a lost connection is a kill, not a fault."""

    def __init__(self, act):
        super().__init__(daemon=True)
        self.act, self.halt, self.fault, self.cut = act, threading.Event(), None, False

    def run(self):
        while not self.halt.is_set():
            try:
                self.act()
            except LOST:
                self.cut = True
                time.sleep(0.01)
            except ClientError as error:
                # A server that is going down may say 5xx; anything else is a fault.
                if error.response["ResponseMetadata"]["HTTPStatusCode"] < 500:
                    self.fault = error
                    return
            except Exception as error:  # noqa: BLE001 - reported by the test
                self.fault = error
                return


class Writers:
    def __init__(self, server, pool, ledger):
        self.server, self.pool, self.idp, self.ledger = server, pool, server.idp, ledger
        self.rotating = pool.add_client(ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"], RefreshTokenRotation={"Feature": "ENABLED", "RetryGracePeriodSeconds": 0})["ClientId"]
        self.changers = [pool.user() for _ in range(2)]
        for name in self.changers:
            ledger.password[name] = "Passw0rd!correct"
        self.chain = pool.tokens(pool.user(), client_id=self.rotating)["RefreshToken"]
        self.token = upload.sign_in(server)

    def sign_up(self):
        name, password = unique("kill"), f"Aa1!{random.getrandbits(80):x}"
        email = f"{name}@example.com"
        self.ledger.canaries.add(password)
        self.idp.sign_up(ClientId=self.pool.client_id, Username=name, Password=password, UserAttributes=[{"Name": "email", "Value": email}])
        self.ledger.signed_up.add(name)
        self.ledger.password[name] = password
        mails = self.server.mails(email)
        if not mails:  # the mailbox is memory: the server was killed in between
            return
        code = mails[0]["code"]
        self.idp.confirm_sign_up(ClientId=self.pool.client_id, Username=name, ConfirmationCode=code)
        self.ledger.confirmed[name] = code
        self.ledger.acts += 1

    def change_password(self, name):
        new = f"Bb2!{random.getrandbits(80):x}"
        self.ledger.canaries.add(new)
        # A dying server may keep what it never answered; the next try must not hide that one.
        self.ledger.asked.setdefault(name, []).append(new)
        self.idp.admin_set_user_password(UserPoolId=self.pool.id, Username=name, Password=new, Permanent=True)
        self.ledger.password[name] = new
        del self.ledger.asked[name]
        self.ledger.acts += 1

    def rotate(self):
        if self.chain is None:
            self.chain = self.pool.tokens(self.changers[0], self.ledger.password[self.changers[0]], client_id=self.rotating)["RefreshToken"]
        old, self.chain = self.chain, None
        self.ledger.canaries.add(old)
        new = self.idp.get_tokens_from_refresh_token(RefreshToken=old, ClientId=self.rotating)["AuthenticationResult"]["RefreshToken"]
        self.ledger.spent.append(old)
        self.chain = new
        self.ledger.acts += 1

    def put(self):
        content = os.urandom(random.choice([1_000, 70_000, 400_000]))
        given = upload.ticket(self.server, self.token, "k.bin", content)
        answer = upload.put(self.server, given, content)
        assert answer.status_code == 200, answer.text
        self.ledger.uploads[given["key"]] = content
        self.ledger.acts += 1

    def threads(self):
        acts = [self.sign_up, self.sign_up, *(lambda name=name: self.change_password(name) for name in self.changers), self.put]
        return [Signer(act) for act in acts]


def check(server, pool, ledger, seen):
    """The restarted server against the ledger; only what came since the last check, and everything at the end."""
    for name in [name for name in list(ledger.signed_up) if name not in seen]:
        about = pool.about(name)
        if name in ledger.confirmed:
            assert about["UserStatus"] == "CONFIRMED", f"{name}: an acknowledged confirmation is lost"
            with pytest.raises(ClientError) as caught:
                pool.idp.confirm_sign_up(ClientId=pool.client_id, Username=name, ConfirmationCode=ledger.confirmed[name])
            assert caught.value.response["Error"]["Code"] == "NotAuthorizedException"
        seen.add(name)
    for key in [key for key in list(ledger.uploads) if key not in seen]:
        shown = upload.about(server, upload.sign_in(server), key)
        assert shown["metadata"]["status"] == "complete", f"{key}: an acknowledged upload is lost"
        assert upload.download(server, shown).content == ledger.uploads[key], f"{key}: other bytes than uploaded"
        seen.add(key)


def passwords_hold(pool, ledger, names):
    for name in names:
        tried = [ledger.password[name], *ledger.asked.get(name, [])]
        for password in tried:
            try:
                pool.sign_in(name, password)
                ledger.password[name] = password
                ledger.asked.pop(name, None)
                break
            except ClientError as error:
                said = error
        else:
            raise AssertionError(f"{name}: neither the acknowledged password nor one asked for since signs in: {said}")


@pytest.fixture(scope="module")
def story():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="cg"))
    server = Server(folder).start()
    yield server
    server.kill()
    shutil.rmtree(folder, ignore_errors=True)


def test_nothing_acknowledged_is_lost_and_nothing_works_twice(story):
    server, ledger, seen = story, Ledger(), set()
    pool = Pool(server)
    server.idp.create_user_pool_domain(Domain=unique("kill"), UserPoolId=pool.id, ManagedLoginVersion=2)
    web = oauth_client(pool)["ClientId"]
    writers = Writers(server, pool, ledger)
    ledger.canaries |= {server.values["demoUser"]["password"], server.values["demoAdmin"]["password"], writers.token}
    spent_codes, cut = [], 0
    rng = random.Random(8)
    for kill in range(KILLS):
        # A code redeemed before the kill must not work after it.
        pkce, name = Pkce(), writers.changers[0]
        code = fetch_code(server.base, web, name, ledger.password[name], pkce)
        answer = redeem(server.base, web, code, pkce)
        assert answer.status_code == 200, answer.text
        spent_codes.append((code, pkce))
        ledger.canaries |= {code, answer.json()["refresh_token"]}
        for _ in range(2):
            writers.rotate()
        threads = writers.threads()
        for thread in threads:
            thread.start()
        time.sleep(0.05 + 0.5 * (kill / KILLS) + rng.random() * 0.1)  # spread over the time of a write and more
        server.kill()
        for thread in threads:
            thread.halt.set()
        for thread in threads:
            thread.join(30)
            assert not thread.is_alive() and thread.fault is None, thread.fault
            cut += thread.cut
        server.start()
        check(server, pool, ledger, seen)
        passwords_hold(pool, ledger, writers.changers)
        code, pkce = spent_codes[-1]
        again = redeem(server.base, web, code, pkce)
        assert (again.status_code, again.json()["error"]) == (400, "invalid_grant"), "a code worked twice"
        with pytest.raises(ClientError):
            server.idp.get_tokens_from_refresh_token(RefreshToken=ledger.spent[-1], ClientId=writers.rotating)
        writers.chain = None  # reuse has ended the family
    for token in ledger.spent:
        with pytest.raises(ClientError):
            server.idp.get_tokens_from_refresh_token(RefreshToken=token, ClientId=writers.rotating)
    passwords_hold(pool, ledger, rng.sample(sorted(ledger.confirmed), min(10, len(ledger.confirmed))))
    assert cut > KILLS, "the kills hardly met a request on its way"
    assert ledger.acts > KILLS, "hardly anything was written: the kills proved nothing"
    leftovers = [path for path in (server.data / "objects").rglob("*") if path.is_file() and path.stat().st_size == 0]
    assert leftovers == []
    print(f"\n{KILLS} kills cut {cut} requests off; {len(ledger.signed_up)} sign-ups, {len(ledger.confirmed)} confirmations, {len(ledger.uploads)} uploads, {len(ledger.spent)} rotations acknowledged, none lost")
    server.ledger = ledger
    assert server.stop() == 0


def test_the_folder_holds_no_plaintext_secret(story):
    ledger = getattr(story, "ledger", None)
    assert ledger, "the story before must have passed"
    secrets = {value.encode() for value in ledger.canaries if len(value) >= 8}
    secrets |= {token.rsplit(".", 1)[-1].encode() for token in ledger.spent}
    assert len(secrets) > 20
    searched = 0
    for path in story.data.rglob("*"):
        if not path.is_file() or path.name == "demo.json" or "objects" in path.relative_to(story.data).parts:
            continue
        content = path.read_bytes()
        searched += len(content)
        for secret in secrets:
            assert secret not in content, f"{path.name} holds {secret[:12]!r}…"
    assert searched > 100_000
    said = b"".join(path.read_bytes() for path in story.folder.glob("out-*.log"))
    printed = {story.values[user]["password"].encode() for user in ("demoUser", "demoAdmin")}  # the block prints these, and only these
    for secret in secrets - printed:
        assert secret not in said, f"the log holds {secret[:12]!r}…"


def test_a_flush_stands_between_receipt_and_success(fresh, not_run):
    """strace sees the request read, then fsync or fdatasync return, then the answer written."""
    if not shutil.which("strace"):
        not_run("strace is not installed")
    server = fresh("--no-demo")
    pool = Pool(server)
    name = pool.user()
    log = server.folder / "strace.log"
    calls = "trace=fsync,fdatasync,read,recvfrom,readv,write,writev,sendto,sendmsg"
    tracer = subprocess.Popen(["strace", "-f", "-ttt", "-s", "4000", "-e", calls, "-o", str(log), "-p", str(server.process.pid)], stderr=subprocess.PIPE, text=True)
    line = tracer.stderr.readline()
    if "attached" not in line:
        tracer.kill()
        not_run(f"strace may not attach here: {line.strip()}")
    try:
        marker = unique("flush")
        server.idp.admin_update_user_attributes(UserPoolId=pool.id, Username=name, UserAttributes=[{"Name": "nickname", "Value": marker}])
        time.sleep(0.3)
    finally:
        tracer.terminate()
        tracer.wait(10)
    lines = log.read_text(errors="replace").splitlines()
    received = next(n for n, line in enumerate(lines) if marker in line and re.search(r"\b(read|recvfrom|readv)(\(| resumed)", line))
    answered = next(n for n, line in enumerate(lines) if n > received and "HTTP/1.1 200 OK" in line and re.search(r"\b(write|writev|sendto|sendmsg)\(", line))
    flushes = [n for n, line in enumerate(lines) if received < n < answered and re.search(r"f(data)?sync(\(\d+\)|.*resumed.*)\s*= 0", line)]
    assert flushes, "\n".join(lines[received : answered + 1][:80])
