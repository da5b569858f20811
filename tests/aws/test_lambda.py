"""The Lambda API by boto3 and the AWS CLI: each operation with success and its main errors; the functions run, through Invoke and through the gateway."""

import base64
import hashlib
import io
import json
import os
import re
import stat
import subprocess
import time
import zipfile

import pytest
import requests

import wire
from lab import PASSWORD, ROOT, Pool, unique

ACCOUNT = "000000000000"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/any"
PYTHON = """
import json, os, sys, time
def handler(event, context):
    if event.get("raise"): raise ValueError("no such thing")
    if event.get("sleep"): time.sleep(event["sleep"])
    if event.get("large"): return "x" * event["large"]
    print("seen", event)
    note = event.get("note")
    if note:
        with open(note + ".new", "w") as file: file.write(context.aws_request_id)
        os.rename(note + ".new", note)
    client = context.client_context.custom if context.client_context else None
    return {"word": os.environ.get("WORD"), "arn": context.invoked_function_arn, "id": context.aws_request_id, "client": client}
"""
NODE = "exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify({ node: event.rawPath, word: process.env.WORD }) });"


def zipped(**files):
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in files.items():
            package.writestr(name.replace("__", "."), text)
    return into.getvalue()


def create(lab, name=None, code=None, **more):
    settings = {"Runtime": "python3.12", "Handler": "app.handler", "Role": ROLE, "Timeout": 20} | more
    return lab.functions.create_function(FunctionName=name or unique("f"), Code={"ZipFile": code or zipped(app__py=PYTHON)}, **settings)


@pytest.fixture
def function(lab):
    """A function of the test's own, by name."""
    name = create(lab, Environment={"Variables": {"WORD": "first"}})["FunctionName"]
    yield name
    try:
        lab.functions.delete_function(FunctionName=name)
    except lab.functions.exceptions.ResourceNotFoundException:
        pass


def invoke(lab, name, event=None, **more):
    answer = lab.functions.invoke(FunctionName=name, Payload=json.dumps(event or {}), **more)
    return answer, json.loads(answer["Payload"].read() or b"null")


def refused(call, code, said="", **arguments):
    """The call is refused with this error, and its sentence holds these words."""
    return wire.refused(call, code, re.compile(re.escape(said)), **arguments)


def arn(name, account=ACCOUNT, region="us-east-1"):
    return f"arn:aws:lambda:{region}:{account}:function:{name}"


def test_a_function_is_made_and_reads_back_as_aws_shows_it(lab):
    code, name = zipped(app__py=PYTHON), unique("f")
    made = create(lab, name, code, Environment={"Variables": {"WORD": "first"}}, Description="d", Tags={"team": "a"})
    made.pop("ResponseMetadata")
    assert made["FunctionArn"] == arn(name) and made["CodeSha256"] == base64.b64encode(hashlib.sha256(code).digest()).decode()
    assert (made["State"], made["LastUpdateStatus"], made["Version"], made["PackageType"]) == ("Active", "Successful", "$LATEST", "Zip")
    assert (made["CodeSize"], made["MemorySize"], made["Timeout"], made["Architectures"]) == (len(code), 128, 20, ["x86_64"])
    assert made["EphemeralStorage"] == {"Size": 512} and made["TracingConfig"] == {"Mode": "PassThrough"}
    assert made["LoggingConfig"] == {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{name}"}
    assert made["LastModified"].endswith("+0000")
    got = lab.functions.get_function(FunctionName=name)
    assert got["Configuration"] == made and got["Tags"] == {"team": "a"}
    alone = lab.functions.get_function_configuration(FunctionName=arn(name), Qualifier="$LATEST")
    assert alone["FunctionArn"] == arn(name) + ":$LATEST" and alone["RevisionId"] == made["RevisionId"]
    versions = lab.functions.list_versions_by_function(FunctionName=name)["Versions"]
    assert [it["FunctionArn"] for it in versions] == [arn(name) + ":$LATEST"]
    assert "CodeSigningConfigArn" not in lab.functions.get_function_code_signing_config(FunctionName=name)
    assert "ReservedConcurrentExecutions" not in lab.functions.get_function_concurrency(FunctionName=name)
    refused(lambda: create(lab, name), "ResourceConflictException", said=f"Function already exist: {name}")


def test_code_is_kept_for_the_servers_user_only_and_survives_a_restart(fresh):
    server = fresh("--no-demo")
    name = create(server)["FunctionName"]
    assert invoke(server, name)[1]["arn"] == arn(name)
    for folder, folders, files in os.walk(server.data / "functions"):
        folders[:] = [it for it in folders if it != "__pycache__"]  # Python's own
        assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700, folder
        assert all(stat.S_IMODE(os.stat(os.path.join(folder, file)).st_mode) == 0o600 for file in files), files
    server.kill()
    server.start()
    assert invoke(server, name)[1]["arn"] == arn(name)


def test_a_call_gives_the_answer_and_the_end_of_the_log(lab, function):
    context = base64.b64encode(json.dumps({"custom": {"k": "v"}}).encode()).decode()
    answer, value = invoke(lab, function, {"a": 1}, LogType="Tail", ClientContext=context)
    assert (answer["StatusCode"], answer["ExecutedVersion"], "FunctionError" in answer) == (200, "$LATEST", False)
    assert value == {"word": "first", "arn": arn(function), "id": answer["ResponseMetadata"]["RequestId"], "client": {"k": "v"}}
    log = base64.b64decode(answer["LogResult"]).decode()
    assert "START RequestId: " in log and "seen {'a': 1}" in log and "REPORT RequestId: " in log
    for named in (arn(function), f"{ACCOUNT}:function:{function}", f"{function}:$LATEST"):
        assert invoke(lab, named)[1]["word"] == "first", named
    nothing = lab.functions.invoke(FunctionName=function)
    assert json.loads(nothing["Payload"].read())["word"] == "first", "no payload is an empty object"


def test_a_failure_of_the_function_is_an_answer(lab, function):
    answer, error = invoke(lab, function, {"raise": True}, LogType="Tail")
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert (error["errorType"], error["errorMessage"]) == ("ValueError", "no such thing") and error["stackTrace"]
    assert "ValueError" in base64.b64decode(answer["LogResult"]).decode()
    answer, error = invoke(lab, function, {"large": 6_400_000})
    assert (answer["FunctionError"], error["errorType"]) == ("Unhandled", "Function.ResponseSizeTooLarge")
    lab.functions.update_function_configuration(FunctionName=function, Timeout=1)
    answer, error = invoke(lab, function, {"sleep": 5})
    assert answer["FunctionError"] == "Unhandled" and error["errorMessage"].endswith("Task timed out after 1.00 seconds")


def test_an_event_runs_unwaited_and_a_dry_run_does_not(lab, function, tmp_path):
    dry = lab.functions.invoke(FunctionName=function, InvocationType="DryRun", Payload=json.dumps({"note": str(tmp_path / "dry")}))
    assert dry["StatusCode"] == 204
    sent = lab.functions.invoke(FunctionName=function, InvocationType="Event", Payload=json.dumps({"note": str(tmp_path / "event")}))
    assert sent["StatusCode"] == 202 and sent["Payload"].read() == b""
    give_up = time.monotonic() + 15
    while not (tmp_path / "event").exists() and time.monotonic() < give_up:
        time.sleep(0.05)
    assert (tmp_path / "event").read_text() == sent["ResponseMetadata"]["RequestId"]
    assert not (tmp_path / "dry").exists()


def test_a_call_that_cannot_be_is_refused(lab, function):
    call = lab.functions.invoke
    refused(call, "ResourceNotFoundException", said=f"Function not found: {arn('nothing')}", FunctionName="nothing")
    refused(call, "ResourceNotFoundException", said=f"Function not found: {arn(function)}:live", FunctionName=function, Qualifier="live")
    refused(call, "InvalidRequestContentException", FunctionName=function, Payload=b"no json")
    refused(call, "InvalidRequestContentException", FunctionName=function, ClientContext="e")
    refused(call, "RequestTooLargeException", FunctionName=function, Payload=b"[" + b" " * 6_291_456 + b"]")
    refused(call, "AccessDeniedException", FunctionName=arn(function, account="111111111111"))
    refused(call, "ResourceNotFoundException", said="not reachable", FunctionName=arn(function, region="eu-west-1"))
    refused(lab.client("lambda", validate=False).invoke, "ValidationException", FunctionName=function, InvocationType="Never")


def test_code_and_configuration_change_at_once(lab, function):
    first = lab.functions.get_function_configuration(FunctionName=function)
    second = lab.functions.update_function_configuration(
        FunctionName=function, Environment={"Variables": {"WORD": "second"}}, MemorySize=256, Description="new", RevisionId=first["RevisionId"]
    )
    assert (second["MemorySize"], second["Description"], second["Timeout"]) == (256, "new", 20)
    assert invoke(lab, function)[1]["word"] == "second"
    stale = {"FunctionName": function, "RevisionId": first["RevisionId"]}
    refused(lab.functions.update_function_configuration, "PreconditionFailedException", **stale)
    code = zipped(app__py="def handler(event, context): return 'other'")
    refused(lab.functions.update_function_code, "PreconditionFailedException", ZipFile=code, **stale)
    dry = lab.functions.update_function_code(FunctionName=function, ZipFile=code, DryRun=True)
    assert dry["CodeSha256"] != first["CodeSha256"] and invoke(lab, function)[1]["word"] == "second"
    third = lab.functions.update_function_code(FunctionName=function, ZipFile=code)
    assert third["CodeSha256"] == dry["CodeSha256"] and third["RevisionId"] != second["RevisionId"]
    assert invoke(lab, function)[1] == "other"
    node = lab.functions.update_function_code(FunctionName=function, ZipFile=zipped(index__js=NODE))
    assert node["Runtime"] == "python3.12"
    lab.functions.update_function_configuration(FunctionName=function, Runtime="nodejs22.x", Handler="index.handler", Environment={})
    assert json.loads(invoke(lab, function, {"rawPath": "/x"})[1]["body"]) == {"node": "/x"}


def bad(kind):
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("app.py", PYTHON)
        if kind == "traversal":
            package.writestr("../evil.py", "x")
        if kind == "absolute":
            package.writestr("/tmp/evil.py", "x")
        if kind == "bomb":
            package.writestr("zeros", b"\0" * 60_000_000)
        if kind == "link":
            link = zipfile.ZipInfo("link")
            link.external_attr = (stat.S_IFLNK | 0o777) << 16
            package.writestr(link, "/etc/passwd")
    return into.getvalue()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (b"no zip", "Could not unzip uploaded file"),
        (bad("traversal"), "'../evil.py\" of the zip does not stay inside".replace("'", '"')),
        (bad("absolute"), '"/tmp/evil.py" of the zip does not stay inside'),
        (bad("link"), "symbolic links are not taken"),
        (bad("bomb"), "decompression bomb"),
        (zipped(main__py=PYTHON), "names the file app.py, which is not in the deployment package (it holds main.py)"),
    ],
    ids=["no zip", "traversal", "absolute path", "symbolic link", "bomb", "wrong handler"],
)
def test_a_bad_package_is_refused_with_a_clear_sentence(lab, code, said):
    name = unique("bad")
    error = refused(lambda: create(lab, name, code), "InvalidParameterValueException")
    assert said in error.response["Error"]["Message"], error
    refused(lab.functions.get_function, "ResourceNotFoundException", FunctionName=name)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"Runtime": "java21"}, "InvalidParameterValueException"),
        ({"Timeout": 901}, "InvalidParameterValueException"),
        ({"MemorySize": 1}, "ValidationException"),
        ({"Role": "nobody"}, "ValidationException"),
        ({"Environment": {"Variables": {"AWS_REGION": "mars"}}}, "InvalidParameterValueException"),
        ({"Environment": {"Variables": {"BIG": "x" * 5000}}}, "InvalidParameterValueException"),
        ({"Publish": True}, "InvalidParameterValueException"),
        ({"Layers": ["arn:aws:lambda:us-east-1:123456789012:layer:l:1"]}, "InvalidParameterValueException"),
        ({"VpcConfig": {"SubnetIds": ["subnet-1"]}}, "InvalidParameterValueException"),
        ({"Code": {"S3Bucket": "bucket", "S3Key": "key"}}, "InvalidParameterValueException"),
        ({"Code": {}}, "InvalidParameterValueException"),
    ],
)
def test_settings_that_cannot_be_are_refused(lab, more, code):
    settings = {"Runtime": "python3.12", "Handler": "app.handler", "Role": ROLE, "Code": {"ZipFile": zipped(app__py=PYTHON)}} | more
    refused(lab.client("lambda", validate=False).create_function, code, FunctionName=unique("no"), **settings)


def test_empty_settings_of_terraforms_are_no_wish(lab):
    made = create(lab, VpcConfig={"SubnetIds": [], "SecurityGroupIds": []}, Layers=[], KMSKeyArn="", SnapStart={"ApplyOn": "None"}, FileSystemConfigs=[])
    assert made["SnapStart"] == {"ApplyOn": "None", "OptimizationStatus": "Off"}


def test_functions_are_listed_in_pages(fresh):
    server = fresh("--no-demo")
    names = sorted(create(server, f"page-{number}")["FunctionName"] for number in range(3))
    first = server.functions.list_functions(MaxItems=2)
    assert [it["FunctionName"] for it in first["Functions"]] == names[:2]
    rest = server.functions.list_functions(MaxItems=2, Marker=first["NextMarker"])
    assert [it["FunctionName"] for it in rest["Functions"]] == names[2:] and "NextMarker" not in rest
    pages = server.functions.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 1})
    assert [it["FunctionName"] for page in pages for it in page["Functions"]] == names
    refused(server.functions.list_functions, "InvalidParameterValueException", Marker="%")


def test_list_functions_refuses_a_marker_that_is_not_ours(lab):
    assert "Functions" in lab.functions.list_functions(FunctionVersion="ALL")
    refused(lab.functions.list_functions, "InvalidParameterValueException", Marker="%")


def test_permissions_are_added_read_and_removed(lab, function):
    refused(lab.functions.get_policy, "ResourceNotFoundException", FunctionName=function)
    source = f"arn:aws:execute-api:us-east-1:{ACCOUNT}:abc/*"
    asked = {"FunctionName": function, "StatementId": "api", "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com", "SourceArn": source}
    statement = json.loads(lab.functions.add_permission(**asked)["Statement"])
    assert statement == {
        "Sid": "api", "Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "lambda:InvokeFunction",
        "Resource": arn(function), "Condition": {"ArnLike": {"AWS:SourceArn": source}},
    }
    refused(lab.functions.add_permission, "ResourceConflictException", said="The statement id (api) provided already exists", **asked)
    refused(lab.functions.add_permission, "InvalidParameterValueException", **asked | {"StatementId": "b", "Principal": "nobody"})
    got = lab.functions.get_policy(FunctionName=function)
    assert json.loads(got["Policy"]) == {"Version": "2012-10-17", "Id": "default", "Statement": [statement]}
    assert got["RevisionId"] == lab.functions.get_function_configuration(FunctionName=function)["RevisionId"]
    lab.functions.remove_permission(FunctionName=function, StatementId="api", RevisionId=got["RevisionId"])
    gone = {"FunctionName": function, "StatementId": "api"}
    refused(lab.functions.remove_permission, "ResourceNotFoundException", said="Statement api is not found in resource policy.", **gone)


def test_tags_are_set_and_taken_away(lab, function):
    lab.functions.tag_resource(Resource=arn(function), Tags={"a": "1", "b": "2"})
    lab.functions.untag_resource(Resource=arn(function), TagKeys=["a"])
    assert lab.functions.list_tags(Resource=arn(function))["Tags"] == {"b": "2"}
    refused(lab.functions.tag_resource, "InvalidParameterValueException", Resource=arn(function), Tags={"aws:x": "1"})
    for call, more in ((lab.functions.list_tags, {}), (lab.functions.untag_resource, {"TagKeys": ["a"]})):
        refused(call, "ResourceNotFoundException", Resource=arn("nothing"), **more)


def test_a_function_that_is_not_there_is_not_found(lab):
    code = zipped(app__py=PYTHON)
    for name, more in (
        ("get_function", {}), ("get_function_configuration", {}), ("update_function_configuration", {}), ("update_function_code", {"ZipFile": code}),
        ("delete_function", {}), ("list_versions_by_function", {}), ("get_function_code_signing_config", {}), ("get_function_concurrency", {}),
    ):
        text = f"Function not found: {arn('nothing')}"
        refused(getattr(lab.functions, name), "ResourceNotFoundException", said=text, FunctionName="nothing", **more)


def test_a_function_is_deleted(lab, function):
    refused(lab.functions.delete_function, "InvalidParameterValueException", FunctionName=function, Qualifier="$LATEST")
    assert lab.functions.delete_function(FunctionName=function)["ResponseMetadata"]["HTTPStatusCode"] == 204
    refused(lab.functions.invoke, "ResourceNotFoundException", FunctionName=function)


def test_uploaded_functions_answer_through_the_gateway(lab, function):
    node = create(lab, code=zipped(index__js=NODE), Runtime="nodejs22.x", Handler="index.handler", Environment={"Variables": {"WORD": "w"}})
    for name, seen in ((function, lambda answer: answer.json()["word"] == "first"), (node["FunctionName"], lambda answer: answer.json() == {"node": "/n", "word": "w"})):
        api = lab.apigw.create_api(Name=unique("fn"), ProtocolType="HTTP", Target=arn(name))["ApiId"]
        answer = lab.api(api, "/n")
        assert answer.status_code == 200 and seen(answer), answer.text
    give_up = time.monotonic() + 5
    while "AWS would refuse this call" not in lab.said() and time.monotonic() < give_up:
        time.sleep(0.02)
    assert f"add-permission --function-name {function}" in lab.said(), "what AWS would refuse is said once, with the command"


def test_an_uploaded_function_is_a_trigger_of_a_pool(lab):
    code = "def handler(event, context):\n    event['response']['autoConfirmUser'] = event['userName'] != 'robot'\n    if event['userName'] == 'robot': raise Exception('no robots')\n    return event\n"
    trigger = create(lab, code=zipped(app__py=code))["FunctionArn"]
    pool = Pool(lab, LambdaConfig={"PreSignUp": trigger})
    signed_up = pool.idp.sign_up(ClientId=pool.client_id, Username=unique(), Password=PASSWORD)
    assert signed_up["UserConfirmed"] is True
    said = "PreSignUp failed with error no robots."
    refused(pool.idp.sign_up, "UserLambdaValidationException", said, ClientId=pool.client_id, Username="robot", Password=PASSWORD)


def test_a_page_of_another_origin_uploads_nothing(lab):
    signed = "AWS4-HMAC-SHA256 Credential=AK/20261125/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0"
    answer = requests.post(f"{lab.base}/2015-03-31/functions", data="{}", headers={"authorization": signed, "origin": "https://evil.example"}, timeout=10)
    assert answer.status_code == 403 and answer.json()["Type"] == "User"
    unsigned = requests.get(f"{lab.base}/2015-03-31/functions/", timeout=10)
    assert unsigned.status_code == 403 and unsigned.headers["x-amzn-errortype"] == "MissingAuthenticationTokenException"


def test_a_large_package_is_taken_and_a_larger_one_is_not(lab):
    padding = os.urandom(20_000_000)
    made = create(lab, code=zipped(app__py=PYTHON, padding=padding))
    assert made["CodeSize"] > 20_000_000 and invoke(lab, made["FunctionName"])[1]["arn"]
    lab.functions.delete_function(FunctionName=made["FunctionName"])
    refused(lambda: create(lab, code=os.urandom(52_428_801)), "RequestEntityTooLargeException")


def test_the_cli_makes_calls_and_deletes(lab, tmp_path):
    lines = lab.run("env").stdout.splitlines()
    given = dict(line.removeprefix("export ").split("=", 1) for line in lines)
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "AWS_PAGER": "", **given}

    def aws(*arguments):
        command = [str(ROOT / ".venv-cli" / "bin" / "aws"), "lambda", *arguments]
        done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else {}

    name = unique("cli")
    (tmp_path / "f.zip").write_bytes(zipped(app__py=PYTHON))
    aws("create-function", "--function-name", name, "--runtime", "python3.12", "--handler", "app.handler", "--role", ROLE, "--zip-file", "fileb://f.zip")
    aws("wait", "function-active-v2", "--function-name", name)
    called = aws("invoke", "--function-name", name, "--payload", '{"a": 1}', "--log-type", "Tail", "out.json")
    assert called["StatusCode"] == 200 and "seen {'a': 1}" in base64.b64decode(called["LogResult"]).decode()
    assert json.loads((tmp_path / "out.json").read_text())["arn"] == arn(name)
    assert name in {it["FunctionName"] for it in aws("list-functions")["Functions"]}
    aws("delete-function", "--function-name", name)
