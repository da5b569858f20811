"""Where a client hides who exists: status, body and headers are the same for known, unknown, disabled and unconfirmed users, byte for byte but for
what is random. Whether the clock tells is measured by `make bench` (bench/timing.py)."""

import json

import pytest
import requests

from lab import PASSWORD, Pool, unique

WRONG = "Wr0ng-Passw0rd!"


@pytest.fixture(scope="module")
def hiding(lab):
    client = {
        "PreventUserExistenceErrors": "ENABLED",
        "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_USER_AUTH"],
    }
    return Pool(lab, client=client, UsernameAttributes=["email"])


def people(pool):
    """Names of one length: somebody of each kind, and nobody."""
    mark = unique("x")
    names = {kind: f"aa{kind}{mark}@example.com" for kind in ("known", "offed", "fresh", "nobod")}
    pool.user(names["known"])
    pool.user(names["offed"])
    pool.idp.admin_disable_user(UserPoolId=pool.id, Username=names["offed"])
    pool.idp.sign_up(ClientId=pool.client_id, Username=names["fresh"], Password=PASSWORD)
    return names


def seen(lab, operation, body):
    """All that a client sees, but the values that every answer has of its own."""
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}"}
    answer = requests.post(lab.base, data=json.dumps(body), headers=headers, timeout=20)
    own = {"x-amzn-requestid", "date"}
    shown = [(name.lower(), "" if name.lower() in own else value) for name, value in answer.headers.items()]
    return answer.status_code, shown, answer.text


def initiate(pool, flow, **parameters):
    return lambda name: {"ClientId": pool.client_id, "AuthFlow": flow, "AuthParameters": {"USERNAME": name} | parameters}


def about(pool, **members):
    return lambda name: {"ClientId": pool.client_id, "Username": name} | members


def test_answers_about_known_disabled_unconfirmed_and_unknown_users_are_the_same_bytes(lab, hiding):
    names = people(hiding)
    for operation, body in (
        ("InitiateAuth", initiate(hiding, "USER_PASSWORD_AUTH", PASSWORD=WRONG)),
        ("InitiateAuth", initiate(hiding, "USER_AUTH", PREFERRED_CHALLENGE="PASSWORD", PASSWORD=WRONG)),
        ("ForgotPassword", about(hiding)),
        ("ConfirmForgotPassword", about(hiding, ConfirmationCode="000000", Password=WRONG)),
    ):
        answers = {kind: seen(lab, operation, body(name)) for kind, name in names.items()}
        assert all(answer == answers["nobod"] for answer in answers.values()), (operation, answers)
    # A confirmation is asked for again by whoever waits for one.
    for operation, body in (("ResendConfirmationCode", about(hiding)), ("ConfirmSignUp", about(hiding, ConfirmationCode="000000"))):
        answers = {kind: seen(lab, operation, body(names[kind])) for kind in ("fresh", "nobod")}
        assert answers["fresh"] == answers["nobod"], (operation, answers)


def test_srp_challenges_differ_in_nothing_but_their_numbers(lab, hiding):
    names = people(hiding)
    shapes = set()
    for name in names.values():
        # Numbers in hex lose their leading zeros, the same for everybody: a few tries find one of the usual length.
        for _ in range(40):
            status, headers, text = seen(lab, "InitiateAuth", initiate(hiding, "USER_SRP_AUTH", SRP_A="ab" * 384)(name))
            answer = json.loads(text)
            parameters = answer["ChallengeParameters"]
            if len(parameters["SRP_B"]) == 768 and len(parameters["SALT"]) in (31, 32):
                break
        shape = {key: len(value) for key, value in parameters.items() if key != "SALT"}
        headers = [(key, "" if key == "content-length" else value) for key, value in headers]
        shapes.add(json.dumps([status, headers, sorted(answer), len(answer["Session"]), sorted(shape.items())]))
    assert len(shapes) == 1, shapes
