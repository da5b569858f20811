"""Triggers of user pools, as operators set them up and clients meet them."""

import base64
import json
import re

import pytest

from lab import PASSWORD, Pool, unique
from wire import refused

FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:nosuch"
KEY = "arn:aws:kms:us-east-1:000000000000:key/11111111-1111-4111-8111-111111111111"
PLAIN = [
    "PreSignUp",
    "PostConfirmation",
    "PreAuthentication",
    "PostAuthentication",
    "CustomMessage",
    "DefineAuthChallenge",
    "CreateAuthChallenge",
    "VerifyAuthChallengeResponse",
    "UserMigration",
]
UNREACHABLE = "invocation failed due to error AccessDeniedException."


def sign_up(pool, name):
    attributes = [{"Name": "email", "Value": f"{name}@example.com"}]
    return pool.idp.sign_up(ClientId=pool.client_id, Username=name, Password=PASSWORD, UserAttributes=attributes)


def test_every_member_of_the_configuration_comes_back_as_it_went(lab):
    versioned = {"LambdaVersion": "V1_0", "LambdaArn": FUNCTION}
    config = {name: FUNCTION for name in PLAIN} | {
        "PreTokenGeneration": FUNCTION,
        "PreTokenGenerationConfig": {"LambdaVersion": "V2_0", "LambdaArn": FUNCTION},
        "CustomSMSSender": versioned,
        "CustomEmailSender": versioned,
        "InboundFederation": versioned,
        "KMSKeyID": KEY,
    }
    pool = Pool(lab, LambdaConfig=config)
    assert lab.idp.describe_user_pool(UserPoolId=pool.id)["UserPool"]["LambdaConfig"] == config
    lab.idp.update_user_pool(UserPoolId=pool.id, LambdaConfig={"PreSignUp": FUNCTION})
    assert lab.idp.describe_user_pool(UserPoolId=pool.id)["UserPool"]["LambdaConfig"] == {"PreSignUp": FUNCTION}
    lab.idp.update_user_pool(UserPoolId=pool.id)
    assert lab.idp.describe_user_pool(UserPoolId=pool.id)["UserPool"]["LambdaConfig"] == {}


def test_settings_that_contradict_themselves_are_refused(idp):
    tokens = {"PreTokenGenerationConfig": {"LambdaVersion": "V2_0", "LambdaArn": FUNCTION}}
    sender = {"CustomEmailSender": {"LambdaVersion": "V1_0", "LambdaArn": FUNCTION}}

    def bad(code, words, config, **more):
        refused(idp.create_user_pool, code, re.compile(words), PoolName="bad", LambdaConfig=config, **more)

    bad("InvalidParameterException", "must be identical", tokens | {"PreTokenGeneration": FUNCTION + "2"})
    bad("InvalidParameterException", "KMSKeyID is required", sender)
    bad("FeatureUnavailableInTierException", "LITE", tokens, UserPoolTier="LITE")


@pytest.mark.parametrize("trigger", ["PreSignUp", "CustomMessage"])
def test_a_function_that_cannot_be_reached_stops_a_sign_up(lab, trigger):
    pool = Pool(lab, LambdaConfig={trigger: FUNCTION})
    refused(lambda: sign_up(pool, unique()), "UnexpectedLambdaException", f"{trigger} {UNREACHABLE}")


@pytest.mark.parametrize("trigger", ["PreAuthentication", "PostAuthentication", "PreTokenGeneration"])
def test_a_function_that_cannot_be_reached_stops_a_sign_in(lab, trigger):
    pool = Pool(lab, LambdaConfig={trigger: FUNCTION})
    name = pool.user()
    for _ in range(7):
        refused(lambda: pool.sign_in(name), "UnexpectedLambdaException", f"{trigger} {UNREACHABLE}")
    lab.idp.update_user_pool(UserPoolId=pool.id)
    assert pool.tokens(name)["AccessToken"], "no guess was counted"


def test_a_user_is_confirmed_though_the_function_told_of_it_cannot_be_reached(lab):
    pool, name = Pool(lab, LambdaConfig={"PostConfirmation": FUNCTION}), unique()
    sign_up(pool, name)
    answer = {"ClientId": pool.client_id, "Username": name, "ConfirmationCode": lab.code(f"{name}@example.com")}
    refused(pool.idp.confirm_sign_up, "UnexpectedLambdaException", f"PostConfirmation {UNREACHABLE}", **answer)
    assert pool.about(name)["UserStatus"] == "CONFIRMED"


def test_nobody_comes_from_elsewhere_by_a_function_that_cannot_be_reached(lab):
    pool = Pool(lab, LambdaConfig={"UserMigration": FUNCTION})
    refused(lambda: pool.sign_in(unique()), "UserNotFoundException", "Exception during user migration")
    hiding = pool.add_client(PreventUserExistenceErrors="ENABLED")["ClientId"]
    refused(lambda: pool.sign_in(unique(), client_id=hiding), "NotAuthorizedException", "Incorrect username or password.")


def test_custom_sign_in_needs_its_three_functions(lab):
    pool = Pool(lab, client={"ExplicitAuthFlows": ["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]})
    begin = {
        "ClientId": pool.client_id,
        "AuthFlow": "CUSTOM_AUTH",
        "AuthParameters": {"USERNAME": pool.user()},
        "ClientMetadata": {"app": "web"},
    }
    sentence = "Custom auth lambda trigger is not configured for the user pool."
    refused(lab.idp.initiate_auth, "InvalidParameterException", sentence, **begin)
    three = {name: FUNCTION for name in PLAIN if "AuthChallenge" in name}
    lab.idp.update_user_pool(UserPoolId=pool.id, LambdaConfig=three)
    unreachable = ("UnexpectedLambdaException", f"DefineAuthChallenge {UNREACHABLE}")
    refused(lab.idp.initiate_auth, *unreachable, **begin)
    refused(lab.idp.admin_initiate_auth, *unreachable, UserPoolId=pool.id, **begin)


def test_the_key_of_a_sender_is_told_to_who_owns_the_server(lab):
    told = [json.loads(lab.run("keys", "sender", KEY).stdout) for _ in range(2)]
    assert told[0] == told[1] and told[0]["keyName"] == KEY and told[0]["keyNamespace"] == "cognate"
    assert len(base64.b64decode(told[0]["key"])) == 32
    other = json.loads(lab.run("keys", "sender", KEY + "0").stdout)
    assert other["key"] != told[0]["key"]
