"""Functions under `cognate serve`: who may bring code, who may call it, whose it is."""

import io
import json
import zipfile

import botocore.exceptions
import pytest

from traffic import ACCOUNT, OURS, PASSWORD, THEIRS

CODE = "import os\ndef handler(event, context): return {'statusCode': 200, 'body': ','.join(sorted(os.environ))}\n"


def package(code=CODE):
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as made:
        made.writestr("app.py", code)
    return into.getvalue()


def create(server, pair=OURS, name="hello", region="us-east-1", code=CODE):
    settings = {"Runtime": "python3.12", "Handler": "app.handler", "Role": "arn:aws:iam::111111111111:role/r", "Timeout": 20}
    return server.client("lambda", pair=pair, region=region).create_function(FunctionName=name, Code={"ZipFile": package(code)}, **settings)["FunctionArn"]


def refused(call, code, status, **arguments):
    with pytest.raises(botocore.exceptions.ClientError) as told:
        call(**arguments)
    error = told.value.response
    assert (error["Error"]["Code"], error["ResponseMetadata"]["HTTPStatusCode"]) == (code, status), error
    return error["Error"]["Message"]


def api(server, arn, pair=OURS):
    made = server.client("apigatewayv2", pair=pair).create_api(Name="fn", ProtocolType="HTTP", Target=arn)["ApiId"]
    return made, lambda: server.get("/x", host=f"{made}.api.example.test")


def test_code_is_taken_only_where_the_configuration_says_so(site):
    lambda_api = site.client("lambda")
    said = refused(lambda: create(site), "AccessDeniedException", 403)
    assert "function_uploads = true" in said
    assert lambda_api.list_functions()["Functions"] == []
    refused(lambda_api.update_function_code, "AccessDeniedException", 403, FunctionName="hello", ZipFile=package())
    assert said == refused(lambda_api.update_function_code, "AccessDeniedException", 403, FunctionName="hello", ZipFile=b"x" * 12_000_000)
    preload = {"Variables": {"NODE_OPTIONS": "--require /tmp/evil.js"}}
    refused(lambda_api.update_function_configuration, "AccessDeniedException", 403, FunctionName="hello", Environment=preload)


def test_functions_need_a_known_key_and_belong_to_its_account(fresh, monkeypatch):
    monkeypatch.setenv("OPERATORS_SECRET", "not for functions")
    server = fresh(function_uploads=True).start()
    arn = create(server)
    assert f":{ACCOUNT}:" in arn
    ours, theirs = server.client("lambda"), server.client("lambda", pair=THEIRS)
    refused(server.client("lambda", secret="x" * 40).list_functions, "InvalidSignatureException", 403)
    refused(server.client("lambda", unsigned=True).list_functions, "MissingAuthenticationTokenException", 403)
    assert theirs.list_functions()["Functions"] == []
    refused(theirs.invoke, "ResourceNotFoundException", 404, FunctionName="hello")
    for call, more in ((theirs.invoke, {}), (theirs.get_function, {}), (theirs.delete_function, {}), (theirs.update_function_code, {"ZipFile": package()})):
        refused(call, "AccessDeniedException", 403, FunctionName=arn, **more)
    west = server.client("lambda", region="eu-west-1")
    refused(west.invoke, "ResourceNotFoundException", 404, FunctionName=arn)
    answer = json.loads(ours.invoke(FunctionName="hello")["Payload"].read())
    lent = set(answer["body"].split(","))
    assert "AWS_LAMBDA_RUNTIME_API" in lent and not lent & {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "OPERATORS_SECRET"}, lent


def test_an_api_needs_the_permission_of_the_function(fresh):
    server = fresh(function_uploads=True).start()
    arn = create(server)
    id_, call = api(server, arn)
    answer = call()
    assert (answer.status, json.loads(answer.text)) == (500, {"message": "Internal Server Error"})
    told = server.explain(answer.headers["apigw-requestid"])[0]
    assert told["rule"] == "integration.permission" and "Invalid permissions on Lambda function" in told["got"], told
    fix = told["fix"].split()
    asked = {option.removeprefix("--"): value.strip("'") for option, value in zip(fix[3::2], fix[4::2], strict=True)}
    statement = {"StatementId": asked["statement-id"], "Action": asked["action"], "Principal": asked["principal"], "SourceArn": asked["source-arn"]}
    server.client("lambda").add_permission(FunctionName=asked["function-name"], **statement)
    assert call().status == 200, "what explain says is what helps"
    server.client("lambda").remove_permission(FunctionName="hello", StatementId=asked["statement-id"])
    assert call().status == 500
    source = f"arn:aws:execute-api:us-east-1:{THEIRS['account']}:*"
    server.client("lambda").add_permission(FunctionName="hello", **statement | {"SourceArn": source})
    _, stranger = api(server, arn, pair=THEIRS)
    assert stranger().status == 500, "an API of another account calls nothing here"


def test_a_trigger_needs_the_permission_of_the_function(fresh):
    server = fresh(function_uploads=True).start()
    arn = create(server, code="def handler(event, context):\n    event['response']['autoConfirmUser'] = True\n    return event\n")
    idp = server.client()
    pool = idp.create_user_pool(PoolName="triggered", LambdaConfig={"PreSignUp": arn})["UserPool"]
    app = idp.create_user_pool_client(UserPoolId=pool["Id"], ClientName="app")["UserPoolClient"]["ClientId"]
    sign_up = server.client(unsigned=True).sign_up
    person = {"ClientId": app, "Password": PASSWORD}
    refused(sign_up, "UnexpectedLambdaException", 400, Username="ann", **person)
    statement = {"StatementId": "pool", "Action": "lambda:InvokeFunction", "Principal": "cognito-idp.amazonaws.com", "SourceArn": pool["Arn"]}
    server.client("lambda").add_permission(FunctionName="hello", **statement)
    assert sign_up(Username="ann", **person)["UserConfirmed"] is True
    theirs = server.client(pair=THEIRS)
    other = theirs.create_user_pool(PoolName="other", LambdaConfig={"PreSignUp": arn})["UserPool"]["Id"]
    app = theirs.create_user_pool_client(UserPoolId=other, ClientName="app")["UserPoolClient"]["ClientId"]
    refused(sign_up, "UnexpectedLambdaException", 400, ClientId=app, Password=PASSWORD, Username="eve")


def test_uploaded_functions_survive_a_kill_and_their_variables_stay_sealed(fresh):
    server = fresh(function_uploads=True).start()
    create(server)
    server.client("lambda").update_function_configuration(FunctionName="hello", Environment={"Variables": {"TOKEN": "correct-horse-battery-staple"}})
    server.kill()
    for file in server.data.rglob("*"):
        assert not file.is_file() or b"correct-horse-battery-staple" not in file.read_bytes(), file
    server.start()
    shown = server.client("lambda").get_function_configuration(FunctionName="hello")
    assert shown["Environment"]["Variables"] == {"TOKEN": "correct-horse-battery-staple"}
    assert "TOKEN" in json.loads(server.client("lambda").invoke(FunctionName="hello")["Payload"].read())["body"]
