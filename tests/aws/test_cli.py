"""The AWS CLI, pointed at the server by AWS_ENDPOINT_URL alone, exactly as the printed block says."""

import json
import os
import re
import subprocess

import pytest

from lab import PASSWORD, ROOT, unique

AWS = ROOT / ".venv-cli" / "bin" / "aws"


@pytest.fixture(scope="module")
def exported(lab):
    """The environment that `cognate env` prints."""
    lines = lab.run("env").stdout.splitlines()
    given = dict(line.removeprefix("export ").split("=", 1) for line in lines)
    return {"PATH": os.environ["PATH"], "HOME": str(lab.folder), "AWS_PAGER": "", **given}


def aws(exported, *arguments, fails=False):
    done = subprocess.run([str(AWS), *arguments], env=exported, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return done.stderr if fails else (json.loads(done.stdout) if done.stdout.strip() else {})


def test_the_printed_line_works(lab, exported):
    line = next(line for line in lab.said().splitlines() if " aws cognito-idp" in line)
    users = aws(exported, *line.split(" aws ")[1].split())["Users"]
    assert len(users) == 2


def test_who_am_i(exported):
    assert aws(exported, "sts", "get-caller-identity")["Account"] == "000000000000"


def test_sign_up_confirm_and_sign_in(lab, exported):
    client, email = lab.values["clientId"], f"{unique()}@example.com"
    common = ["--client-id", client, "--username", email]
    assert aws(exported, "cognito-idp", "sign-up", *common, "--password", PASSWORD, "--user-attributes", f"Name=email,Value={email}")["UserConfirmed"] is False
    aws(exported, "cognito-idp", "confirm-sign-up", *common, "--confirmation-code", lab.code(email))
    parameters = f"USERNAME={email},PASSWORD={PASSWORD}"
    answer = aws(exported, "cognito-idp", "initiate-auth", "--client-id", client, "--auth-flow", "USER_PASSWORD_AUTH", "--auth-parameters", parameters)
    assert answer["AuthenticationResult"]["TokenType"] == "Bearer"
    bad = aws(exported, "cognito-idp", "initiate-auth", "--client-id", client, "--auth-flow", "USER_PASSWORD_AUTH", "--auth-parameters", f"USERNAME={email},PASSWORD=no", fails=True)
    assert "(NotAuthorizedException)" in bad and "Incorrect username or password." in bad


def test_the_routes_of_the_lesson_are_listed(lab, exported):
    items = aws(exported, "apigatewayv2", "get-routes", "--api-id", lab.values["apiId"])["Items"]
    assert {item["RouteKey"] for item in items} == {"GET /metadata", "GET /metadata/list", "POST /upload-url", "DELETE /metadata"}
    assert {item["AuthorizationType"] for item in items} == {"JWT"}


@pytest.mark.parametrize("call", [("dynamodb", "list-tables"), ("kms", "list-keys"), ("s3api", "list-buckets")])
def test_another_service_is_refused_by_name(exported, call):
    said = aws(exported, *call, fails=True)
    assert "cognito-idp" in said and "apigatewayv2" in said, said
    assert re.search(r"\(\w+\)", said), said
