"""Who exists, by the clock: tries at known and unknown names in one shuffled row, each on one connection, one after the other.

Counted is the probability that a try at an unknown name takes longer than one at a known name. One half is what tells nothing; a thousand tries of each
kind place it within 0.013 either way. Bodies are compared too: same status, same length, same headers, in their order."""

import contextlib
import http.client
import json
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import srp
from peers import WORK, Process, cognate, free_port
from scene import PASSWORD, client

LOW, HIGH = 0.45, 0.55
WARM = 40


class Crowd:
    """Users of a pool whose client hides who exists, half of them as unconfirmed as they signed up, and as many names that nobody has."""

    def __init__(self, port, users):
        self.idp = client("cognito-idp", port)
        pool = self.idp.create_user_pool(PoolName="crowd", UsernameAttributes=["email"], AutoVerifiedAttributes=["email"])["UserPool"]
        self.pool = pool["Id"]
        flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"]
        made = self.idp.create_user_pool_client(UserPoolId=self.pool, ClientName="app", ExplicitAuthFlows=flows, PreventUserExistenceErrors="ENABLED")
        self.client = made["UserPoolClient"]["ClientId"]
        names = [f"{kind}{number:04}@example.com" for kind in ("known", "fresh", "nobod", "none_") for number in range(users)]
        self.known, self.fresh, self.nobody, self.none = (names[at * users : (at + 1) * users] for at in range(4))
        with ThreadPoolExecutor(4) as many:
            list(many.map(self.sign_up, self.known + self.fresh))
            list(many.map(self.confirm, self.known))

    def sign_up(self, name):
        self.idp.sign_up(ClientId=self.client, Username=name, Password=PASSWORD)

    def confirm(self, name):
        self.idp.admin_confirm_sign_up(UserPoolId=self.pool, Username=name)
        verified = [{"Name": "email_verified", "Value": "true"}]
        self.idp.admin_update_user_attributes(UserPoolId=self.pool, Username=name, UserAttributes=verified)

    def cases(self):
        """Title, operation, known and unknown names, and the body for a name."""
        auth = {"ClientId": self.client}

        def password(name):
            return auth | {"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": {"USERNAME": name, "PASSWORD": "Wrong-Passw0rd"}}

        def begin(name):
            return auth | {"AuthFlow": "USER_SRP_AUTH", "AuthParameters": srp.Client(self.pool, name, PASSWORD).begin()}

        def plain(name):
            return auth | {"Username": name}

        return [
            ("sign-in, wrong password", "InitiateAuth", self.known, self.nobody, password),
            ("SRP start", "InitiateAuth", self.known, self.nobody, begin),
            ("ForgotPassword", "ForgotPassword", self.known, self.nobody, plain),
            ("ResendConfirmationCode", "ResendConfirmationCode", self.fresh, self.none, plain),
        ]


def ask(connection, operation, body):
    """Nanoseconds, status and headers, length."""
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}"}
    begun = time.perf_counter_ns()
    connection.request("POST", "/", body, headers)
    answer = connection.getresponse()
    text = answer.read()
    taken = time.perf_counter_ns() - begun
    return taken, (answer.status, tuple(name.lower() for name, _ in answer.getheaders())), len(text)


def slower(unknown, known):
    """The probability that one of the first takes longer than one of the second, ties counted half (Mann and Whitney's U)."""
    ranked = sorted([(value, 0) for value in known] + [(value, 1) for value in unknown])
    below = won = 0
    for value, kind in ranked:
        if kind:
            won += below
        else:
            below += 1
    return won / (len(known) * len(unknown))


def measure(port, case, tries, rng):
    title, operation, known, unknown, body = case
    half = tries // 2
    row = [(False, known[at % len(known)]) for at in range(half)] + [(True, unknown[at % len(unknown)]) for at in range(half)]
    rng.shuffle(row)
    # Bodies first: making SRP_A costs the client more than answering it costs the server.
    row = [(kind, json.dumps(body(name)).encode()) for kind, name in row]
    times, seen, lengths = ([], []), set(), (Counter(), Counter())
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for number, (kind, text) in enumerate(row):
        taken, shape, length = ask(connection, operation, text)
        seen.add(shape)
        lengths[kind][length] += 1
        if number >= WARM:
            times[kind].append(taken)
    connection.close()
    usual = [kind.most_common(1)[0][0] for kind in lengths]
    # Numbers in hex without leading zeros are a digit shorter now and then, at either kind of name.
    odd = title != "SRP start" and max(len(kind) for kind in lengths) > 1
    if len(seen) != 1 or usual[0] != usual[1] or odd:
        sys.exit(f"{title}: answers at known and unknown names can be told apart: {seen}, {lengths}")
    middle = [sorted(kind)[len(kind) // 2] / 1e6 for kind in times]
    found = {"p": slower(times[1], times[0]), "known_ms": middle[0], "unknown_ms": middle[1], "tries": tries, "status": seen.pop()[0]}
    print(f"  {title:38} unknown slower with p = {found['p']:.3f}  ({middle[0]:.2f} / {middle[1]:.2f} ms)", flush=True)
    return found


def timing(results, users, tries):
    folder = WORK / "timing"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with contextlib.ExitStack() as stack:
        sink = free_port()
        # A process of its own: mail that arrives must not disturb the clock.
        mail = [sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{sink}", "-c", "aiosmtpd.handlers.Sink"]
        relay = subprocess.Popen(mail, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        stack.callback(relay.wait)
        stack.callback(relay.terminate)
        here: Process = stack.enter_context(cognate(free_port(), folder, smtp=sink))
        print(f"signing {2 * users} users up", flush=True)
        crowd, rng = Crowd(here.port, users), random.Random(7)
        time.sleep(2)  # the mail of the sign-ups leaves first
        results["timing"] = {case[0]: measure(here.port, case, tries, rng) for case in crowd.cases()}


def told(results):
    """The operations by which somebody could tell who exists."""
    return [title for title, found in results.get("timing", {}).items() if not LOW <= found["p"] <= HIGH]
