"""`cognate dev` where it keeps nothing and asks for no particular port."""

import http.client
import pathlib
import re
import signal
import socket
import stat
import subprocess
import time

from lab import BINARY


def ready(process, out):
    deadline = time.monotonic() + 30
    while "Ctrl-C stops the server" not in out.read_text():
        assert process.poll() is None and time.monotonic() < deadline, out.read_text()
        time.sleep(0.05)
    return out.read_text()


def test_an_ephemeral_lab_on_any_port_leaves_nothing_behind(tmp_path):
    out = tmp_path / "out"
    with open(out, "wb") as file:
        process = subprocess.Popen([BINARY, "dev", "--ephemeral", "--port", "0", "--dashboard-port", "0"], stdout=file, stderr=file, cwd=tmp_path)
    try:
        said = ready(process, out)
        row = lambda name: re.search(rf"^  {name} +(\S+)", said, re.M)[1]
        folder = pathlib.Path(row("data folder"))
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700 and (folder / "demo.json").exists()
        base, page = (int(row(name).rsplit(":", 1)[1]) for name in ("AWS endpoint", "dashboard"))
        assert base and page and base != page
        for port, path in ((base, "/"), (page, "/"), (page, "/config.json")):
            for host in ("localhost", "127.0.0.1"):
                assert get(port, path, f"{host}:{port}").status == 200
            assert get(port, path, f"evil.example:{port}").status == 403
        policy = get(page, "/", f"localhost:{page}").headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
    assert not folder.exists() and not (tmp_path / ".cognate").exists()


def get(port, path, host):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Host": host})
    answer = connection.getresponse()
    answer.read()
    return answer


def test_a_taken_port_of_the_page_is_told_with_its_option(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        done = subprocess.run(
            [BINARY, "dev", "--ephemeral", "--port", "0", "--dashboard-port", str(port)], capture_output=True, text=True, timeout=30, check=False, cwd=tmp_path
        )
    assert done.returncode == 1 and f"cannot listen on port {port}" in done.stderr and "--dashboard-port PORT" in done.stderr
