"""The processes of the bench: Cognate, HAProxy, the origin, stand-ins for Cognito (moto, ministack), and a foreign issuer. Each is ended by its own id."""

import contextlib
import http.server
import json
import os
import pathlib
import signal
import socket
import subprocess
import threading
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[1]
WORK = ROOT / "bench" / ".work"
COGNATE = os.environ.get("COGNATE_BIN", str(ROOT / "target" / "release" / "cognate"))
LOAD = os.environ.get("BENCH_LOAD", str(ROOT / "target" / "release" / "bench-load"))
KEY, SECRET = "BENCHBENCHBENCHBENCH", "a-secret-of-the-bench-for-nobody-else-0123"


def free_port():
    """A port nobody listens on now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def load(*arguments):
    """The measuring tool's answer."""
    done = subprocess.run([LOAD, *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"bench-load {' '.join(map(str, arguments[:12]))} ...: {done.stderr.strip()}")
    return json.loads(done.stdout)


class Process:
    """A server of the bench; ready when its port takes connections."""

    def __init__(self, name, command, port, **environment):
        self.name, self.command, self.port = name, [str(word) for word in command], port
        self.environment = os.environ | {key: str(value) for key, value in environment.items()}

    def __enter__(self):
        self.log = WORK / f"{self.name}.log"
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen(self.command, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=self.environment, cwd=WORK)
        give_up = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return self
            if self.process.poll() is not None or time.monotonic() > give_up:
                self.__exit__()
                raise SystemExit(f"{self.name} did not start: {self.log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.02)

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    @property
    def pid(self):
        return self.process.pid

    def memory(self):
        """Resident memory in MB: now, and at its highest."""
        fields = dict(line.split(":", 1) for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines())
        return {"now": int(fields["VmRSS"].split()[0]) / 1024, "peak": int(fields["VmHWM"].split()[0]) / 1024}


def cognate(port, folder, smtp=None):
    """`cognate serve` with one worker, and a relay on loopback where mail is to leave."""
    config = folder / "cognate.toml"
    config.write_text(
        f'listen = ["127.0.0.1:{port}"]\ndata = "{folder / "data"}"\nworkers = 1\n'
        f'[public]\nbase = "http://localhost:{port}"\napi = "http://{{api}}.execute-api.localhost:{port}"\n'
        f'[[credentials]]\naccess_key_id = "{KEY}"\nsecret_access_key = "{SECRET}"\n'
    )
    if smtp:
        with config.open("a") as file:
            file.write(f'[smtp]\nhost = "127.0.0.1"\nport = {smtp}\nsecurity = "none"\nfrom = "Bench <bench@example.com>"\n')
    return Process("cognate", [COGNATE, "serve", "--config", config], port)


def haproxy(plain, auth, origin, issuer, audience, public_key):
    """HAProxy with one thread: port `plain` proxies, port `auth` authorises and proxies."""
    values = {"PLAIN_PORT": plain, "AUTH_PORT": auth, "ORIGIN_PORT": origin, "ISSUER": issuer, "AUDIENCE": audience, "PUBLIC_KEY": public_key}
    values = {f"BENCH_{key}": value for key, value in values.items()}
    return Process("haproxy", ["haproxy", "-db", "-f", ROOT / "bench" / "haproxy.cfg"], plain, **values)


def origin(port):
    """The backend of both gateways."""
    return Process("origin", ["haproxy", "-db", "-f", ROOT / "bench" / "origin.cfg"], port, BENCH_ORIGIN_PORT=port)


def stand_ins():
    """The stand-ins for Cognito that are installed: name and how to start it on a port. They neither hash passwords slowly nor write to a disk."""
    moto, ministack = (WORK / name / "bin" / program for name, program in (("moto", "moto_server"), ("ministack", "ministack")))
    known = {
        "moto": (moto, lambda port: Process("moto", [moto, "-H", "127.0.0.1", "-p", port], port)),
        "ministack": (ministack, lambda port: Process("ministack", [ministack], port, BIND_HOST="127.0.0.1", GATEWAY_PORT=port, IOT_MTLS_ENABLED=0)),
    }
    wanted = os.environ.get("BENCH_PEERS", "moto,ministack").split(",")
    return [(name, start) for name, (program, start) in known.items() if name in wanted and program.exists()]


class Issuer:
    """A foreign issuer on loopback: its discovery document and its key set. Same port in each run, so that minted tokens can be used again."""

    def __init__(self, folder, port):
        self.folder, self.port = folder, port
        self.url = f"http://127.0.0.1:{port}/bench"

    def __enter__(self):
        documents = {
            "/bench/.well-known/openid-configuration": lambda: json.dumps({"issuer": self.url, "jwks_uri": f"{self.url}/jwks.json"}).encode(),
            "/bench/jwks.json": lambda: (self.folder / "jwks.json").read_bytes(),
        }

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                document = documents.get(urllib.parse.urlsplit(self.path).path)
                body = document() if document else b"{}"
                self.send_response(200 if document else 404)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
