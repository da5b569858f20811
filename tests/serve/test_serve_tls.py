"""`cognate serve` with certificate files: checked at the start, chosen by host, reloaded without a dropped connection."""

import http.client
import json
import pathlib
import shutil
import signal
import socket
import ssl
import tempfile
import threading
import time

import pytest

from certificates import Authority
from lab import DidNotStart

BASE = "id.example.test"


@pytest.fixture
def authority():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="ct"))
    yield Authority(folder)
    shutil.rmtree(folder, ignore_errors=True)


def stream(server, authority, host=BASE):
    context = ssl.create_default_context(cafile=authority.file)
    return context.wrap_socket(socket.create_connection(("127.0.0.1", server.port), timeout=15), server_hostname=host)


def get(connection, path="/", host=BASE):
    connection.sendall(f"GET {path} HTTP/1.1\r\nhost: {host}\r\n\r\n".encode())
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    return answer.status, answer.read()


def serial(connection):
    return connection.getpeercert()["serialNumber"]


def until(holds, what, seconds=20):
    give_up = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up, what
        time.sleep(0.05)


def test_certificates_are_chosen_by_host_and_reloaded_under_open_connections(fresh, authority):
    tls = authority.write("first", BASE) | {"others": [authority.write("wild", "*.auth.example.test", "*.api.example.test")]}
    server = fresh(tls=tls).start()
    silent = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    open_one = stream(server, authority)
    before = serial(open_one)
    assert get(open_one)[0] == 200
    assert serial(stream(server, authority, "a.auth.example.test")) != before
    context = ssl.create_default_context(cafile=authority.file)
    context.check_hostname = False
    nameless = context.wrap_socket(socket.create_connection(("127.0.0.1", server.port)))
    assert serial(nameless) == before, "who names no host sees the first"
    status = server.get("/").status
    assert status == 400, "plain HTTP"
    end = server.metrics()["cognate_tls_certificate_end_seconds"]
    assert 29 * 86400 < end - time.time() < 31 * 86400

    answers, stop = [], threading.Event()

    def ask():
        while not stop.is_set():
            answers.append(get(open_one)[0])

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        authority.write("first", BASE, days=60)
        server.process.send_signal(signal.SIGHUP)
        until(lambda: serial(stream(server, authority)) != before, "SIGHUP reloads")
        second = serial(stream(server, authority))

        authority.write("first", BASE, days=90)
        until(lambda: serial(stream(server, authority)) != second, "a changed file is seen without a signal")
        third = serial(stream(server, authority))

        other, _ = authority.pair(BASE)
        pathlib.Path(tls["certificate"]).write_bytes(other)
        server.process.send_signal(signal.SIGHUP)
        until(lambda: "the new certificates cannot be used" in server.said(), "a bad pair is said")
        assert "is not the key of the certificate" in server.said() and serial(stream(server, authority)) == third
        metrics = server.metrics()
        assert metrics['cognate_tls_certificates_read_total{result="replaced"}'] == 2 and metrics['cognate_tls_certificates_read_total{result="refused"}'] == 1
    finally:
        stop.set()
        asking.join()
    assert len(answers) > 10 and set(answers) == {200}, "the open connection was served all along"
    assert silent.recv(64) == b"", "a handshake has its time, and no more"
    assert "PRIVATE KEY" not in server.said()
    assert server.stop() == 0


def test_a_server_does_not_start_on_certificates_that_cannot_serve(fresh, authority):
    good = authority.write("good", BASE)
    other = authority.write("other", BASE)
    text = authority.folder / "text.pem"
    text.write_text("no certificate")
    for tls, said in (
        ({"certificate": good["certificate"], "key": other["key"]}, "tls.key: " + other["key"] + ": is not the key of the certificate"),
        ({"certificate": str(text), "key": good["key"]}, "holds no certificate in PEM form"),
        ({"certificate": good["certificate"], "key": str(text)}, "holds no private key in PEM form"),
        ({"certificate": str(authority.folder / "absent.pem"), "key": good["key"]}, "tls.certificate: cannot read"),
        (authority.write("old", BASE, days=-1), "expired on"),
        (good | {"certfile": "x"}, "certfile"),
    ):
        server = fresh(tls=tls)
        with pytest.raises(DidNotStart) as refused:
            server.start()
        assert said in str(refused.value), (said, str(refused.value))
    server = fresh(tls=good)
    server.config["public"] = {"base": "http://id.example.test"}
    with pytest.raises(DidNotStart, match="public.base: must begin with https://"):
        server.start()


def test_a_host_without_a_certificate_and_a_near_end_are_said(fresh, authority):
    server = fresh(tls=authority.write("soon", BASE, days=5)).start()
    until(lambda: "a certificate expires soon" in server.said(), "the near end is said")
    events = server.events()
    unnamed = {event["host"] for event in events if event["message"].startswith("no certificate is for this host")}
    assert unnamed == {"any.auth.example.test", "any.api.example.test"}
    assert server.stop() == 0


def test_handshakes_that_never_end_do_not_keep_others_out(fresh, authority):
    server = fresh(tls=authority.write("pair", BASE), workers=1).start()
    silent = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(50)]
    for one in silent[::2]:
        one.sendall(b"\x16\x03\x01\x02\x00\x01")
    with stream(server, authority) as good:
        assert get(good)[0] == 200
    silent[1].sendall(b"\x00nonsense")
    silent[3].sendall(b"\x16\x03\x01\x00\x05hello")
    for one in (silent[1], silent[3]):
        one.settimeout(5)
        assert len(one.recv(64)) < 64, "an alert at most"
    until(lambda: server.metrics()["cognate_tls_handshakes_failed_total"] >= 2, "failed handshakes are counted")
    for one in silent:
        one.close()
    assert server.stop() == 0, server.said()[-500:]


def test_over_https_the_client_is_told_apart_from_plain_ones(fresh, authority):
    """The scheme is what was spoken, not what a stranger's header says."""
    server = fresh(tls=authority.write("pair", BASE, "a.auth.example.test"), trusted_proxies=[]).start()
    connection = stream(server, authority, "a.auth.example.test")
    connection.sendall(b"GET /login HTTP/1.1\r\nhost: a.auth.example.test\r\nx-forwarded-proto: http\r\n\r\n")
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    assert answer.headers["strict-transport-security"] == "max-age=31536000", json.dumps(dict(answer.headers))
