"""The cases. Each gives one number a round: CPU microseconds of the server's processes per answer, with what came beside it."""

import json
import pathlib
import shutil
import subprocess

import srp
from peers import WORK, load
from scene import PASSWORD, VALID

OPEN = 256  # answers before each measurement: connections open, pools full


class Target:
    """A server under load: its process, address and Host header."""

    def __init__(self, name, process, port, host="bench.example.com"):
        self.name, self.process, self.port, self.host = name, process, port, host

    def http(self, *arguments):
        return load("http", "--to", f"127.0.0.1:{self.port}", "--pid", self.process.pid, "--host", self.host, *arguments)


class GatewayCase:
    """64 keep-alive connections. `kind` is the file of tokens; `once`: no token twice."""

    def __init__(self, title, route, kind=None, take=None, warm=OPEN, expect=200, once=False):
        self.title, self.route, self.kind, self.take, self.warm, self.expect, self.once = title, route, kind, take, warm, expect, once

    def run(self, target, settings, number):
        arguments = ["--path", f"/{self.route}", "--expect", self.expect, "--warm", self.warm]
        if self.kind:
            arguments += ["--tokens", settings.tokens / f"{self.kind}.txt"]
        if self.once:
            arguments += ["--skip", number * settings.fresh, "--take", settings.fresh, "--requests", settings.fresh - self.warm]
        elif self.take:
            arguments += ["--take", self.take]
        return target.http(*arguments, "--seconds", settings.seconds)


GATEWAY = [
    GatewayCase("plain proxy, no authorisation", "open"),
    GatewayCase("the same valid token", "foreign", "valid", take=1),
    GatewayCase("10,000 valid tokens in rotation", "foreign", "valid", take=VALID, warm=VALID),
    GatewayCase("first sight: each token once", "foreign", "fresh", once=True),
    GatewayCase("bad signature (401)", "foreign", "bad", expect=401),
    GatewayCase("garbage (401)", "foreign", "garbage", expect=401),
]
PLAIN, SAME, ROTATION, FIRST, BAD, GARBAGE = (case.title for case in GATEWAY)


class JsonCase:
    """Operations of cognito-idp, unsigned as an app sends them."""

    def __init__(self, operation, lines, containing, connections=8):
        self.operation, self.lines, self.containing, self.connections = operation, lines, containing, connections

    def arguments(self):
        headers = ["--header", "Content-Type: application/x-amz-json-1.1", "--header", f"X-Amz-Target: AWSCognitoIdentityProviderService.{self.operation}"]
        return ["--method", "POST", *headers, "--bodies", self.lines, "--containing", self.containing, "--connections", self.connections]

    def run(self, target, settings, _number):
        return target.http(*self.arguments(), "--warm", self.connections, "--seconds", settings.seconds)


class MachineCase:
    """client_credentials at the token endpoint."""

    def __init__(self, pool):
        self.pool = pool

    def run(self, target, settings, _number):
        headers = ["--header", "Content-Type: application/x-www-form-urlencoded", "--header", f"Authorization: Basic {self.pool.machine}"]
        lines = self.pool.file("machine", ["grant_type=client_credentials&scope=bench%2Fread"])
        return target.http(
            *("--method", "POST", "--path", "/oauth2/token", *headers, "--bodies", lines, "--containing", "access_token"),
            *("--connections", 8, "--warm", 8, "--seconds", settings.seconds),
        )


class SrpCase:
    """Whole SRP sign-ins, in two waves: all first steps under load, then this process does the clients' arithmetic, then all second steps
    under load. Only the server's CPU counts; sign-ins one by one would measure how a server wakes up."""

    def __init__(self, pool):
        self.pool = pool

    def run(self, target, settings, _number):
        clients = [srp.Client(self.pool.id, user, PASSWORD) for user in self.pool.users for _ in range(settings.srp)]
        begun, answers = self.wave(target, "InitiateAuth", [self.pool.initiate("USER_SRP_AUTH", **client.begin()) for client in clients], "SRP_B")
        bodies = [self.respond(client, answer) for client, answer in zip(clients, answers, strict=True)]
        ended, _ = self.wave(target, "RespondToAuthChallenge", bodies, "IdToken")
        fields = ("cpu_us", "p50_us", "p99_us")
        return {"responses": len(clients)} | {field: begun[field] + ended[field] for field in fields}

    def wave(self, target, operation, bodies, containing):
        lines, saved = self.pool.file("srp", bodies), WORK / "srp-answers.txt"
        case = JsonCase(operation, lines, containing)
        seen = target.http(*case.arguments(), "--requests", len(bodies), "--save", saved)
        return seen, [json.loads(line) for line in saved.read_text().splitlines()]

    def respond(self, client, answer):
        responses = client.answer(answer["ChallengeParameters"])
        session = {"Session": answer["Session"]} if "Session" in answer else {}
        return {"ChallengeName": answer["ChallengeName"], "ClientId": self.pool.client_id, "ChallengeResponses": responses} | session


def versions(binary):
    """What was measured."""
    first = lambda *command: subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()[:1]
    cpu = [line.split(":", 1)[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "cognate": "".join(first(binary, "--version")),
        "commit": "".join(first("git", "rev-parse", "--short", "HEAD")),
        "haproxy": "".join(first("haproxy", "-v")).split(" - ")[0] if shutil.which("haproxy") else "no HAProxy",
        "kernel": "".join(first("uname", "-r")),
        "cpu": f"{len(cpu)} x {cpu[0]}" if cpu else "unknown",
    }
