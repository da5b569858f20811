"""The cases. Each gives one number a round: CPU microseconds of the server's processes per answer, with what came beside it."""

import pathlib
import subprocess
import time
import warnings

import boto3
import botocore
import botocore.config

from peers import load
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

    def run(self, target, settings, _number):
        headers = ["--header", "Content-Type: application/x-amz-json-1.1", "--header", f"X-Amz-Target: AWSCognitoIdentityProviderService.{self.operation}"]
        return target.http(
            *("--method", "POST", "--path", "/", *headers, "--bodies", self.lines, "--containing", self.containing),
            *("--connections", self.connections, "--warm", self.connections, "--seconds", settings.seconds),
        )


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
    """Whole SRP sign-ins, one after the other, by pycognito: its arithmetic is in this process, only the server's CPU counts."""

    def __init__(self, pool):
        self.pool = pool
        config = botocore.config.Config(signature_version=botocore.UNSIGNED, retries={"total_max_attempts": 1})
        self.idp = boto3.client("cognito-idp", endpoint_url=f"http://localhost:{pool.port}", region_name="us-east-1", config=config)

    def run(self, target, settings, number):
        self.sign_in(0)
        before, took = ticks(target.process.pid), []
        for turn in range(settings.srp):
            begin = time.perf_counter()
            self.sign_in(number * settings.srp + turn)
            took.append((time.perf_counter() - begin) * 1e6)
        spent = ticks(target.process.pid) - before
        took.sort()
        return {"responses": settings.srp, "cpu_us": spent / settings.srp, "p50_us": took[len(took) // 2], "p99_us": took[-1]}

    def sign_in(self, number):
        from pycognito.aws_srp import AWSSRP

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            user = self.pool.users[number % len(self.pool.users)]
            result = AWSSRP(user, PASSWORD, self.pool.id, self.pool.client_id, client=self.idp).authenticate_user()
        assert result["AuthenticationResult"]["IdToken"], result


def ticks(process):
    """CPU of a process so far, microseconds (kept by the kernel in steps of 10 ms)."""
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 10_000


def versions(binary):
    """What was measured."""
    first = lambda *command: subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()[:1]
    cpu = [line.split(":", 1)[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "cognate": "".join(first(binary, "--version")),
        "commit": "".join(first("git", "rev-parse", "--short", "HEAD")),
        "haproxy": "".join(first("haproxy", "-v")).split(" - ")[0],
        "kernel": "".join(first("uname", "-r")),
        "cpu": f"{len(cpu)} x {cpu[0]}" if cpu else "unknown",
    }
