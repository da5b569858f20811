"""What stands on the stage: the foreign issuer's tokens, an HTTP API with its authorizers, a user pool with signed-in users."""

import base64
import errno
import json
import socket
import time

import boto3
import botocore.config
from cryptography.hazmat.primitives import serialization

from peers import KEY, SECRET, WORK, free_port, load

AUDIENCE = "4bnch9qk2l7s3t5v6w8x0y1z2a"
PASSWORD = "Passw0rd!correct"
VALID, WRONG = 10_000, 1_000
USERS = 64


def tokens(fresh):
    """The port of the foreign issuer and the folder of its tokens; minted anew only when they are old, too few or the port is taken."""
    folder = WORK / "tokens"
    folder.mkdir(parents=True, exist_ok=True)
    order_file, now = folder / "order.json", int(time.time())
    order = json.loads(order_file.read_text()) if order_file.exists() else {}
    port = order.get("port")
    usable = port and is_free(port) and order["fresh"] >= fresh and now - order["now"] < 20 * 24 * 3600
    if not usable:
        port = port if port and is_free(port) else free_port()
        print(f"minting {VALID + fresh} tokens", flush=True)
        issuer = f"http://127.0.0.1:{port}/bench"
        made = load(*f"mint --folder {folder} --issuer {issuer} --audience {AUDIENCE} --now {now} --valid {VALID} --wrong {WRONG} --fresh {fresh}".split())
        key = serialization.load_der_private_key((folder / "key.der").read_bytes(), None).public_key()
        (folder / "public.pem").write_bytes(key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
        order = {"port": port, "fresh": fresh, "now": now, "token_bytes": made["token_bytes"]}
        order_file.write_text(json.dumps(order))
    return order["port"], folder, order["token_bytes"]


def is_free(port):
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            return False
    return True


def client(service, port):
    """A boto3 client that signs."""
    config = botocore.config.Config(retries={"total_max_attempts": 1}, read_timeout=60)
    session = boto3.Session(aws_access_key_id=KEY, aws_secret_access_key=SECRET, region_name="us-east-1")
    return session.client(service, endpoint_url=f"http://localhost:{port}", config=config)


class Api:
    """An HTTP API before the origin: `/open` for everybody, `/foreign` for tokens of the foreign issuer, `/own` for those of a pool here."""

    def __init__(self, port, origin_port, issuer, pool):
        gateway = client("apigatewayv2", port)
        self.id = gateway.create_api(Name="bench", ProtocolType="HTTP")["ApiId"]
        self.host = f"{self.id}.execute-api.localhost:{port}"
        made = gateway.create_integration(
            ApiId=self.id,
            IntegrationType="HTTP_PROXY",
            IntegrationMethod="GET",
            IntegrationUri=f"http://127.0.0.1:{origin_port}/items",
            PayloadFormatVersion="1.0",
        )
        target = f"integrations/{made['IntegrationId']}"
        gateway.create_route(ApiId=self.id, RouteKey="GET /open", Target=target)
        for name, url, audience in (("foreign", issuer, AUDIENCE), ("own", pool.issuer, pool.client_id)):
            authorizer = gateway.create_authorizer(
                ApiId=self.id,
                AuthorizerType="JWT",
                Name=name,
                IdentitySource=["$request.header.Authorization"],
                JwtConfiguration={"Issuer": url, "Audience": [audience]},
            )["AuthorizerId"]
            gateway.create_route(ApiId=self.id, RouteKey=f"GET /{name}", Target=target, AuthorizationType="JWT", AuthorizerId=authorizer)
        gateway.create_stage(ApiId=self.id, StageName="$default", AutoDeploy=True)


class Pool:
    """A pool with users who are signed in. Works on Cognate and on moto; what moto lacks (`machine`, token files of its own) is left out there."""

    FLOWS = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]

    def __init__(self, name, port, machine=False, users=USERS):
        self.name, self.port = name, port
        self.idp = client("cognito-idp", port)
        self.id = self.idp.create_user_pool(PoolName=name)["UserPool"]["Id"]
        self.issuer = f"http://localhost:{port}/{self.id}"
        made = self.idp.create_user_pool_client(UserPoolId=self.id, ClientName="app", ExplicitAuthFlows=self.FLOWS)
        self.client_id = made["UserPoolClient"]["ClientId"]
        self.machine = self.machine_client() if machine else None
        self.users = [self.user(f"user{n:03}") for n in range(users)]
        self.results = [self.sign_in(user) for user in self.users]

    def machine_client(self):
        """The Basic credentials of a client for client_credentials."""
        self.idp.create_resource_server(UserPoolId=self.id, Identifier="bench", Name="bench", Scopes=[{"ScopeName": "read", "ScopeDescription": "read"}])
        made = self.idp.create_user_pool_client(
            UserPoolId=self.id,
            ClientName="machine",
            GenerateSecret=True,
            AllowedOAuthFlows=["client_credentials"],
            AllowedOAuthScopes=["bench/read"],
            AllowedOAuthFlowsUserPoolClient=True,
        )["UserPoolClient"]
        return base64.b64encode(f"{made['ClientId']}:{made['ClientSecret']}".encode()).decode()

    def user(self, name):
        attributes = [{"Name": "email", "Value": f"{name}@example.com"}, {"Name": "email_verified", "Value": "true"}]
        self.idp.admin_create_user(UserPoolId=self.id, Username=name, MessageAction="SUPPRESS", UserAttributes=attributes)
        self.idp.admin_set_user_password(UserPoolId=self.id, Username=name, Password=PASSWORD, Permanent=True)
        return name

    def sign_in(self, user):
        answer = self.idp.initiate_auth(ClientId=self.client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": user, "PASSWORD": PASSWORD})
        return answer["AuthenticationResult"]

    def file(self, kind, lines):
        """Lines for the load tool."""
        path = WORK / f"{self.name}-{kind}.txt"
        path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
        return path

    def passwords(self):
        return self.file("passwords", [self.initiate("USER_PASSWORD_AUTH", USERNAME=user, PASSWORD=PASSWORD) for user in self.users])

    def refreshes(self):
        return self.file("refreshes", [self.initiate("REFRESH_TOKEN_AUTH", REFRESH_TOKEN=result["RefreshToken"]) for result in self.results])

    def updates(self):
        """A durable write that costs little else: each user changes an attribute."""
        return self.file(
            "updates", [{"AccessToken": result["AccessToken"], "UserAttributes": [{"Name": "nickname", "Value": "b"}]} for result in self.results]
        )

    def access_tokens(self):
        return self.file("access", [self.results[0]["AccessToken"]])

    def initiate(self, flow, **parameters):
        return {"AuthFlow": flow, "ClientId": self.client_id, "AuthParameters": parameters}
