"""A full disk: writes fail with 5xx, reads and the gateway go on, and nobody has to help when there is room again."""

import json
import subprocess
import time

import pytest
from botocore.exceptions import ClientError

from traffic import Backend, Home, root


@pytest.fixture
def small(fresh, not_run):
    """A server whose data folder is a disk of its own, with 32 MB."""
    if not root():
        not_run("only root can mount a small tmpfs")
    server = fresh()
    server.data.mkdir(parents=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m,mode=0700", "tmpfs", str(server.data)], capture_output=True, text=True, check=False)
    if mounted.returncode:
        not_run(f"no tmpfs can be mounted here: {mounted.stderr.strip()}")
    yield server
    server.kill()
    subprocess.run(["umount", "-l", str(server.data)], check=True)


def fill(path):
    """Writes until there is no room for one more page."""
    with open(path, "wb", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


def status(call, **parameters):
    try:
        return call(**parameters)["ResponseMetadata"]["HTTPStatusCode"]
    except ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"]


def test_a_full_disk_stops_writes_only_and_passes(small):
    with Backend() as backend:
        small.start()
        home = Home(small, backend)
        home.user("ann")
        token = home.sign_in("ann")["AccessToken"]
        filler = small.data / "filler"
        fill(filler)
        # What is preallocated may still take a few rows; then nothing goes in.
        deadline = time.monotonic() + 20
        while status(home.idp.create_user_pool, PoolName="full") == 200:
            fill(filler)
            assert time.monotonic() < deadline, "the disk never filled"
        seen = {status(home.idp.create_user_pool, PoolName="full") for _ in range(3)}
        seen |= {status(home.idp.admin_create_user, UserPoolId=home.id, Username="bob", MessageAction="SUPPRESS")}
        seen |= {status(small.client("apigatewayv2").create_api, Name="full", ProtocolType="HTTP")}
        assert all(code >= 500 for code in seen), seen
        for _ in range(5):
            assert status(home.idp.describe_user_pool, UserPoolId=home.id) == 200
            assert home.call(token).status == 200 and home.call(None).status == 401
            assert len(home.jwks()) == 2
        assert small.client(unsigned=True).get_user(AccessToken=token)["Username"] == "ann"
        rotated = small.run("keys", "rotate")
        assert rotated.returncode == 1 and "key file" in rotated.stderr, rotated
        assert small.process.poll() is None, small.said()[-2000:]
        filler.unlink()
        deadline = time.monotonic() + 10
        while status(home.idp.create_user_pool, PoolName="room") != 200:
            assert time.monotonic() < deadline, "writes did not come back"
            time.sleep(0.1)
        home.user("carol")
        assert home.call(home.sign_in("carol")["AccessToken"]).status == 200
        assert json.loads(small.run("keys", "rotate").stdout)["active"] == 2
        small.stop()
        small.start()
        assert home.call(home.sign_in("ann")["AccessToken"]).status == 200
        names = {pool["Name"] for pool in home.idp.list_user_pools(MaxResults=60)["UserPools"]}
        assert "room" in names
