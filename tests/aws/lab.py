"""A `cognate dev` under test: started on free ports, asked for its values, stopped by its process id."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import time
import uuid

import boto3
import botocore.config
import botocore.session
import requests

import wire

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("COGNATE_BIN", str(ROOT / "target" / "debug" / "cognate"))
START_SECONDS = 30


def free_ports(count=2):
    """Ports nobody listens on now."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


class DidNotStart(Exception):
    """The process ended before it was ready; the text is what it said."""


class Server:
    """One process on one data folder. `start` may be called again after `stop` or `kill`: ports stay."""

    def __init__(self, folder, *options, ports=None):
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "data"
        self.options = list(options) or ["--test-clock"]
        self.port, self.dashboard_port = ports or free_ports()
        self.base = f"http://localhost:{self.port}"
        self.process = None
        self.values = {}
        self._clients = {}

    def start(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.out = self.folder / f"out-{uuid.uuid4().hex[:6]}.log"
        command = [BINARY, "dev", "--data", str(self.data), "--port", str(self.port), "--dashboard-port", str(self.dashboard_port)]
        with open(self.out, "wb") as out:
            self.process = subprocess.Popen(command + self.options, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        give_up = time.monotonic() + START_SECONDS
        while b"Cognate is ready" not in self.out.read_bytes():
            if self.process.poll() is not None:
                raise DidNotStart(self.said())
            if time.monotonic() > give_up:
                self.kill()
                raise DidNotStart(f"not ready after {START_SECONDS} s: {self.said()}")
            time.sleep(0.01)
        if not self.values:
            self.values = json.loads(self.run("env", "--json").stdout)
        return self

    def said(self):
        """Everything the process has printed."""
        return re.sub(r"\x1b\[[0-9;]*m", "", self.out.read_text(errors="replace"))

    def stop(self):
        """SIGTERM by its id, as a service manager would; gives the exit code."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError(f"the server did not stop within 15 s of SIGTERM: {self.said()[-2000:]}") from None
        return self.process.returncode if self.process else None

    def kill(self):
        """SIGKILL by its id."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def run(self, *arguments):
        """Another command of the same binary against this server's data folder."""
        return subprocess.run([BINARY, *arguments, "--data", str(self.data)], capture_output=True, text=True, timeout=60, check=False)

    def client(self, service="cognito-idp", validate=True, unsigned=False, region="us-east-1"):
        """A boto3 client with any credentials; no retries, so that every answer is seen. `validate=False` lets bad input through to the server."""
        key = (service, validate, unsigned, region)
        if key not in self._clients:
            session = boto3.Session(aws_access_key_id="ANYKEY", aws_secret_access_key="any-secret", region_name=region)
            more = {"signature_version": botocore.UNSIGNED} if unsigned else {}
            config = botocore.config.Config(
                retries={"total_max_attempts": 1}, parameter_validation=validate, max_pool_connections=64, read_timeout=60, **more
            )
            made = session.client(service, endpoint_url=self.base, config=config)
            wire.watch(made)
            self._clients[key] = made
        return self._clients[key]

    @property
    def idp(self):
        return self.client("cognito-idp")

    @property
    def apigw(self):
        return self.client("apigatewayv2")

    @property
    def functions(self):
        return self.client("lambda")

    def mails(self, to=None):
        """Messages, newest first."""
        parameters = {"format": "json"} | ({"to": to} if to else {})
        answer = requests.get(f"{self.base}/mailbox", params=parameters, timeout=10)
        answer.raise_for_status()
        return answer.json()["messages"]

    def code(self, to):
        """The code in the newest message to an address."""
        mails = self.mails(to)
        assert mails, f"no mail to {to}"
        return mails[0]["code"]

    def advance(self, seconds):
        """Moves the server's clock."""
        answer = requests.post(f"{self.base}/_cognate/clock", json={"advanceSeconds": seconds}, timeout=10)
        assert answer.status_code == 200, answer.text

    def now(self):
        """The server's clock, epoch seconds."""
        return requests.get(f"{self.base}/_cognate/clock", timeout=10).json()["now"] / 1000

    def api(self, api_id, path, method="GET", stage="$default", **more):
        """A request to the gateway, by the path form."""
        return requests.request(method, f"{self.base}/execute-api/{api_id}/{stage}{path}", timeout=10, **more)


PASSWORD = "Passw0rd!correct"


def unique(word="u"):
    return f"{word}-{uuid.uuid4().hex[:10]}"


class Pool:
    """A user pool with one client, and the few acts every test needs."""

    FLOWS = ("ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH")

    def __init__(self, server, client=None, **settings):
        self.server, self.idp = server, server.idp
        self.name = settings.pop("PoolName", unique("pool"))
        settings.setdefault("AutoVerifiedAttributes", ["email"])
        self.created = self.idp.create_user_pool(PoolName=self.name, **settings)["UserPool"]
        self.id = self.created["Id"]
        self.client = self.add_client(**(client or {}))
        self.client_id = self.client["ClientId"]

    def add_client(self, **settings):
        settings.setdefault("ClientName", unique("client"))
        settings.setdefault("ExplicitAuthFlows", list(self.FLOWS))
        return self.idp.create_user_pool_client(UserPoolId=self.id, **settings)["UserPoolClient"]

    @property
    def issuer(self):
        return f"{self.server.base}/{self.id}"

    def user(self, name=None, password=PASSWORD, email=None, **attributes):
        """A confirmed user with a verified e-mail address; gives the name to sign in by."""
        name = name or unique("user")
        email = email or (name if "@" in name else f"{name}@example.com")
        pairs = {"email": email, "email_verified": "true"} | attributes
        self.idp.admin_create_user(
            UserPoolId=self.id, Username=name, MessageAction="SUPPRESS", UserAttributes=[{"Name": k, "Value": v} for k, v in pairs.items()]
        )
        self.idp.admin_set_user_password(UserPoolId=self.id, Username=name, Password=password, Permanent=True)
        return name

    def sign_in(self, name, password=PASSWORD, client_id=None, **parameters):
        return self.idp.initiate_auth(
            ClientId=client_id or self.client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": name, "PASSWORD": password} | parameters
        )

    def tokens(self, name, password=PASSWORD, client_id=None, **parameters):
        return self.sign_in(name, password, client_id, **parameters)["AuthenticationResult"]

    def about(self, name):
        return self.idp.admin_get_user(UserPoolId=self.id, Username=name)

    def attributes(self, name):
        return {pair["Name"]: pair["Value"] for pair in self.about(name)["UserAttributes"]}
