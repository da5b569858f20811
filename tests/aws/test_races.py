"""Acceptance 9 over HTTP: 32 parallel redemptions of one secret. Exactly one succeeds, and the family it opened is revoked where reuse betrays a thief."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from botocore.exceptions import ClientError

from lab import PASSWORD, Pool, unique
from web import Pkce, fetch_code, oauth_client, redeem
from wire import refused

WIDE = 32


@pytest.fixture(scope="module")
def stage(lab):
    """A pool with a login domain."""
    pool = Pool(lab)
    lab.idp.create_user_pool_domain(Domain=unique("race"), UserPoolId=pool.id, ManagedLoginVersion=2)
    return pool


def at_once(act):
    """The act, 32 times, started together."""
    gate = threading.Barrier(WIDE)

    def run(_):
        gate.wait()
        return act()

    with ThreadPoolExecutor(WIDE) as threads:
        return list(threads.map(run, range(WIDE)))


@pytest.mark.parametrize("round", range(3))
def test_one_code_is_redeemed_once_and_its_tokens_are_revoked(lab, stage, round):
    client, pkce = oauth_client(stage)["ClientId"], Pkce()
    code = fetch_code(lab.base, client, stage.user(), PASSWORD, pkce)
    answers = at_once(lambda: redeem(lab.base, client, code, pkce))
    good = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(good) == 1, [answer.status_code for answer in answers]
    assert all(answer.status_code == 400 and answer.json()["error"] == "invalid_grant" for answer in answers if answer.status_code != 200)
    again = requests.post(f"{lab.base}/oauth2/token", data={"grant_type": "refresh_token", "client_id": client, "refresh_token": good[0]["refresh_token"]}, timeout=10)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    refused(lab.idp.get_user, "NotAuthorizedException", "Access Token has been revoked", AccessToken=good[0]["access_token"])


@pytest.mark.parametrize("round", range(3))
def test_one_rotating_refresh_token_is_used_once_and_the_family_ends(lab, stage, round):
    rotation = {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0}
    client = stage.add_client(ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"], RefreshTokenRotation=rotation)["ClientId"]
    first = stage.tokens(stage.user(), client_id=client)["RefreshToken"]

    def act(token=first):
        try:
            return lab.idp.get_tokens_from_refresh_token(RefreshToken=token, ClientId=client)["AuthenticationResult"]
        except ClientError as error:
            return error.response["Error"]["Code"]

    answers = at_once(act)
    good = [answer for answer in answers if isinstance(answer, dict)]
    assert len(good) == 1, answers
    assert {answer for answer in answers if isinstance(answer, str)} <= {"RefreshTokenReuseException", "NotAuthorizedException"}
    assert act(good[0]["RefreshToken"]) == "NotAuthorizedException"
    refused(lab.idp.get_user, "NotAuthorizedException", "Access Token has been revoked", AccessToken=good[0]["AccessToken"])


@pytest.mark.parametrize("round", range(3))
def test_one_confirmation_code_confirms_once(lab, stage, round):
    name = unique("race")
    email = f"{name}@example.com"
    lab.idp.sign_up(ClientId=stage.client_id, Username=name, Password=PASSWORD, UserAttributes=[{"Name": "email", "Value": email}])
    code = lab.code(email)

    def act():
        try:
            lab.idp.confirm_sign_up(ClientId=stage.client_id, Username=name, ConfirmationCode=code)
            return "confirmed"
        except ClientError as error:
            return error.response["Error"]["Message"]

    answers = at_once(act)
    assert answers.count("confirmed") == 1, answers
    told = set(answers) - {"confirmed"}
    assert told <= {"User cannot be confirmed. Current status is CONFIRMED", "Invalid code provided, please request a code again.", "Attempt limit exceeded, please try after some time."}, told


def test_one_name_is_taken_once(lab, stage):
    name = unique("race")

    def act():
        try:
            lab.idp.sign_up(ClientId=stage.client_id, Username=name, Password=PASSWORD, UserAttributes=[{"Name": "email", "Value": f"{name}@example.com"}])
            return "made"
        except ClientError as error:
            return error.response["Error"]["Code"]

    answers = at_once(act)
    assert answers.count("made") == 1 and set(answers) <= {"made", "UsernameExistsException", "TooManyRequestsException"}, answers
