"""Fixtures: one server for most tests, fresh ones where state matters."""

import pathlib
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor

import pytest

from lab import BINARY, Pool, Server

NOT_RUN = []


def pytest_sessionstart(session):
    if not pathlib.Path(BINARY).exists():
        pytest.exit(f"{BINARY} is not there: cargo build -p cognate", returncode=2)


def pytest_collection_modifyitems(items):
    """Terraform runs in the background until its test asks; the completeness test judges what the others called."""
    late = ["test_terraform", "test_completeness"]
    items.sort(key=lambda item: late.index(item.module.__name__) + 1 if item.module.__name__ in late else 0)


def pytest_terminal_summary(terminalreporter):
    for line in NOT_RUN:
        terminalreporter.write_line(f"NOT RUN: {line}")
    terminalreporter.write_line(f"tests not run: {len(NOT_RUN)}")


@pytest.fixture
def not_run():
    """For what this machine lacks: said aloud and counted, never silent."""

    def say(why):
        NOT_RUN.append(why)
        pytest.skip(f"NOT RUN: {why}")

    return say


@pytest.fixture(scope="session")
def lab(tmp_path_factory, request):
    server = Server(tmp_path_factory.mktemp("lab"))
    server.start()
    terraform = next((item for item in request.session.items if item.module.__name__ == "test_terraform"), None)
    if terraform and not terraform.module.lacks():
        # Terraform spends a minute or more starting its provider: it runs beside the other tests.
        server.terraform = ThreadPoolExecutor(1).submit(terraform.module.whole_life, server.base, tmp_path_factory.mktemp("terraform"))
    yield server
    assert server.stop() == 0, server.said()[-2000:]


@pytest.fixture
def fresh(request):
    """Makes a server of the test's own; stopped at its end. Its folder is short: a Unix socket lives in it."""
    made = []

    def make(*options, start=True):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="cg"))
        server = Server(folder, *options)
        made.append(server)
        return server.start() if start else server

    yield make
    for server in made:
        server.kill()
        shutil.rmtree(server.folder, ignore_errors=True)


@pytest.fixture(scope="session")
def terraform_run(lab):
    """The run of Terraform that began with the server; its result raises what went wrong."""
    return getattr(lab, "terraform", None)


@pytest.fixture(scope="session")
def idp(lab):
    return lab.idp


@pytest.fixture(scope="session")
def apigw(lab):
    return lab.apigw


@pytest.fixture(scope="session")
def pool(lab):
    """Names chosen by the user, e-mail verified by code."""
    return Pool(lab)


@pytest.fixture(scope="session")
def mail_pool(lab):
    """People sign in by e-mail address, in any case."""
    return Pool(lab, UsernameAttributes=["email"], UsernameConfiguration={"CaseSensitive": False})


@pytest.fixture(scope="session")
def quiet_pool(lab):
    """Unknown users look like known ones."""
    return Pool(lab, client={"PreventUserExistenceErrors": "ENABLED"})


@pytest.fixture(scope="session")
def totp_pool(lab):
    """TOTP allowed, not demanded."""
    made = Pool(lab)
    lab.idp.set_user_pool_mfa_config(UserPoolId=made.id, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True})
    return made
