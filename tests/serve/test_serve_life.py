"""Starting, stopping, and the doors of a server for traffic."""

import http.client
import json
import os
import pathlib
import re
import socket
import stat
import subprocess
import threading
import time

import pytest
import requests

from lab import BINARY, DidNotStart
from traffic import OURS, Backend, Home, Serve


def refused(server):
    with pytest.raises(DidNotStart) as said:
        server.start()
    assert server.process.returncode == 1
    return str(said.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"credentials": []}, "credentials: at least one"),
        ({"listen": []}, "listen: at least one"),
        ({"account": "12"}, "account: \"12\" must be twelve digits"),
        ({"public": {"base": "https://id.example.test/"}}, "public.base"),
        ({"public": {"base": "https://id.example.test", "api": "https://api.example.test"}}, "public.api"),
        ({"trusted_proxies": ["10.0.0.0/64"]}, "trusted_proxies: 10.0.0.0/64: the prefix length must be at most 32"),
        ({"smtp": {"host": "h", "from": "nobody"}}, "smtp.from"),
        ({"smtp": {"host": "h", "from": "a@b.example", "security": "maybe"}}, "smtp.security: \"maybe\" must be one of starttls, tls, none"),
        ({"colour": "blue"}, "colour"),
        ({"workers": "many"}, "workers"),
        ({"credentials": [OURS, OURS]}, "stands there twice"),
        ({"credentials": [OURS | {"secret_access_key": "short"}]}, "credentials.secret_access_key"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_configuration_names_the_key_and_the_rule(fresh, change, said):
    server = fresh(**change)
    words = refused(server)
    assert said in words and OURS["secret_access_key"] not in words and "panicked" not in words, words


def test_a_file_that_is_not_there_is_named(tmp_path):
    done = subprocess.run([BINARY, "serve", "--config", str(tmp_path / "none.toml")], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1 and "none.toml" in done.stderr


def test_the_admin_listener_never_shares_the_public_address(fresh):
    server = fresh()
    server.config["admin_listen"] = server.config["listen"][0]
    assert "admin_listen" in refused(server)


def test_a_second_process_on_the_folder_is_refused(site, fresh):
    second = fresh()
    second.config["data"] = str(site.data)
    assert "in use by another cognate process" in refused(second)
    assert site.get("/").status == 200


def test_a_taken_port_is_a_clear_error(site, fresh):
    second = fresh()
    second.config["listen"] = site.config["listen"]
    assert f"cannot listen on 127.0.0.1:{site.port}" in refused(second)


def test_a_missing_key_file_stops_the_start(fresh):
    server = fresh().start()
    Home(server)
    server.stop()
    keys = server.data / "keys.json"
    kept = keys.read_bytes()
    keys.unlink()
    assert "restore the key file" in refused(server) and not keys.exists()
    keys.write_bytes(b"{}")
    assert "is damaged" in refused(server) and keys.read_bytes() == b"{}"
    keys.write_bytes(kept)
    server.start()


def test_health_readiness_and_metrics_are_on_the_admin_listener_only(site):
    for path, text in (("/healthz", "ok"), ("/readyz", "ready")):
        answer = requests.get(site.admin + path, timeout=10)
        assert (answer.status_code, answer.json()["message"]) == (200, text)
        assert requests.head(site.admin + path, timeout=10).status_code == 200
        assert site.get(path).status == 404
    metrics = requests.get(f"{site.admin}/metrics", timeout=10)
    assert metrics.headers["content-type"].startswith("application/openmetrics-text") and metrics.text.endswith("# EOF\n")
    assert site.get("/metrics").status == 404
    for path in ("/", "/v2/apis", "/mailbox", "/oauth2/token", "/_cognate/clock"):
        assert requests.get(site.admin + path, timeout=10).status_code == 404
    assert requests.post(f"{site.admin}/healthz", timeout=10).status_code == 405


def test_metrics_count_requests_and_come_back_to_rest(site):
    before = site.metrics()
    # A client that leaves before the answer must not stay in flight.
    with socket.create_connection(("127.0.0.1", site.port)) as leaver:
        leaver.sendall(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Amz-Target: AWSCognitoIdentityProviderService.InitiateAuth\r\nContent-Length: 100\r\n\r\n{")
        time.sleep(0.2)
        assert site.metrics()["cognate_in_flight"] == 1
    site.get("/")
    deadline = time.monotonic() + 5
    while site.metrics()["cognate_in_flight"] and time.monotonic() < deadline:
        time.sleep(0.05)
    after = site.metrics()
    assert after["cognate_in_flight"] == 0
    name = 'cognate_requests_total{room="home",status="200"}'
    assert after[name] == before.get(name, 0) + 1


def test_no_client_can_grow_the_metrics(site):
    site.get("/")
    site.get("/nothing", host="evil.example")
    site.get("/", method="POST", headers={"X-Amz-Target": "AWSCognitoIdentityProviderService.Nothing"})
    rows = len(site.metrics())
    for index in range(20):
        site.get(f"/nothing{index}", host=f"evil{index}.example")
        site.get("/", method="POST", headers={"X-Amz-Target": f"AWSCognitoIdentityProviderService.Nothing{index}"})
    # A row for a status a room had not answered before may come; one per name a client thinks of may not.
    assert len(site.metrics()) < rows + 8


def test_what_is_for_development_is_not_here(site):
    assert site.get("/_cognate/clock", method="POST", body=b'{"advanceSeconds": 3600}').status == 403
    for path in ("/mailbox", "/mailbox?format=json"):
        answer = site.get(path)
        assert (answer.status, json.loads(answer.text)["message"]) == (404, "there is no mailbox here")
    assert "mailbox" not in site.get("/").text.lower()


def test_the_network_never_serves_the_admin_channel(site):
    for path in ("/_cognate/env", "/_cognate/keys", "/_cognate/explain", "/_cognate/explain/last", "/_cognate/admin", "/admin.sock"):
        for method in ("GET", "POST"):
            answer = site.get(path, method=method, body=b'{"ask":"env"}' if method == "POST" else None)
            assert answer.status == 404, path
    with socket.create_connection(("127.0.0.1", site.port)) as raw:
        raw.sendall(b'{"ask":"keys"}\n')
        assert b"sealing" not in raw.recv(4096)


def test_env_explain_and_keys_come_through_the_socket(site):
    assert json.loads(site.run("env", "--json").stdout)["base"] == "https://id.example.test"
    assert "export AWS_ENDPOINT_URL=https://id.example.test\n" in site.run("env").stdout
    assert "SECRET" not in site.run("env").stdout
    keys = json.loads(site.run("keys", "list").stdout)
    assert keys["sealing"]["active"] in keys["sealing"]["keys"] and "secret" not in json.dumps(keys)
    nothing = site.run("explain", "no-such-request")
    assert nothing.returncode == 1 and "no decision is known of request no-such-request" in nothing.stderr
    mode = (site.data / "admin.sock").stat().st_mode
    assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o600


def test_only_the_owner_reads_the_data_folder(site):
    assert stat.S_IMODE(site.data.stat().st_mode) == 0o700
    for name in ("keys.json", "cognate.db", "cognate.lock"):
        assert stat.S_IMODE((site.data / name).stat().st_mode) == 0o600, name


def test_the_admin_channel_hears_in_a_folder_with_a_long_path(fresh):
    server = fresh()
    server.data = server.folder / ("deep" * 20) / ("deeper" * 20)
    server.config["data"] = str(server.data)
    server.start()
    assert json.loads(server.run("env", "--json").stdout)["dataFolder"] == str(server.data)
    assert (server.data / "admin.sock").is_socket()


def test_foreign_hosts_are_refused(site):
    for host in ("evil.example", "example.test", "auth.example.test", "a.b.auth.example.test", "id.example.test.evil.example", "10.0.0.1", "xn--e1afmkfd.test"):
        answer = site.get("/", host=host)
        assert answer.status == 403 and "does not answer for the host" in answer.text, host
    for host in ("id.example.test", "ID.EXAMPLE.TEST:8443", f"127.0.0.1:{site.port}"):
        assert site.get("/", host=host).status == 200, host


def test_a_custom_domain_cannot_take_the_servers_own_name(site):
    home = Home(site)
    config = {"CertificateArn": "arn:aws:acm:us-east-1:111111111111:certificate/11111111-1111-1111-1111-111111111111"}
    try:
        home.idp.create_user_pool_domain(Domain="id.example.test", UserPoolId=home.id, CustomDomainConfig=config)
    except home.idp.exceptions.ClientError:
        pass
    time.sleep(1.5)
    assert "This is an AWS endpoint" in site.get("/", host="id.example.test").text


def test_pages_of_others_may_not_administer_the_server(site):
    target = {"X-Amz-Target": "AWSCognitoIdentityProviderService.ListUserPools", "Content-Type": "application/x-amz-json-1.1"}
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://localhost"}):
        answer = site.get("/", method="POST", body=b"{}", headers=target | headers)
        assert answer.status == 403 and "access-control-allow-origin" not in answer.headers, headers
        assert site.get("/v2/apis", headers=headers).status == 403
    assert site.get("/v2/apis", headers={"Origin": "https://id.example.test"}).status in (400, 403)


def test_one_host_header_is_needed(site):
    for head in (b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: id.example.test\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", site.port)) as raw:
            raw.sendall(head)
            assert raw.recv(4096).startswith(b"HTTP/1.1 400 ")


def test_bodies_and_heads_have_bounds(site):
    target = {"X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth", "Content-Type": "application/x-amz-json-1.1"}
    big = b"{" + b" " * (11 * 1024 * 1024)
    answer = site.get("/", method="POST", headers=target, body=big)
    assert answer.status in (400, 413) and "__type" in answer.text, answer.text
    answer = site.get("/oauth2/token", method="POST", headers={"Content-Type": "application/x-www-form-urlencoded"}, body=b"a" * (65 * 1024))
    assert (answer.status, json.loads(answer.text)["error"]) == (400, "invalid_request")
    assert site.get("/login", method="POST", headers={"Content-Type": "application/x-www-form-urlencoded"}, body=b"a" * (65 * 1024)).status == 413
    with socket.create_connection(("127.0.0.1", site.port)) as raw:
        raw.settimeout(10)
        said = b""
        try:
            raw.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"X-Long: " + b"a" * 300_000 + b"\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass
        try:
            said = raw.recv(4096)
        except ConnectionResetError:
            pass
        assert said == b"" or said.startswith(b"HTTP/1.1 431 "), said
    assert site.get("/").status == 200


def test_clients_that_say_nothing_are_let_go(site):
    words = (b"", b"PRI * HTTP/2.0\r\n", b"GET / HTTP/1.1\r\nHost: 127", b"G")
    silent = [socket.create_connection(("127.0.0.1", site.port)) for _ in words]
    began = time.monotonic()
    for one, word in zip(silent, words, strict=True):
        one.sendall(word)
    for one, word in zip(silent, words, strict=True):
        one.settimeout(max(0.1, 20 - (time.monotonic() - began)))
        try:
            said = one.recv(4096)
        except ConnectionResetError:
            said = b""
        assert said == b"" or said.startswith(b"HTTP/1.1 408 "), word
        one.close()
    assert time.monotonic() - began > 10, "they were let go at once"


def test_a_request_in_flight_is_finished_after_sigterm(fresh):
    server = fresh().start()
    with Backend() as backend:
        home = Home(server, backend)
        home.user("ann")
        token = home.sign_in("ann")["AccessToken"]
        answers = []
        caller = threading.Thread(target=lambda: answers.append(home.call(token, "/slow")))
        caller.start()
        deadline = time.monotonic() + 5
        while not backend.asked and time.monotonic() < deadline:
            time.sleep(0.01)
        server.process.terminate()
        time.sleep(0.3)
        assert server.process.poll() is None and not answers
        with pytest.raises(ConnectionRefusedError):
            server.get("/")
        caller.join(10)
        assert answers[0].status == 200 and json.loads(answers[0].text)["path"] == "/slow"
        assert server.process.wait(10) == 0


def test_a_second_signal_ends_at_once(fresh):
    server = fresh().start()
    held = socket.create_connection(("127.0.0.1", server.port))
    held.sendall(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Amz-Target: AWSCognitoIdentityProviderService.InitiateAuth\r\nContent-Length: 100\r\n\r\n{")
    time.sleep(0.2)
    server.process.terminate()
    time.sleep(0.3)
    assert server.process.poll() is None
    server.process.terminate()
    assert server.process.wait(3) == 1
    held.close()


def test_the_last_refusal_before_the_end_is_kept(fresh):
    server = fresh().start()
    ids = []
    for index in range(40):
        answer = server.get("/", method="POST", body=b"{}", headers={"X-Amz-Target": "AWSCognitoIdentityProviderService.ListUserPools", "Content-Type": "application/x-amz-json-1.1"})
        ids.append(answer.headers["x-amzn-requestid"])
    server.stop()
    server.start()
    for request_id in ids:
        assert server.explain(request_id)[0]["rule"] == "MissingAuthenticationTokenException"


def test_the_log_is_json_and_holds_no_secret(fresh, sink):
    server = fresh().start()
    home = Home(server)
    home.user("ann")
    secret = home.sign_in("ann")["RefreshToken"]
    with pytest.raises(Exception, match="NotAuthorized"):
        home.sign_in("ann", "Wr0ng!password")
    server.stop()
    actions = {(event.get("action"), event["message"]) for event in server.events()}
    assert ("InitiateAuth", "refused") in actions and ("InitiateAuth", "allowed") in actions, actions
    for canary in ("Wr0ng!password", "Passw0rd!correct", secret, OURS["secret_access_key"]):
        assert canary not in server.said()
    every = b"".join(path.read_bytes() for path in server.data.iterdir() if path.is_file())
    for canary in ("Wr0ng!password", "Passw0rd!correct", secret, OURS["secret_access_key"]):
        assert canary.encode() not in every


def test_ipv6_is_listened_on_where_it_is_named(fresh, not_run):
    if not pathlib.Path("/proc/net/if_inet6").exists():
        not_run("this machine has no IPv6")
    server = fresh()
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        not_run("this machine has no ::1")
    server.config["listen"].append(f"[::1]:{server.port}")
    server.start()
    connection = http.client.HTTPConnection("::1", server.port, timeout=10)
    connection.request("GET", "/", headers={"Host": f"[::1]:{server.port}"})
    assert connection.getresponse().status == 200
    assert server.get("/").status == 200


def test_help_names_every_command():
    said = subprocess.run([BINARY, "--help"], capture_output=True, text=True, timeout=30, check=True).stdout
    for command in ("dev", "serve", "env", "check", "explain", "keys", "coverage"):
        assert re.search(rf"^  {command}\b", said, re.M), command


def test_nobody_listening_to_the_output_is_no_reason_to_end():
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([BINARY, "coverage"], stdout=write, stderr=subprocess.PIPE, timeout=30, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")
