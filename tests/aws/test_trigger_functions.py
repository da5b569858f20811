"""Every trigger with a function in Python, in Node and in Rust, run by the server: what it is told, what it changes, how it fails."""

import time

import pytest

import trigger_functions
from lab import PASSWORD, Pool, Server, unique
from trigger_functions import LANGUAGES, Function, claims
from wire import refused

KEY = "arn:aws:kms:us-east-1:000000000000:key/11111111-1111-4111-8111-111111111111"
FLOWS = [*Pool.FLOWS, "ALLOW_CUSTOM_AUTH"]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    if not trigger_functions.are_run():
        return None
    folder = tmp_path_factory.mktemp("triggers")
    trigger_functions.set_up(folder)
    return folder


@pytest.fixture(scope="module")
def lab(home, tmp_path_factory):
    if home is None:
        yield None
        return
    with Server(tmp_path_factory.mktemp("t"), "--no-demo", "--functions", str(home / "functions.toml")) as server:
        yield server


@pytest.fixture(params=LANGUAGES)
def function(request, home, not_run):
    if home is None:
        not_run("this binary runs no functions")
    return Function(request.param, home)


def pool_of(lab, function, *triggers, **more):
    settings = {"LambdaConfig": {trigger: function.arn for trigger in triggers} | more.pop("LambdaConfig", {})}
    return Pool(lab, client={"ExplicitAuthFlows": FLOWS, **more.pop("client", {})}, **settings, **more)


def sign_up(pool, name):
    attributes = [{"Name": "email", "Value": f"{name}@example.com"}]
    more = {"ValidationData": [{"Name": "valid", "Value": "1"}], "ClientMetadata": {"meta": "1"}}
    return pool.idp.sign_up(ClientId=pool.client_id, Username=name, Password=PASSWORD, UserAttributes=attributes, **more)


def test_sign_up_is_asked_about_and_told(lab, function):
    pool, name = pool_of(lab, function, "PreSignUp", "PostConfirmation"), unique()
    function.does("PreSignUp_SignUp", response={"autoConfirmUser": True, "autoVerifyEmail": True})
    assert sign_up(pool, name)["UserConfirmed"]
    assert function.sources == ["PreSignUp_SignUp", "PostConfirmation_ConfirmSignUp"]
    first = function.told[0]
    assert first["request"]["validationData"] == {"valid": "1"} and first["request"]["clientMetadata"] == {"meta": "1"}
    assert first["callerContext"]["clientId"] == pool.client_id
    assert pool.attributes(name)["email_verified"] == "true"


def test_a_sign_in_is_framed_and_its_tokens_changed(lab, function):
    tokens = {"PreTokenGenerationConfig": {"LambdaVersion": "V2_0", "LambdaArn": function.arn}}
    pool = pool_of(lab, function, "PreAuthentication", "PostAuthentication", LambdaConfig=tokens)
    change = {"idTokenGeneration": {"claimsToAddOrOverride": {"plan": {"tier": [1, 2]}}}, "accessTokenGeneration": {"scopesToAdd": ["x/y"]}}
    function.does("TokenGeneration_Authentication", response={"claimsAndScopeOverrideDetails": change})
    got = pool.tokens(pool.user())
    assert function.sources == ["PreAuthentication_Authentication", "PostAuthentication_Authentication", "TokenGeneration_Authentication"]
    assert claims(got["IdToken"])["plan"] == {"tier": [1, 2]}
    assert "x/y" in claims(got["AccessToken"])["scope"].split()
    lab.idp.initiate_auth(ClientId=pool.client_id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": got["RefreshToken"]})
    assert function.sources[-1] == "TokenGeneration_RefreshTokens"


def test_a_custom_sign_in(lab, function):
    pool = pool_of(lab, function, "DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse")
    name = pool.user()
    function.does("DefineAuthChallenge_Authentication", response={"challengeName": "CUSTOM_CHALLENGE"})
    made = {"publicChallengeParameters": {"hint": "four"}, "privateChallengeParameters": {"answer": "4"}, "challengeMetadata": "SUM"}
    function.does("CreateAuthChallenge_Authentication", response=made)
    function.does("VerifyAuthChallengeResponse_Authentication", response={"answerCorrect": True})
    asked = lab.idp.initiate_auth(ClientId=pool.client_id, AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": name})
    assert asked["ChallengeParameters"] == {"hint": "four", "USERNAME": name}
    function.does("DefineAuthChallenge_Authentication", response={"issueTokens": True})
    answer = {"USERNAME": name, "ANSWER": "4"}
    done = lab.idp.respond_to_auth_challenge(
        ClientId=pool.client_id, ChallengeName="CUSTOM_CHALLENGE", Session=asked["Session"], ChallengeResponses=answer
    )
    assert done["AuthenticationResult"]["AccessToken"]
    verify, define = function.told[-2:]
    assert verify["request"]["privateChallengeParameters"] == {"answer": "4"} and verify["request"]["challengeAnswer"] == "4"
    assert define["request"]["session"] == [{"challengeName": "CUSTOM_CHALLENGE", "challengeResult": True, "challengeMetadata": "SUM"}]


def test_a_user_comes_from_elsewhere(lab, function):
    pool, name = pool_of(lab, function, "UserMigration"), unique()
    found = {"userAttributes": {"email": f"{name}@example.com", "email_verified": "true"}, "finalUserStatus": "CONFIRMED", "messageAction": "SUPPRESS"}
    function.does("UserMigration_Authentication", response=found)
    assert pool.tokens(name, "what it was there")["AccessToken"]
    assert function.told[0]["request"]["password"] == "what it was there"
    assert pool.about(name)["UserStatus"] == "CONFIRMED"
    other = unique()
    function.does("UserMigration_ForgotPassword", response=found | {"userAttributes": {"email": f"{other}@example.com", "email_verified": "true"}})
    lab.idp.forgot_password(ClientId=pool.client_id, Username=other)
    assert lab.code(f"{other}@example.com")


def test_messages_are_written_by_a_function(lab, function):
    pool, name = pool_of(lab, function, "CustomMessage"), unique()
    function.does("CustomMessage_SignUp", response={"emailSubject": "Hello", "emailMessage": "Yours is {####}."})
    sign_up(pool, name)
    mail = lab.mails(f"{name}@example.com")[0]
    assert (mail["subject"], mail["body"]) == ("Hello", f"Yours is {mail['code']}.")


def test_messages_are_sent_by_a_function(lab, function):
    sender = {"CustomEmailSender": {"LambdaVersion": "V1_0", "LambdaArn": function.arn}, "KMSKeyID": KEY}
    pool, name = pool_of(lab, function, LambdaConfig=sender), unique()
    sign_up(pool, name)
    give_up = time.monotonic() + 15
    while not function.told and time.monotonic() < give_up:
        time.sleep(0.05)
    [event] = function.told
    assert event["triggerSource"] == "CustomEmailSender_SignUp" and event["request"]["type"] == "customEmailSenderRequestV1"
    assert event["request"]["code"].startswith("AgR4") and lab.mails(f"{name}@example.com") == []


@pytest.mark.parametrize(
    ("script", "code", "message"),
    [
        ({"raise_": "no robots"}, "UserLambdaValidationException", "PreSignUp failed with error no robots."),
        ({"sleep": 6}, "UnexpectedLambdaException", "PreSignUp invocation failed due to error Socket timeout while invoking Lambda function."),
        ({"exit": 3}, "UserLambdaValidationException", None),
        ({"answer": "done"}, "InvalidLambdaResponseException", "Unrecognizable lambda output"),
        ({"response": {"autoConfirmUser": "yes"}}, "InvalidLambdaResponseException", "Unrecognizable lambda output"),
    ],
    ids=["error", "time-out", "crash", "no event", "wrong type"],
)
def test_each_way_to_fail_reads_as_aws_says_it(lab, function, script, code, message):
    pool, name = pool_of(lab, function, "PreSignUp"), unique()
    function.does("PreSignUp_SignUp", **script)
    refused(lambda: sign_up(pool, name), code, message)
    refused(lambda: pool.about(name), "UserNotFoundException")
    function.forgets()
    sign_up(pool, name)
    assert pool.about(name)["UserStatus"] == "UNCONFIRMED", "it works again"


def test_a_function_may_be_a_url(lab, home, not_run):
    if home is None:
        not_run("this binary runs no functions")
    pool = Pool(lab, LambdaConfig={"PreSignUp": trigger_functions.arn("url")})
    assert sign_up(pool, unique())["UserConfirmed"]
