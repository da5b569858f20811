"""A `cognate serve` under test, the world around it (SMTP sink, backend), and people who use it."""

import copy
import http.client
import http.server
import json
import os
import pathlib
import signal
import subprocess
import threading
import time

import boto3
import botocore
import botocore.config
import requests
from aiosmtpd.controller import Controller

from lab import BINARY, DidNotStart, free_ports

OURS = {"access_key_id": "AKIAOURSOURSOURS", "secret_access_key": "ours-0123456789-0123456789-0123456789"}
THEIRS = {"access_key_id": "AKIATHEIRSTHEIRS", "secret_access_key": "theirs-0123456789-0123456789-012345", "account": "222222222222"}
ACCOUNT = "111111111111"
PASSWORD = "Passw0rd!correct"
START_SECONDS = 30


def toml(value, table=""):
    """The few shapes of the configuration file."""
    lines = [f"{key} = {json.dumps(item)}" for key, item in value.items() if not isinstance(item, dict) and not _tables(item)]
    for key, item in value.items():
        if isinstance(item, dict):
            lines += [f"[{table}{key}]", toml(item, f"{table}{key}.")]
        elif _tables(item):
            for row in item:
                lines += [f"[[{table}{key}]]", toml(row, f"{table}{key}.")]
    return "\n".join(lines)


def _tables(item):
    return isinstance(item, list) and bool(item) and isinstance(item[0], dict)


class Sink:
    """Takes mail. `pause` makes the relay unreachable for a while."""

    def __init__(self):
        self.port = free_ports(1)[0]
        self.letters = []
        self.controller = None

    async def handle_DATA(self, _server, _session, envelope):
        self.letters.append((envelope.rcpt_tos, envelope.content.decode()))
        return "250 taken"

    def __enter__(self):
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()
        return self

    def __exit__(self, *_):
        self.controller.stop()

    def to(self, address):
        return [text for rcpt, text in self.letters if address in rcpt]


class Backend:
    """Behind the gateway: says what came, after a while when asked to wait."""

    def __enter__(self):
        self.asked = asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                if "slow" in self.path:
                    time.sleep(1.5)
                body = json.dumps({"path": self.path, "headers": {k.lower(): v for k, v in self.headers.items()}}).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()


class Serve:
    """One process on one folder. `config` is the file as a dictionary; changed before `start`, it changes the server."""

    def __init__(self, folder, sink=None, **changes):
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "data"
        self.port, self.admin_port = free_ports()
        self.local = f"http://127.0.0.1:{self.port}"
        self.admin = f"http://127.0.0.1:{self.admin_port}"
        self.config = {
            "listen": [f"127.0.0.1:{self.port}"],
            "admin_listen": f"127.0.0.1:{self.admin_port}",
            "data": str(self.data),
            "account": ACCOUNT,
            "trusted_proxies": ["127.0.0.1"],
            "hashing_threads": 1,
            "public": {"base": "https://id.example.test", "login": "https://{domain}.auth.example.test", "api": "https://{api}.api.example.test"},
            "credentials": copy.deepcopy([OURS, THEIRS]),
        }
        if sink:
            self.config["smtp"] = {"host": "127.0.0.1", "port": sink.port, "security": "none", "from": "Cognate <no-reply@example.test>"}
        self.config |= changes
        self.process = None
        self.starts = 0

    def write(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "cognate.toml"
        path.write_text(toml(self.config))
        return path

    def start(self):
        path = self.write()
        self.starts += 1
        self.out, self.log = self.folder / f"out-{self.starts}", self.folder / f"log-{self.starts}"
        with open(self.out, "wb") as out, open(self.log, "wb") as log:
            self.process = subprocess.Popen([BINARY, "serve", "--config", str(path)], stdout=out, stderr=log, stdin=subprocess.DEVNULL)
        give_up = time.monotonic() + START_SECONDS
        while b"cognate serves" not in self.out.read_bytes():
            if self.process.poll() is not None:
                raise DidNotStart(self.said())
            if time.monotonic() > give_up:
                self.kill()
                raise DidNotStart(f"not ready after {START_SECONDS} s: {self.said()}")
            time.sleep(0.01)
        return self

    def said(self):
        """Output and log of the newest start."""
        return self.out.read_text() + self.log.read_text()

    def events(self):
        """The log, read: each line is a JSON object."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def stop(self, seconds=15):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(seconds)
        return self.process.returncode

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def run(self, *arguments):
        """Another command of the binary, through the socket in the data folder."""
        return subprocess.run([BINARY, *arguments, "--data", str(self.data)], capture_output=True, text=True, timeout=60, check=False)

    def explain(self, request_id="last"):
        done = self.run("explain", request_id, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def client(self, service="cognito-idp", pair=OURS, secret=None, region="us-east-1", unsigned=False):
        session = boto3.Session(aws_access_key_id=pair["access_key_id"], aws_secret_access_key=secret or pair["secret_access_key"], region_name=region)
        more = {"signature_version": botocore.UNSIGNED} if unsigned else {}
        config = botocore.config.Config(retries={"total_max_attempts": 1}, read_timeout=30, **more)
        return session.client(service, endpoint_url=self.local, config=config)

    def get(self, path, host=None, method="GET", source=None, headers=None, body=None):
        """A plain request as a proxy would pass it on: any Host header, any source address of this machine."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30, source_address=(source, 0) if source else None)
        connection.request(method, path, body=body, headers={"Host": host or f"127.0.0.1:{self.port}"} | (headers or {}))
        answer = connection.getresponse()
        answer.body = answer.read()
        answer.text = answer.body.decode(errors="replace")
        connection.close()
        return answer

    def metrics(self):
        """Name with labels to number."""
        text = requests.get(f"{self.admin}/metrics", timeout=10).text
        rows = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
        return {name: float(value) for name, value in rows}


class Home:
    """What an operator sets up: a pool, a client, a login domain, an API in front of a backend with a JWT authorizer."""

    def __init__(self, server, backend=None, pair=OURS, domain=None):
        self.server, self.idp = server, server.client(pair=pair)
        self.pool = self.idp.create_user_pool(PoolName="site", AutoVerifiedAttributes=["email"])["UserPool"]
        self.id = self.pool["Id"]
        self.app = self.idp.create_user_pool_client(
            UserPoolId=self.id,
            ClientName="app",
            ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            CallbackURLs=["https://app.example.test/back"],
            LogoutURLs=["https://app.example.test/"],
            AllowedOAuthFlows=["code"],
            AllowedOAuthScopes=["openid"],
            AllowedOAuthFlowsUserPoolClient=True,
            SupportedIdentityProviders=["COGNITO"],
        )["UserPoolClient"]["ClientId"]
        self.issuer = f"https://id.example.test/{self.id}"
        if domain:
            self.idp.create_user_pool_domain(Domain=domain, UserPoolId=self.id, ManagedLoginVersion=2)
            self.login_host = f"{domain}.auth.example.test"
        if backend:
            self.serve(backend, server.client("apigatewayv2", pair=pair))

    def serve(self, backend, apigw):
        self.api = apigw.create_api(Name="site", ProtocolType="HTTP")
        self.api_id = self.api["ApiId"]
        apigw.create_stage(ApiId=self.api_id, StageName="$default", AutoDeploy=True)
        jwt = {"Issuer": self.issuer, "Audience": [self.app]}
        authorizer = apigw.create_authorizer(
            ApiId=self.api_id, AuthorizerType="JWT", Name="pool", IdentitySource=["$request.header.Authorization"], JwtConfiguration=jwt
        )["AuthorizerId"]
        target = apigw.create_integration(
            ApiId=self.api_id, IntegrationType="HTTP_PROXY", IntegrationMethod="ANY", IntegrationUri=f"{backend.url}/{{proxy}}", PayloadFormatVersion="1.0"
        )["IntegrationId"]
        apigw.create_route(
            ApiId=self.api_id, RouteKey="GET /{proxy+}", Target=f"integrations/{target}", AuthorizationType="JWT", AuthorizerId=authorizer
        )

    def user(self, name):
        self.idp.admin_create_user(UserPoolId=self.id, Username=name, MessageAction="SUPPRESS")
        self.idp.admin_set_user_password(UserPoolId=self.id, Username=name, Password=PASSWORD, Permanent=True)
        return name

    def sign_in(self, name, password=PASSWORD):
        return self.server.client(unsigned=True).initiate_auth(
            ClientId=self.app, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": name, "PASSWORD": password}
        )["AuthenticationResult"]

    def call(self, token=None, path="/files", **more):
        headers = more.pop("headers", {}) | ({"Authorization": f"Bearer {token}"} if token else {})
        return self.server.get(path, host=f"{self.api_id}.api.example.test", headers=headers, **more)

    def jwks(self):
        return {key["kid"] for key in json.loads(self.server.get(f"/{self.id}/.well-known/jwks.json").text)["keys"]}


def root():
    return os.geteuid() == 0
