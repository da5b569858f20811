"""Fixtures of `cognate serve`: a server for traffic with key pairs, public URLs, SMTP, a trusted proxy, an admin listener."""

import pathlib
import shutil
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "aws"))

from traffic import Serve, Sink  # noqa: E402

NOT_RUN = []


def pytest_terminal_summary(terminalreporter):
    for line in NOT_RUN:
        terminalreporter.write_line(f"NOT RUN: {line}")


@pytest.fixture
def not_run():
    """For what this machine lacks: said aloud, never silent."""

    def say(why):
        NOT_RUN.append(why)
        pytest.skip(f"NOT RUN: {why}")

    return say


@pytest.fixture(scope="session")
def sink():
    with Sink() as sink:
        yield sink


@pytest.fixture(scope="session")
def site(sink):
    """One server for most tests."""
    server = Serve(pathlib.Path(tempfile.mkdtemp(prefix="cs")), sink)
    server.start()
    yield server
    assert server.stop() == 0, server.said()[-2000:]
    shutil.rmtree(server.folder, ignore_errors=True)


@pytest.fixture
def fresh(sink):
    """Makes a server of the test's own, gone at its end."""
    made = []

    def make(**changes):
        server = Serve(pathlib.Path(tempfile.mkdtemp(prefix="cs")), sink, **changes)
        made.append(server)
        return server

    yield make
    for server in made:
        server.kill()
        shutil.rmtree(server.folder, ignore_errors=True)
