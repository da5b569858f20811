"""Functions for triggers, in three languages: run by the server itself, scripted by files."""

import http.server
import json
import pathlib
import shutil
import subprocess
import threading

import jwt

import lab

HERE = pathlib.Path(__file__).parent / "functions"
LANGUAGES = {
    "python": 'folder = "python"\nhandler = "handler.handler"',
    "node": 'folder = "node"\nhandler = "index.handler"',
    "rust": 'folder = "rust"',
}


def claims(token):
    """What a token says, unverified."""
    return jwt.decode(token, options={"verify_signature": False})


def are_run():
    """Whether the binary runs functions at all."""
    told = subprocess.run([lab.BINARY, "dev", "--help"], capture_output=True, text=True, timeout=60, check=True).stdout
    return "--functions" in told


class Remote(http.server.BaseHTTPRequestHandler):
    """A function behind a URL: confirms everybody."""

    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["content-length"])))
        event["response"]["autoConfirmUser"] = True
        answer = json.dumps(event).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def set_up(folder):
    """One function per language below a folder, and one behind a URL; gives the file that names them."""
    for language, name in ("python", "handler.py"), ("node", "index.mjs"), ("rust", "bootstrap"):
        (folder / language).mkdir(parents=True)
        if language == "rust":
            built = folder / language / name
            subprocess.run(["rustc", "--edition", "2024", "-O", "-o", built, HERE / "bootstrap.rs"], check=True)
        else:
            shutil.copy(HERE / name, folder / language / name)
        (folder / f"{language}-scripts").mkdir()
    tables = (
        f"[functions.{language}]\n{how}\ntimeout = 10\nenvironment = {{ SCRIPTS = {json.dumps(str(folder / f'{language}-scripts'))} }}\n"
        for language, how in LANGUAGES.items()
    )
    remote = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Remote)
    threading.Thread(target=remote.serve_forever, daemon=True).start()
    url = f'[functions.url]\nurl = "http://127.0.0.1:{remote.server_port}/"\n'
    (folder / "functions.toml").write_text("\n".join([*tables, url]))
    return folder / "functions.toml"


def arn(name):
    return f"arn:aws:lambda:us-east-1:000000000000:function:{name}"


class Function:
    """A function of a server. `does` says what it does from now on; `told` is what it was told."""

    def __init__(self, language, folder):
        self.arn = arn(language)
        self.folder = folder / f"{language}-scripts"
        self.forgets()

    def does(self, source, **script):
        """One of `response=`, `raise_=`, `sleep=`, `exit=`, `answer=`."""
        (name, value), = script.items()
        (self.folder / source).write_text(json.dumps({name.rstrip("_"): value}))

    def forgets(self):
        for path in self.folder.iterdir():
            path.unlink()

    @property
    def told(self):
        log = self.folder / "log"
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []

    @property
    def sources(self):
        return [event["triggerSource"] for event in self.told]
