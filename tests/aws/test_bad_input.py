"""Any request, however malformed, gets a clear answer and changes nothing; a data folder that is not right is refused at the start, with the reason."""

import http.client
import json
import shutil
import socket
import sqlite3
import time

import pytest
import requests

from lab import PASSWORD, DidNotStart, Pool, Server, free_ports, unique

TARGET = "AWSCognitoIdentityProviderService."
FOREIGN = "https://evil.example"


def talk(lab, raw, wait=10):
    """Bytes to the socket; what comes back until the server closes or falls silent."""
    with socket.create_connection(("127.0.0.1", lab.port), timeout=wait) as connection:
        out = b""
        try:
            connection.sendall(raw)
        except ConnectionError:
            pass  # answered before it had read everything
        try:
            while chunk := connection.recv(65536):
                out += chunk
                if b"\r\n\r\n" in out and b"content-length" in out.lower():
                    head, _, body = out.partition(b"\r\n\r\n")
                    length = int(next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")).split(b":")[1])
                    if len(body) >= length:
                        break
        except (TimeoutError, ConnectionError):
            pass
        return out


def status(answer):
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else None


def post(lab, body, operation="SignUp", headers=()):
    lines = [b"POST / HTTP/1.1", f"host: localhost:{lab.port}".encode(), b"content-type: application/x-amz-json-1.1", f"x-amz-target: {TARGET}{operation}".encode()]
    return b"\r\n".join([*lines, *headers, f"content-length: {len(body)}".encode(), b"", b""]) + body


def alive(lab):
    return requests.get(f"{lab.base}/_cognate/health", timeout=5).status_code == 200


# --- bodies


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"ClientId":"abc","Username":"u', "SerializationException"),
        (b'{"ClientId":"abc","Username":"\xff\xfe","Password":"Passw0rd!"}', "SerializationException"),
        (b'{"ClientId":"abc\x00","Username":"u","Password":"Passw0rd!"}', "SerializationException"),
        (b'{"ClientId":"abc","Username":"a\\u0000b","Password":"Passw0rd!"}', "InvalidParameterException"),
        (b'{"ClientId":"abc","Username":"\\ud800","Password":"Passw0rd!"}', "SerializationException"),
        (b"[" * 100_000, "SerializationException"),
        (b'{"a":' * 20_000, "SerializationException"),
        (b"1e999999", "SerializationException"),
    ],
    ids=["truncated", "invalid UTF-8", "NUL byte", "escaped NUL", "lone surrogate", "deep arrays", "deep objects", "huge number"],
)
def test_a_malformed_body_is_named(lab, body, code):
    answer = talk(lab, post(lab, body))
    assert status(answer) == 400 and json.loads(answer.partition(b"\r\n\r\n")[2])["__type"] == code, answer[:600]
    assert alive(lab)


def test_ten_megabytes_of_json_are_refused_and_nothing_stays(lab):
    body = b'{"ClientId":"' + b"a" * 10_000_000 + b'"}'
    for operation in ("SignUp", "CreateManagedLoginBranding"):
        headers = {"x-amz-target": TARGET + operation, "content-type": "application/x-amz-json-1.1"}
        answer = requests.post(lab.base, data=body, headers=headers, timeout=20)
        assert (answer.status_code, answer.json()["__type"]) == (413, "RequestEntityTooLargeException"), answer.text[:300]
    # No signature comes with it: that is said, and the body is not kept.
    answer = requests.post(f"{lab.base}/v2/apis", data=body, headers={"content-type": "application/json"}, timeout=20)
    assert answer.status_code == 403, answer.text[:300]
    answer = requests.post(f"{lab.base}/oauth2/token", data=b"a=" + b"x" * 10_000_000, headers={"content-type": "application/x-www-form-urlencoded"}, timeout=20)
    assert answer.status_code in (400, 413), answer.text[:300]
    assert alive(lab)


# --- tokens and headers


def test_a_token_of_64_kilobytes_is_refused_everywhere(lab):
    token = "a." + "b" * 65_536 + ".c"
    client = lab.client(validate=False)
    with pytest.raises(client.exceptions.ClientError) as caught:
        client.get_user(AccessToken=token)
    assert caught.value.response["Error"]["Code"] in ("NotAuthorizedException", "InvalidParameterException")
    answer = lab.api(lab.values["apiId"], "/metadata/list", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code in (401, 431), answer.status_code
    answer = requests.get(f"{lab.base}/oauth2/userInfo", headers={"Authorization": f"Bearer {token}"}, timeout=10)
    assert answer.status_code in (400, 401, 431)
    answer = requests.post(f"{lab.base}/oauth2/token", data={"grant_type": "refresh_token", "client_id": lab.values["clientId"], "refresh_token": token}, timeout=10)
    assert answer.status_code in (400, 413) and answer.json(), answer.text
    assert alive(lab)


@pytest.mark.parametrize(
    ("headers", "statuses"),
    [
        ([b"authorization: Bearer a", b"authorization: Bearer b"], {400, 401}),
        ([b"content-length: 5", b"content-length: 6"], {400}),
        ([b"content-length: 5", b"transfer-encoding: chunked"], {400, 401}),
        ([b"host: localhost", b"host: evil.example"], {400, 403}),
        ([b"x: \x00"], {400}),
        ([b"x y: z"], {400}),
        ([b"x-long: " + b"a" * 70_000], {400, 431}),
        ([f"h{n}: v".encode() for n in range(500)], {400, 431}),
    ],
    ids=["authorization twice", "content-length twice", "length and chunked", "host three times", "NUL in a value", "space in a name", "70 kB header", "500 headers"],
)
def test_odd_headers_get_a_clear_refusal(lab, headers, statuses):
    path = f"/execute-api/{lab.values['apiId']}/$default/metadata/list".encode()
    request = b"\r\n".join([b"GET " + path + b" HTTP/1.1", f"host: localhost:{lab.port}".encode(), *headers, b"", b""])
    answer = talk(lab, request, wait=3)
    assert status(answer) in statuses, answer[:300]
    assert alive(lab)


@pytest.mark.parametrize("lengths", [["content-length: 4", "transfer-encoding: chunked"], ["transfer-encoding: chunked", "content-length: 4"], ["content-length: 0", "content-length: 40"]])
def test_a_body_with_two_lengths_ends_the_connection_and_hides_no_second_request(lab, lengths):
    head = "\r\n".join(["POST / HTTP/1.1", f"host: localhost:{lab.port}", *lengths])
    second = f"GET /_cognate/health HTTP/1.1\r\nhost: localhost:{lab.port}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", lab.port), timeout=10) as connection:
        connection.sendall(f"{head}\r\n\r\n0\r\n\r\n{second}".encode())
        out = b""
        while chunk := connection.recv(65536):
            out += chunk
    assert out.count(b"HTTP/1.1 ") == 1 and status(out) == 400, out[:300]


@pytest.mark.parametrize("raw", [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x00" * 512, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nnonsense", b"GET / HTTP/1.1\r\n\r\n"])
def test_what_is_not_http_harms_nobody(lab, raw):
    answer = talk(lab, raw, wait=2)
    assert status(answer) in (None, 400, 403, 505), answer[:200]
    assert alive(lab)


@pytest.mark.parametrize("path", ["/%00", "/%ff", "/..%2f..%2fetc/passwd", "/_objects/../../keys.json", "/_objects/%2e%2e/%2e%2e/keys.json", "/" + "a" * 9000, "/us-east-1_x/.well-known/jwks.json"])
def test_odd_paths_are_not_found_and_leak_nothing(lab, path):
    answer = talk(lab, f"GET {path} HTTP/1.1\r\nhost: localhost:{lab.port}\r\n\r\n".encode(), wait=3)
    assert status(answer) in (400, 403, 404, 405, 414, 431), answer[:300]
    assert b'"secret"' not in answer and b"root:" not in answer


# --- who may ask


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "169.254.169.254", "127.0.0.1.nip.io", "cognito-idp.us-east-1.amazonaws.com.evil.example", "[::1]evil.example", "[::1].evil.example", "localhost:80.evil.example", "localhost..", ""])
def test_a_foreign_host_is_refused_whatever_is_asked(lab, host):
    for path in ("/", "/mailbox?format=json", "/_cognate/clock", "/oauth2/token", f"/execute-api/{lab.values['apiId']}/$default/metadata/list"):
        answer = talk(lab, f"GET {path} HTTP/1.1\r\nhost: {host}\r\n\r\n".encode(), wait=3)
        assert status(answer) in (400, 403, 421), (path, answer[:300])
        assert b"messages" not in answer


@pytest.mark.parametrize("sign", [{"Origin": FOREIGN}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}], ids=["origin", "null origin", "fetch site"])
def test_a_foreign_page_administers_nothing(lab, sign):
    before = [row["Id"] for row in lab.idp.list_user_pools(MaxResults=60)["UserPools"]]
    def signed(service):
        return {"Authorization": f"AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=00"} | sign

    create = {"X-Amz-Target": f"{TARGET}CreateUserPool", "Content-Type": "application/x-amz-json-1.1"} | signed("cognito-idp")
    answers = {
        "signed operation": requests.post(lab.base, data='{"PoolName":"evil"}', headers=create, timeout=10),
        "control plane": requests.post(f"{lab.base}/v2/apis", data='{"name":"evil","protocolType":"HTTP"}', headers=signed("apigateway"), timeout=10),
        "mailbox": requests.get(f"{lab.base}/mailbox?format=json", headers=sign, timeout=10),
        "clock": requests.post(f"{lab.base}/_cognate/clock", json={"advanceSeconds": 0}, headers=sign, timeout=10),
        "health": requests.get(f"{lab.base}/_cognate/health", headers=sign, timeout=10),
        "sts": requests.post(lab.base, data="Action=GetCallerIdentity&Version=2011-06-15", headers={"content-type": "application/x-www-form-urlencoded"} | signed("sts"), timeout=10),
    }
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 403)
    assert all(answer.headers.get("access-control-allow-origin") in (None, "") for answer in answers.values() if "Origin" in sign)
    assert [row["Id"] for row in lab.idp.list_user_pools(MaxResults=60)["UserPools"]] == before


def test_the_clock_of_a_server_without_test_clock_cannot_be_moved(fresh):
    server = fresh("--no-demo")
    answer = requests.post(f"{server.base}/_cognate/clock", json={"advanceSeconds": 1}, timeout=5)
    assert answer.status_code == 403


def test_a_slow_client_holds_up_nobody(lab):
    stuck = [socket.create_connection(("127.0.0.1", lab.port)) for _ in range(50)]
    for connection in stuck:
        connection.sendall(f"POST / HTTP/1.1\r\nhost: localhost:{lab.port}\r\nx-amz-target: {TARGET}SignUp\r\ncontent-length: 100\r\n\r\n{{".encode())
    begin = time.monotonic()
    assert alive(lab) and lab.idp.list_user_pools(MaxResults=1)
    assert time.monotonic() - begin < 5
    for connection in stuck:
        connection.close()


# --- the folder and the ports


def test_a_taken_port_is_a_clear_error(fresh, lab):
    for ports, flag in (((lab.port, free_ports(1)[0]), "--port"), ((free_ports(1)[0], lab.port), "--dashboard-port")):
        second = fresh(start=False)
        second.port, second.dashboard_port = ports
        with pytest.raises(DidNotStart) as caught:
            second.start()
        said = str(caught.value)
        assert f"port {lab.port}" in said and flag in said and "in use" in said.lower(), said


def test_one_data_folder_serves_one_process(fresh):
    first = fresh("--no-demo")
    second = Server(first.folder, "--no-demo")
    with pytest.raises(DidNotStart, match="in use by another cognate process"):
        second.start()
    assert alive(first)


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    """A folder with content, its server stopped; tests take copies."""
    server = Server(tmp_path_factory.mktemp("stopped"))
    server.start()
    server.stop()
    return server


def copy(stopped, folder):
    server = Server(folder / "s")
    shutil.copytree(stopped.data, server.data, ignore=shutil.ignore_patterns("*.sock"))
    return server


def start_fails(server):
    try:
        with pytest.raises(DidNotStart) as caught:
            server.start()
    finally:
        server.kill()
    return str(caught.value)


def test_a_missing_key_file_is_never_made_anew_over_old_data(stopped, tmp_path):
    server = copy(stopped, tmp_path)
    (server.data / "keys.json").unlink()
    said = start_fails(server)
    assert "keys.json" in said and "missing" in said and "backup" in said, said
    assert not (server.data / "keys.json").exists()


@pytest.mark.parametrize("content", ["", "{}", "nonsense", '{"format":1,"active":1,"keys":[]}'])
def test_a_damaged_key_file_is_refused(stopped, tmp_path, content):
    server = copy(stopped, tmp_path)
    (server.data / "keys.json").write_text(content)
    assert "damaged" in start_fails(server)
    assert (server.data / "keys.json").read_text() == content


def test_a_foreign_key_file_is_refused(stopped, tmp_path):
    server = copy(stopped, tmp_path)
    kept = json.loads((server.data / "keys.json").read_text())
    for key in kept["keys"]:
        key["id"] += 7
    kept["active"] += 7
    (server.data / "keys.json").write_text(json.dumps(kept))
    said = start_fails(server)
    assert "key" in said, said


@pytest.mark.parametrize("damage", ["header", "text"])
def test_a_damaged_database_is_refused(stopped, tmp_path, damage):
    server = copy(stopped, tmp_path)
    file = server.data / "cognate.db"
    content = bytearray(file.read_bytes())
    content = {"header": b"\x00" * 100 + bytes(content[100:]), "text": b"this is no database " * 500}[damage]
    file.write_bytes(content)
    said = start_fails(server)
    assert "cognate.db" in said and "panicked" not in said, said
    assert file.read_bytes() == content


def test_a_torn_page_is_found_in_the_background_after_an_unclean_stop_and_ends_loudly(stopped, tmp_path):
    server = copy(stopped, tmp_path)
    file = server.data / "cognate.db"
    server.start()
    server.kill()
    with sqlite3.connect(file) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = database.execute("PRAGMA page_size").fetchone()[0]
        page = database.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'changes'").fetchone()[0]
    database.close()
    content = bytearray(file.read_bytes())
    content[(page - 1) * size : page * size] = b"\xa5" * size
    file.write_bytes(content)
    try:
        server.start()
        server.process.wait(20)
    except DidNotStart:
        pass
    finally:
        server.kill()
    assert server.process.returncode not in (0, None) and ("damaged" in server.said() or "malformed" in server.said() or "corrupt" in server.said().lower()), server.said()


def test_a_newer_schema_is_refused(stopped, tmp_path):
    server = copy(stopped, tmp_path)
    with sqlite3.connect(server.data / "cognate.db") as database:
        database.execute("PRAGMA user_version = 9999")
    database.close()
    said = start_fails(server)
    assert "newer" in said, said


def test_a_clock_set_back_neither_revives_nor_breaks(fresh):
    lab = fresh()
    pool = Pool(lab)
    name = pool.user()
    tokens = pool.tokens(name)
    lab.advance(-3 * 3600)
    assert pool.tokens(name)["AccessToken"]
    assert lab.idp.get_user(AccessToken=tokens["AccessToken"])["Username"] == name
    new = unique("back")
    lab.idp.sign_up(ClientId=pool.client_id, Username=new, Password=PASSWORD, UserAttributes=[{"Name": "email", "Value": f"{new}@example.com"}])
    lab.idp.confirm_sign_up(ClientId=pool.client_id, Username=new, ConfirmationCode=lab.code(f"{new}@example.com"))
    lab.idp.revoke_token(Token=tokens["RefreshToken"], ClientId=pool.client_id)
    lab.advance(3 * 3600)
    with pytest.raises(lab.idp.exceptions.NotAuthorizedException, match="revoked"):
        lab.idp.get_user(AccessToken=tokens["AccessToken"])


def test_everything_in_the_folder_is_the_owners_alone(lab):
    for path in [lab.data, *lab.data.rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, f"{path} {oct(path.stat().st_mode)}"


def test_a_broken_upload_leaves_nothing(lab):
    import upload

    token = upload.sign_in(lab)
    ticket = upload.ticket(lab, token, "broken.bin", b"x" * 1000)
    connection = http.client.HTTPConnection("127.0.0.1", lab.port, timeout=5)
    url, headers = upload.target(lab, ticket)
    connection.putrequest("PUT", url, skip_host=True)
    for name, value in (headers | {"content-length": "1000"}).items():
        connection.putheader(name, value)
    connection.endheaders(b"x" * 500)
    connection.sock.close()
    assert upload.about(lab, token, ticket["key"])["metadata"]["status"] == "pending"
    wrong = upload.put(lab, ticket, b"x" * 1001)
    assert wrong.status_code in (400, 403, 411, 413), wrong.text
    assert upload.put(lab, ticket, b"x" * 1000).status_code == 200
    assert upload.about(lab, token, ticket["key"])["metadata"]["status"] == "complete"
    assert [path for path in (lab.data / "objects").rglob("*") if path.is_file() and path.stat().st_size == 500] == []
