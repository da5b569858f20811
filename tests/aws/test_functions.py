"""One's own functions behind HTTP APIs: a Python and a Node.js folder, a custom runtime, a URL; warm, concurrent, failing as on AWS."""

import http.server
import json
import pathlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from lab import DidNotStart, unique

ACCOUNT = "000000000000"
PYTHON = """
import json, os, time
calls = 0
def handler(event, context):
    global calls
    calls += 1
    what = (event.get("queryStringParameters") or {}).get("do")
    if what == "raise": raise RuntimeError("secret detail")
    if what == "exit": os._exit(1)
    if what == "sleep": time.sleep(0.5)
    if what == "odd": return {"statusCode": "not a number"}
    if what == "plain": return {"hello": "world"}
    print("path", event["rawPath"])
    return {"statusCode": 201, "headers": {"x-pid": str(os.getpid()), "x-calls": str(calls)}, "cookies": ["a=1"],
            "body": json.dumps({"path": event["rawPath"], "version": event["version"], "body": event.get("body"), "endpoint": os.environ.get("AWS_ENDPOINT_URL")})}
"""
NODE = """
export const handler = async (event) => ({ statusCode: 200, headers: { "content-type": "application/json" }, body: JSON.stringify({ node: event.rawPath }) });
"""
SHELL = """#!/bin/sh
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while :; do
  curl -sS -D headers.txt -o event.json "$api/next" || exit 1
  id=$(tr -d '\\r' < headers.txt | sed -n 's/^lambda-runtime-aws-request-id: //p')
  curl -sS -o /dev/null -X POST "$api/$id/response" -d '{"statusCode": 200, "body": "from a shell"}'
done
"""


class Remote(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["content-length"])))
        answer = json.dumps({"statusCode": 200, "body": "remote " + event["rawPath"]}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def write(folder, **files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    root = tmp_path_factory.mktemp("functions")
    write(root / "py", app__py=PYTHON)
    write(root / "js", index__mjs=NODE)
    (write(root / "sh", bootstrap=SHELL) / "bootstrap").chmod(0o755)
    return root


@pytest.fixture
def server(fresh, home):
    remote = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Remote)
    threading.Thread(target=remote.serve_forever, daemon=True).start()
    toml = home / "functions.toml"
    toml.write_text('[functions.sh]\nfolder = "sh"\nconcurrency = 1\n\n[functions.slow]\nfolder = "py"\nhandler = "app.handler"\nconcurrency = 4\n')
    yield fresh(
        "--no-demo", "--functions", str(toml), "--function", f"py={home / 'py'}:app.handler", "--function", f"js={home / 'js'}:index.handler",
        "--function", f"far=http://127.0.0.1:{remote.server_address[1]}/",
    )
    remote.shutdown()


def api_of(server, name):
    """An HTTP API whose every route goes to the function; gives its id."""
    target = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}"
    api = server.apigw.create_api(Name=unique("fn"), ProtocolType="HTTP", Target=target)
    return api["ApiId"]


def test_functions_of_every_kind_answer_through_the_gateway(server):
    assert f"function        arn:aws:lambda:us-east-1:{ACCOUNT}:function:js\n" in server.said(), "what an integration needs is printed"
    py = api_of(server, "py")
    first = server.api(py, "/a/b", "POST", data="hello", headers={"content-type": "text/plain"})
    assert first.status_code == 201 and first.headers["set-cookie"] == "a=1"
    assert first.json() == {"path": "/a/b", "version": "2.0", "body": "hello", "endpoint": server.base}
    began = time.monotonic()
    again = server.api(py, "/a/b")
    assert again.headers["x-pid"] == first.headers["x-pid"] and again.headers["x-calls"] == "2", "the process stays warm"
    assert time.monotonic() - began < 1
    assert server.api(py, "/x?do=plain").json() == {"hello": "world"}
    assert server.api(api_of(server, "js"), "/n").json() == {"node": "/n"}
    assert server.api(api_of(server, "sh"), "/").text == "from a shell"
    assert server.api(api_of(server, "far"), "/r").text == "remote /r"


def test_failures_of_a_function_tell_the_client_nothing(server):
    py = api_of(server, "py")
    for what in ("raise", "exit", "odd"):
        answer = server.api(py, f"/x?do={what}")
        assert (answer.status_code, answer.json()) == (500, {"message": "Internal Server Error"}), what
        explained = server.run("explain", answer.headers["apigw-requestid"])
        assert "integration." in explained.stdout, explained.stdout + explained.stderr
    assert server.api(py, "/x").status_code == 201, "another process has taken its place"
    missing = server.api(api_of(server, "nothing"), "/")
    assert (missing.status_code, missing.json()) == (500, {"message": "Internal Server Error"})
    assert "secret detail" in server.run("explain", server.api(py, "/x?do=raise").headers["apigw-requestid"]).stdout


def test_an_api_calls_no_function_of_another_region(server):
    elsewhere = server.client("apigatewayv2", region="eu-west-1")
    target = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:py"
    api = elsewhere.create_api(Name=unique("fn"), ProtocolType="HTTP", Target=target)["ApiId"]
    answer = server.api(api, "/x")
    assert (answer.status_code, answer.json()) == (500, {"message": "Internal Server Error"})
    explained = server.run("explain", answer.headers["apigw-requestid"]).stdout
    assert "integration.permission" in explained and "Invalid permissions on Lambda function" in explained, explained


def test_calls_run_side_by_side(server):
    api = api_of(server, "slow")
    began = time.monotonic()
    with ThreadPoolExecutor(8) as many:
        answers = list(many.map(lambda _: server.api(api, "/x?do=sleep"), range(8)))
    assert [answer.status_code for answer in answers] == [201] * 8
    assert 1 < len({answer.headers["x-pid"] for answer in answers}) <= 4
    assert time.monotonic() - began < 8


def test_a_changed_file_is_served_at_once(server, home):
    api = api_of(server, "js")
    assert server.api(api, "/n").json() == {"node": "/n"}
    write(home / "js", index__mjs=NODE.replace("node:", "changed:"))
    assert server.api(api, "/n").json() == {"changed": "/n"}
    write(home / "js", index__mjs=NODE)


def test_what_a_function_prints_is_in_the_log(server):
    answer = server.api(api_of(server, "py"), "/printed")
    assert answer.status_code == 201
    give_up = time.monotonic() + 5
    while "path /printed" not in server.said() and time.monotonic() < give_up:
        time.sleep(0.02)
    line = next(line for line in server.said().splitlines() if "path /printed" in line)
    assert 'function="py"' in line and answer.headers["apigw-requestid"] in line, line


def running(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_functions_end_with_the_server(server, end):
    pid = server.api(api_of(server, "py"), "/").headers["x-pid"]
    assert running(pid)
    getattr(server, end)()
    give_up = time.monotonic() + 5
    while running(pid) and time.monotonic() < give_up:
        time.sleep(0.02)
    assert not running(pid)


def test_a_function_that_cannot_be_is_refused_at_the_start(fresh, tmp_path):
    for argument, said in [
        ("f=nowhere:app.handler", "folder nowhere"),
        (f"f={tmp_path}:app.handler", "neither app.py nor app.js"),
        ("f", "name=folder:file.function"),
        ("dashboard=https://x/", "taken by the file dashboard"),
        ("a/b=https://x/", "1 to 64 letters"),
    ]:
        with pytest.raises(DidNotStart, match="--function") as told:
            fresh("--no-demo", "--function", argument)
        assert said in str(told.value), told.value
