"""`cognate dev --tls`: https under the certificate authority of the data folder, trusted as the printed lines say."""

import json
import pathlib
import shutil
import ssl
import socket
import stat
import subprocess
import sys
import tempfile

import boto3
import jwt
import pytest
import requests

from lab import BINARY, Server

PASSWORD = "Passw0rd!correct"
LIST = "import boto3; print([pool['Name'] for pool in boto3.client('cognito-idp').list_user_pools(MaxResults=5)['UserPools']])"


@pytest.fixture(scope="module")
def folder():
    # A space in its path: what is printed must still run.
    folder = pathlib.Path(tempfile.mkdtemp(prefix="c g"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def server(folder):
    """A lab that was begun over plain HTTP and goes on over https."""
    before = Server(folder).start()
    plain = before.values
    assert plain["base"].startswith("http://") and "caFile" not in plain
    assert before.stop() == 0
    server = Server(folder, "--tls", ports=(before.port, before.dashboard_port)).start()
    server.plain, server.base = plain, server.values["base"]
    yield server
    server.kill()


def test_the_printed_lines_make_programs_trust_the_server_and_without_them_they_do_not(server):
    values = server.values
    exports = server.run("env").stdout
    printed = [line for line in server.said().splitlines() if line.startswith("export ")]
    assert printed and all(line in exports.splitlines() for line in printed)
    script = "\n".join(printed) + f"\nexec '{sys.executable}' -c \"{LIST}\""
    bare = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
    done = subprocess.run(["sh", "-c", script], env=bare, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0 and "dashboard" in done.stdout, done.stderr
    script = script.replace("export AWS_CA_BUNDLE", "unused").replace("export REQUESTS_CA_BUNDLE", "unused")
    done = subprocess.run(["sh", "-c", script], env=bare, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0 and "SSL" in done.stderr
    key = pathlib.Path(values["caFile"]).with_name("ca.key")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600 and "PRIVATE KEY" not in pathlib.Path(values["caBundle"]).read_text()


def test_the_lab_goes_on_over_https_with_issuer_cookies_and_urls_to_match(server, monkeypatch):
    values = server.values
    monkeypatch.setenv("AWS_CA_BUNDLE", values["caBundle"])
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", values["caBundle"])
    assert values["userPoolId"] == server.plain["userPoolId"] and values["clientId"] == server.plain["clientId"]
    for name in ("base", "issuer", "loginDomain", "apiUrl", "dashboardUrl", "mailboxUrl"):
        assert values[name].startswith("https://"), name
    idp = boto3.client("cognito-idp", endpoint_url=server.base, region_name="us-east-1", aws_access_key_id="ANY", aws_secret_access_key="any")
    auth = {"USERNAME": values["demoUser"]["username"], "PASSWORD": values["demoUser"]["password"]}
    tokens = idp.initiate_auth(ClientId=values["clientId"], AuthFlow="USER_PASSWORD_AUTH", AuthParameters=auth)["AuthenticationResult"]
    claims = jwt.decode(tokens["IdToken"], options={"verify_signature": False})
    discovery = requests.get(f"{values['issuer']}/.well-known/openid-configuration", timeout=10).json()
    assert claims["iss"] == values["issuer"] == discovery["issuer"]
    api = f"{server.base}/execute-api/{values['apiId']}/$default/metadata/list"
    assert requests.get(api, timeout=10).status_code == 401
    assert requests.get(api, headers={"Authorization": f"Bearer {tokens['IdToken']}"}, timeout=10).status_code == 200
    callback = f"{values['dashboardUrl']}/callback"
    page = requests.get(
        f"{server.base}/login", params={"client_id": values["clientId"], "response_type": "code", "scope": "openid", "redirect_uri": callback}, timeout=10
    )
    assert page.status_code == 200 and "__Host-cognito-csrf=" in page.headers["set-cookie"] and "; Secure" in page.headers["set-cookie"]
    assert "strict-transport-security" not in page.headers, "other servers of this machine would suffer"
    assert requests.get(f"{values['dashboardUrl']}/config.json", timeout=10).json()["authority"] == values["issuer"]


def test_the_checklist_is_green_over_https_although_the_lab_began_without(server):
    done = server.run("check", "--json")
    assert done.returncode == 0 and json.loads(done.stdout)["ok"], done.stdout


def test_every_printed_host_is_vouched_for_under_the_strictest_rules(server):
    context = ssl.create_default_context(cafile=server.values["caFile"])
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    context.set_alpn_protocols(["h2", "http/1.1"])
    for host in ("localhost", "dashboard.auth.localhost", f"{server.values['apiId']}.execute-api.localhost", "objects.localhost", "127.0.0.1"):
        for port in (server.port, server.dashboard_port):
            with context.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=10), server_hostname=host) as stream:
                assert (stream.version(), stream.selected_alpn_protocol()) == ("TLSv1.3", "h2"), host
    old = ssl.create_default_context(cafile=server.values["caFile"])
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    with old.wrap_socket(socket.create_connection(("127.0.0.1", server.port), timeout=10), server_hostname="localhost") as stream:
        assert stream.version() == "TLSv1.2"
    with pytest.raises(ssl.SSLCertVerificationError):
        context.wrap_socket(socket.create_connection(("127.0.0.1", server.port), timeout=10), server_hostname="example.com")


def test_plain_http_is_told_what_the_port_speaks(server):
    answer = requests.get(f"http://localhost:{server.port}/", timeout=10)
    assert (answer.status_code, answer.json()) == (400, {"message": "this port speaks https, not http"})


def test_a_function_reaches_the_server_by_the_endpoint_and_files_it_is_lent(folder):
    code = folder / "fn"
    code.mkdir()
    (code / "app.py").write_text(
        "import os, ssl, urllib.request\n"
        "def handler(event, context):\n"
        "    files = {name: os.environ[name] for name in ('AWS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS')}\n"
        "    trust = ssl.create_default_context()\n"
        "    return {'status': urllib.request.urlopen(os.environ['AWS_ENDPOINT_URL'], context=trust).status, 'files': files}\n"
    )
    server = Server(folder / "other", "--tls", "--no-demo", f"--function=reach={code}:app.handler").start()
    try:
        made = boto3.client(
            "lambda", endpoint_url=server.values["base"], region_name="us-east-1", aws_access_key_id="ANY", aws_secret_access_key="any", verify=server.values["caBundle"]
        )
        told = json.loads(made.invoke(FunctionName="reach")["Payload"].read())
        assert told == {"status": 200, "files": {"AWS_CA_BUNDLE": server.values["caBundle"], "NODE_EXTRA_CA_CERTS": server.values["caFile"]}}
    finally:
        server.kill()


def test_a_damaged_authority_is_told_with_the_way_out(folder):
    data = folder / "third"
    (data / "data" / "tls").mkdir(parents=True)
    (data / "data" / "tls" / "ca.pem").write_text("nonsense")
    key = data / "data" / "tls" / "ca.key"
    key.write_text("nonsense")
    key.chmod(0o600)
    done = subprocess.run([BINARY, "dev", "--tls", "--port", "0", "--dashboard-port", "0", "--data", str(data / "data")], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1 and "remove both and trust the new authority" in done.stderr, done.stderr
