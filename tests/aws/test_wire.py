"""A.2-A.5: what the front end says before an operation runs. Every sentence here is built from botocore's models, not from our own code."""

import json
import re

import botocore.session
import pytest
import requests

import wire
from wire import refused

MODEL = botocore.session.get_session().get_service_model("cognito-idp")
UNSIGNED = {name for name in MODEL.operation_names if MODEL.operation_model(name).auth_type == "none"}
TOO_LONG_TO_SEND = 100_000
PLACE_AND_RULE = re.compile(r"at '([^']+)' failed to satisfy constraint: (.*)$", re.DOTALL)


def raw(lab, operation, body, **headers):
    given = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}"}
    if operation not in UNSIGNED:
        given["Authorization"] = "AWS4-HMAC-SHA256 Credential=ANY/20260101/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=00"
    data = body if isinstance(body, (bytes, str)) else json.dumps(body)
    return requests.post(lab.base, data=data, headers=given | headers, timeout=20)


def told(answer):
    """The sentences of a validation answer, without count and order."""
    body = answer.json()
    assert answer.status_code == 400 and body["__type"] == "InvalidParameterException", answer.text
    count, _, rest = body["message"].partition(" validation error")
    rest = rest.partition(" detected: ")[2]
    parts = rest.split("; Value")
    sentences = {parts[0], *("Value" + part for part in parts[1:])}
    assert len(sentences) == int(count) and ("error detected" in body["message"]) == (count == "1"), body
    return sentences


def supported():
    import subprocess

    from lab import BINARY

    rows = json.loads(subprocess.run([BINARY, "coverage", "--json"], capture_output=True, text=True, check=True).stdout)
    return sorted(row["operation"] for row in rows if row["service"] == "cognito-idp" and row["supported"])


SUPPORTED = supported()


def test_the_34_unsigned_operations_are_the_models():
    assert len(UNSIGNED) == 34


@pytest.mark.parametrize("operation", SUPPORTED)
def test_each_absent_required_member_is_named(lab, operation):
    shape = MODEL.operation_model(operation).input_shape
    if not shape.required_members:
        return
    want = {f"Value null at '{wire.lower_camel(name)}' failed to satisfy constraint: Member must not be null" for name in shape.required_members}
    assert told(raw(lab, operation, {})) == want


def bad_texts(shape):
    """Values that break a constraint each, from the model."""
    if shape.enum:
        return ["no-such-word"]
    lowest, highest, pattern = (shape.metadata.get(name) for name in ("min", "max", "pattern"))
    bad = []
    if highest is not None and highest < TOO_LONG_TO_SEND:
        bad.append("a" * (highest + 1))
    if lowest:
        bad.append("")
    if pattern is not None:
        bad.append("a \t")
    return [value for value in bad if list(wire.violations(shape, value))]


@pytest.mark.parametrize("operation", SUPPORTED)
def test_each_ill_formed_text_is_told_with_its_constraint(lab, operation):
    shape = MODEL.operation_model(operation).input_shape
    good = wire.minimal(shape)
    for name, member in shape.members.items():
        if member.type_name != "string":
            continue
        for value in bad_texts(member):
            want = {wire.sentence(name, member, value, constraint) for constraint in wire.violations(member, value)}
            assert told(raw(lab, operation, good | {name: value})) == want, (name, value[:40])


@pytest.mark.parametrize("operation", SUPPORTED)
def test_each_number_out_of_range_is_told(lab, operation):
    shape = MODEL.operation_model(operation).input_shape
    good = wire.minimal(shape)
    for name, member in shape.members.items():
        if member.type_name not in ("integer", "long"):
            continue
        lowest, highest = member.metadata.get("min"), member.metadata.get("max")
        for bound, value, word in ((highest, (highest or 0) + 1, "less"), (lowest, (lowest or 0) - 1, "greater")):
            if bound is None:
                continue
            want = {wire.sentence(name, member, value, f"Member must have value {word} than or equal to {bound}")}
            assert told(raw(lab, operation, good | {name: value})) == want, name


@pytest.mark.parametrize("operation", SUPPORTED)
def test_each_constraint_within_lists_maps_and_structures_is_told_at_its_place(lab, operation):
    for inside, value, want in wire.breaks(MODEL.operation_model(operation).input_shape):
        if "." in inside or not isinstance(value.get(inside), (str, int)):
            found = {(place, rule) for sentence in told(raw(lab, operation, value)) for place, rule in PLACE_AND_RULE.findall(sentence)}
            assert found == want, (inside, value)


def test_two_broken_constraints_are_told_in_one_answer(lab):
    answer = raw(lab, "InitiateAuth", {"AuthFlow": "X", "ClientId": "!"})
    flows = ", ".join(MODEL.shape_for("AuthFlowType").enum)
    pattern = MODEL.shape_for("ClientIdType").metadata["pattern"]
    assert answer.json()["message"] == (
        f"2 validation errors detected: Value 'X' at 'authFlow' failed to satisfy constraint: Member must satisfy enum value set: [{flows}]; "
        f"Value '!' at 'clientId' failed to satisfy constraint: Member must satisfy regular expression pattern: {pattern}"
    )


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"UserPoolId": 5}, "NUMBER_VALUE can not be converted to a String"),
        ({"UserPoolId": True}, "TRUE_VALUE can not be converted to a String"),
        ({"UserPoolId": []}, None),
        ({"UserPoolId": "us-east-1_a", "Limit": "five"}, None),
        ([], None),
        ('"text"', None),
        ("5", None),
    ],
)
def test_a_wrong_json_type_is_a_serialization_exception(lab, body, message):
    answer = raw(lab, "ListUsers", body)
    assert (answer.status_code, answer.json()["__type"]) == (400, "SerializationException"), answer.text
    if message:
        assert answer.json()["message"] == message


@pytest.mark.parametrize("body", [b"{", b"", b"nonsense", b'{"UserPoolId":"us-east-1_a"', b"{\"a\":\"\xff\xfe\"}", b"\x00", b'{"UserPoolId":"us-east-1_a"}x'])
def test_what_is_not_json_is_a_serialization_exception(lab, body):
    answer = raw(lab, "DescribeUserPool", body)
    if body == b"":  # An empty body reads as an empty object (the SDKs of some languages send none for an empty input).
        assert answer.json()["__type"] in ("SerializationException", "InvalidParameterException")
        return
    assert (answer.status_code, answer.json()["__type"]) == (400, "SerializationException"), answer.text


@pytest.mark.parametrize("target", ["AWSCognitoIdentityProviderService.NoSuchThing", "AWSCognitoIdentityProviderService.", "Other.SignUp", "x"])
def test_an_unknown_target_is_an_unknown_operation(lab, target):
    answer = requests.post(lab.base, data="{}", headers={"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}, timeout=10)
    assert answer.status_code == 400
    assert answer.json()["__type"] == "UnknownOperationException", answer.text


@pytest.mark.parametrize("operation", sorted(set(SUPPORTED) - UNSIGNED))
def test_a_signed_operation_without_a_signature_is_refused(lab, operation):
    body = wire.minimal(MODEL.operation_model(operation).input_shape)
    target = f"AWSCognitoIdentityProviderService.{operation}"
    headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}
    answer = requests.post(lab.base, data=json.dumps(body), headers=headers, timeout=10)
    assert (answer.status_code, answer.json()["__type"]) == (400, "MissingAuthenticationTokenException"), answer.text
    assert answer.json()["message"] == "Missing Authentication Token"


def test_an_answer_carries_the_request_id_and_the_content_type(lab):
    answer = raw(lab, "ListUserPools", {"MaxResults": 1})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/x-amz-json-1.1"
    assert len(answer.headers["x-amzn-requestid"]) == 36


def test_an_error_is_named_in_body_and_header(lab):
    answer = raw(lab, "DescribeUserPool", {"UserPoolId": "us-east-1_missing00"})
    assert answer.status_code == 400
    assert answer.json() == {"__type": "ResourceNotFoundException", "message": "User pool us-east-1_missing00 does not exist."}
    assert answer.headers["x-amzn-errortype"].split(":")[0] == "ResourceNotFoundException"


@pytest.mark.parametrize("content_type", ["application/x-amz-json-1.1", "application/x-amz-json-1.1; charset=utf-8", "application/json"])
def test_the_content_type_may_carry_a_charset(lab, content_type):
    assert raw(lab, "ListUserPools", {"MaxResults": 1}, **{"Content-Type": content_type}).status_code == 200


def test_members_of_later_models_are_ignored(lab):
    assert raw(lab, "ListUserPools", {"MaxResults": 1, "NotInTheModel": {"a": [1]}}).status_code == 200


def test_an_unsigned_operation_answers_any_page_and_says_so_in_the_preflight(lab):
    headers = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,x-amz-target,x-amz-user-agent"}
    preflight = requests.options(lab.base, headers=headers, timeout=10)
    assert preflight.status_code in (200, 204)
    assert preflight.headers["access-control-allow-origin"] == "*"
    allowed = {name.strip().lower() for name in preflight.headers["access-control-allow-headers"].split(",")}
    assert {"content-type", "x-amz-target", "x-amz-user-agent", "cache-control", "authorization"} <= allowed
    answer = raw(lab, "InitiateAuth", {"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": "nosuchclient"}, Origin="https://app.example")
    assert answer.headers["access-control-allow-origin"] == "*"
    exposed = {name.strip().lower() for name in answer.headers["access-control-expose-headers"].split(",")}
    assert {"x-amzn-requestid", "x-amzn-errortype"} <= exposed


def test_the_region_of_a_pool_is_that_of_the_signature(lab):
    far = lab.client(region="eu-west-1")
    made = far.create_user_pool(PoolName="far")["UserPool"]
    assert made["Id"].startswith("eu-west-1_")
    assert made["Arn"] == f"arn:aws:cognito-idp:eu-west-1:000000000000:userpool/{made['Id']}"
    assert made["Id"] in {row["Id"] for row in far.list_user_pools(MaxResults=60)["UserPools"]}
    assert made["Id"] not in {row["Id"] for row in lab.idp.list_user_pools(MaxResults=60)["UserPools"]}
    far.delete_user_pool(UserPoolId=made["Id"])


NESTED = [
    ("CreateUserPool", {"PoolName": "p", "Policies": {"PasswordPolicy": {"MinimumLength": 5}}}, "policies.passwordPolicy.minimumLength", "5", "Member must have value greater than or equal to 6"),
    ("CreateUserPool", {"PoolName": "p", "Schema": [{"Name": "a" * 21}]}, "schema.1.member.name", "a" * 21, "Member must have length less than or equal to 20"),
]


@pytest.mark.parametrize(("operation", "body", "path", "value", "constraint"), NESTED)
def test_a_nested_member_is_named_by_its_path(lab, operation, body, path, value, constraint):
    assert told(raw(lab, operation, body)) == {f"Value '{value}' at '{path}' failed to satisfy constraint: {constraint}"}


def test_a_password_is_never_echoed(lab):
    canary = "canary password with spaces " + "x" * 260
    answer = raw(lab, "SignUp", {"ClientId": "abc", "Username": "u", "Password": canary})
    assert answer.status_code == 400 and "canary" not in answer.text and "Value at 'password'" in answer.text


def test_a_pool_of_another_name_is_not_found_by_any_signed_operation(lab):
    for operation in sorted(set(SUPPORTED) - UNSIGNED):
        shape = MODEL.operation_model(operation).input_shape
        if "UserPoolId" not in shape.required_members:
            continue
        body = wire.minimal(shape) | {"UserPoolId": "us-east-1_missing00"}
        answer = raw(lab, operation, body).json()
        assert answer == {"__type": "ResourceNotFoundException", "message": "User pool us-east-1_missing00 does not exist."}, operation


def test_boto3_refuses_by_the_exception_class_of_the_model(lab, idp):
    error = refused(idp.describe_user_pool, "ResourceNotFoundException", "User pool us-east-1_missing00 does not exist.", UserPoolId="us-east-1_missing00")
    assert isinstance(error, idp.exceptions.ResourceNotFoundException)
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert error.response["ResponseMetadata"]["RequestId"]


def test_a_signature_on_an_unsigned_operation_is_ignored(lab, pool):
    signed = {"Authorization": "AWS4-HMAC-SHA256 Credential=A/20000101/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=00"}
    body = {"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": pool.client_id, "AuthParameters": {"USERNAME": "nobody", "PASSWORD": "x"}}
    answer = raw(lab, "InitiateAuth", body, **signed)
    assert answer.json()["__type"] == "UserNotFoundException", answer.text


def test_sts_says_who_is_asking(lab):
    who = lab.client("sts").get_caller_identity()
    assert who["Account"] == "000000000000" and who["Arn"].startswith("arn:aws:iam::000000000000:")


@pytest.mark.parametrize(("service", "call"), [("dynamodb", "list_tables"), ("s3", "list_buckets"), ("eks", "list_clusters"), ("sqs", "list_queues"), ("iam", "list_users")])
def test_another_service_gets_a_typed_error_that_names_those_we_have(lab, service, call):
    from botocore.exceptions import ClientError

    with pytest.raises(ClientError) as caught:
        getattr(lab.client(service), call)()
    said = str(caught.value)
    assert "cognito-idp" in said and "apigatewayv2" in said, said
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 403, 404, 501), said
    assert caught.value.response["Error"]["Code"] not in ("", "Unknown"), said
