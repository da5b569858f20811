"""API Gateway's HTTP APIs by boto3: every operation, its answers, its refusals; and that what was made serves requests."""

import datetime

import pytest

from lab import Pool, unique
from wire import refused

MISSING = "nosuchapi0"


@pytest.fixture
def api(apigw):
    made = apigw.create_api(Name=unique("api"), ProtocolType="HTTP")["ApiId"]
    yield made
    try:
        apigw.delete_api(ApiId=made)
    except apigw.exceptions.NotFoundException:
        pass


def arn(kind, name):
    return f"arn:aws:apigateway:us-east-1::/{kind}/{name}"


def test_an_api_lives_from_creation_to_deletion(lab, apigw):
    cors = {"AllowOrigins": ["https://app.example"], "AllowHeaders": ["authorization"], "AllowMethods": ["GET", "POST"], "MaxAge": 60, "AllowCredentials": False, "ExposeHeaders": ["date"]}
    made = apigw.create_api(Name="shop", ProtocolType="HTTP", Description="d", Version="1", CorsConfiguration=cors, Tags={"stage": "test"})
    assert made["Name"] == "shop" and made["ProtocolType"] == "HTTP" and made["Tags"] == {"stage": "test"}
    assert made["RouteSelectionExpression"] == "$request.method $request.path"
    assert isinstance(made["CreatedDate"], datetime.datetime) and made["DisableExecuteApiEndpoint"] is False
    shown = apigw.get_api(ApiId=made["ApiId"])
    assert shown["CorsConfiguration"] == cors and shown["ApiEndpoint"] == made["ApiEndpoint"]
    changed = apigw.update_api(ApiId=made["ApiId"], Name="store", Description="")
    assert changed["Name"] == "store" and changed["CorsConfiguration"] == cors and not changed.get("Description")
    apigw.delete_cors_configuration(ApiId=made["ApiId"])
    assert "CorsConfiguration" not in apigw.get_api(ApiId=made["ApiId"])
    apigw.delete_api(ApiId=made["ApiId"])
    for call in (apigw.get_api, apigw.update_api, apigw.delete_api, apigw.delete_cors_configuration):
        refused(call, "NotFoundException", ApiId=made["ApiId"])


def test_apis_are_listed_page_by_page(apigw):
    mine = [apigw.create_api(Name="page", ProtocolType="HTTP")["ApiId"] for _ in range(3)]
    pages = list(apigw.get_paginator("get_apis").paginate(PaginationConfig={"PageSize": 2}))
    assert len(pages) >= 2 and all(len(page["Items"]) <= 2 for page in pages)
    assert set(mine) <= {item["ApiId"] for page in pages for item in page["Items"]}
    refused(apigw.get_apis, "BadRequestException", NextToken="forged")
    for api in mine:
        apigw.delete_api(ApiId=api)


def test_tags_are_set_read_and_removed(apigw, api):
    name = arn("apis", api)
    apigw.tag_resource(ResourceArn=name, Tags={"a": "1", "b": "2"})
    assert apigw.get_tags(ResourceArn=name)["Tags"] == {"a": "1", "b": "2"} == apigw.get_api(ApiId=api)["Tags"]
    apigw.untag_resource(ResourceArn=name, TagKeys=["a"])
    assert apigw.get_tags(ResourceArn=name)["Tags"] == {"b": "2"}
    for call, more in ((apigw.get_tags, {}), (apigw.tag_resource, {"Tags": {"a": "1"}}), (apigw.untag_resource, {"TagKeys": ["a"]})):
        refused(call, "NotFoundException", ResourceArn=arn("apis", MISSING), **more)


def authorizer(apigw, api, **more):
    more = {"Name": unique("auth"), "AuthorizerType": "JWT", "IdentitySource": ["$request.header.Authorization"]} | more
    return apigw.create_authorizer(ApiId=api, **more)


def test_an_authorizer_lives_from_creation_to_deletion(apigw, api, pool):
    jwt = {"Issuer": pool.issuer, "Audience": [pool.client_id]}
    made = authorizer(apigw, api, JwtConfiguration=jwt)
    who = {"ApiId": api, "AuthorizerId": made["AuthorizerId"]}
    assert made["JwtConfiguration"] == jwt and apigw.get_authorizer(**who)["IdentitySource"] == ["$request.header.Authorization"]
    assert [item["AuthorizerId"] for item in apigw.get_authorizers(ApiId=api)["Items"]] == [made["AuthorizerId"]]
    changed = apigw.update_authorizer(JwtConfiguration={"Issuer": pool.issuer, "Audience": ["a", "b"]}, Name="renamed", **who)
    assert changed["JwtConfiguration"]["Audience"] == ["a", "b"] and changed["Name"] == "renamed"
    refused(apigw.create_authorizer, "BadRequestException", ApiId=api, Name="x", AuthorizerType="JWT", IdentitySource=["$request.header.Authorization"])
    route = apigw.create_route(ApiId=api, RouteKey="GET /x", AuthorizationType="JWT", AuthorizerId=made["AuthorizerId"])
    apigw.delete_route(ApiId=api, RouteId=route["RouteId"])
    apigw.delete_authorizer(**who)
    for call in (apigw.get_authorizer, apigw.update_authorizer, apigw.delete_authorizer):
        refused(call, "NotFoundException", **who)
    for call in (apigw.get_authorizers,):
        refused(call, "NotFoundException", ApiId=MISSING)


INTEGRATION = {"IntegrationType": "HTTP_PROXY", "IntegrationMethod": "GET", "IntegrationUri": "http://127.0.0.1:9/", "PayloadFormatVersion": "1.0"}


def test_an_integration_lives_from_creation_to_deletion(apigw, api):
    made = apigw.create_integration(ApiId=api, TimeoutInMillis=5000, Description="d", **INTEGRATION)
    who = {"ApiId": api, "IntegrationId": made["IntegrationId"]}
    shown = apigw.get_integration(**who)
    assert (shown["IntegrationUri"], shown["TimeoutInMillis"], shown["ConnectionType"]) == ("http://127.0.0.1:9/", 5000, "INTERNET")
    assert [item["IntegrationId"] for item in apigw.get_integrations(ApiId=api)["Items"]] == [made["IntegrationId"]]
    assert apigw.update_integration(TimeoutInMillis=6000, **who)["TimeoutInMillis"] == 6000
    assert apigw.create_integration(ApiId=api, **INTEGRATION)["TimeoutInMillis"] == 30000
    refused(apigw.create_integration, "BadRequestException", ApiId=api, IntegrationType="HTTP_PROXY", PayloadFormatVersion="1.0")
    refused(apigw.create_integration, "BadRequestException", ApiId=api, **(INTEGRATION | {"PayloadFormatVersion": "9.0"}))
    route = apigw.create_route(ApiId=api, RouteKey="GET /used", Target=f"integrations/{made['IntegrationId']}")
    refused(apigw.delete_integration, "ConflictException", **who)
    apigw.delete_route(ApiId=api, RouteId=route["RouteId"])
    apigw.delete_integration(**who)
    for call in (apigw.get_integration, apigw.update_integration, apigw.delete_integration):
        refused(call, "NotFoundException", **who)
    refused(apigw.get_integrations, "NotFoundException", ApiId=MISSING)


def test_a_route_lives_from_creation_to_deletion(apigw, api):
    made = apigw.create_route(ApiId=api, RouteKey="GET /pets/{id}", OperationName="pet")
    who = {"ApiId": api, "RouteId": made["RouteId"]}
    assert apigw.get_route(**who)["RouteKey"] == "GET /pets/{id}" and made["AuthorizationType"] == "NONE" and made["ApiKeyRequired"] is False
    refused(apigw.create_route, "ConflictException", ApiId=api, RouteKey="GET /pets/{id}")
    assert apigw.update_route(RouteKey="ANY /pets/{proxy+}", **who)["RouteKey"] == "ANY /pets/{proxy+}"
    for bad in ("GET", "FETCH /x", "GET x", "GET /{a+}/b", "get /x"):
        refused(apigw.create_route, "BadRequestException", ApiId=api, RouteKey=bad)
    refused(apigw.create_route, "BadRequestException", ApiId=api, RouteKey="GET /y", AuthorizationType="JWT")
    apigw.create_route(ApiId=api, RouteKey="$default")
    pages = list(apigw.get_paginator("get_routes").paginate(ApiId=api, PaginationConfig={"PageSize": 1}))
    assert sorted(item["RouteKey"] for page in pages for item in page["Items"]) == ["$default", "ANY /pets/{proxy+}"]
    apigw.delete_route(**who)
    for call in (apigw.get_route, apigw.update_route, apigw.delete_route):
        refused(call, "NotFoundException", **who)
    refused(apigw.get_routes, "NotFoundException", ApiId=MISSING)


def test_a_deployment_lives_from_creation_to_deletion(apigw, api):
    integration = apigw.create_integration(ApiId=api, **INTEGRATION)["IntegrationId"]
    apigw.create_route(ApiId=api, RouteKey="GET /", Target=f"integrations/{integration}")
    made = apigw.create_deployment(ApiId=api, Description="first")
    who = {"ApiId": api, "DeploymentId": made["DeploymentId"]}
    assert made["DeploymentStatus"] == "DEPLOYED" and isinstance(made["CreatedDate"], datetime.datetime)
    assert apigw.get_deployment(**who)["Description"] == "first"
    assert apigw.update_deployment(Description="renamed", **who)["Description"] == "renamed"
    assert made["DeploymentId"] in {item["DeploymentId"] for item in apigw.get_deployments(ApiId=api)["Items"]}
    apigw.create_stage(ApiId=api, StageName="live", DeploymentId=made["DeploymentId"])
    refused(apigw.delete_deployment, "BadRequestException", **who)
    apigw.delete_stage(ApiId=api, StageName="live")
    apigw.delete_deployment(**who)
    for call in (apigw.get_deployment, apigw.update_deployment, apigw.delete_deployment):
        refused(call, "NotFoundException", **who)
    refused(apigw.create_deployment, "NotFoundException", ApiId=api, StageName="nosuch")
    refused(apigw.get_deployments, "NotFoundException", ApiId=MISSING)


def test_a_stage_lives_from_creation_to_deletion(apigw, api):
    made = apigw.create_stage(ApiId=api, StageName="dev", AutoDeploy=True, StageVariables={"a": "1"}, Tags={"t": "1"}, DefaultRouteSettings={"ThrottlingBurstLimit": 5, "ThrottlingRateLimit": 2.5})
    who = {"ApiId": api, "StageName": "dev"}
    assert made["AutoDeploy"] is True and made["StageVariables"] == {"a": "1"} and made["DefaultRouteSettings"]["ThrottlingRateLimit"] == 2.5
    refused(apigw.create_stage, "ConflictException", **who)
    assert apigw.update_stage(Description="d", RouteSettings={"GET /x": {"DetailedMetricsEnabled": True}}, **who)["Description"] == "d" if routed(apigw, api) else True
    assert [item["StageName"] for item in apigw.get_stages(ApiId=api)["Items"]] == ["dev"]
    assert apigw.get_stage(**who)["Tags"] == {"t": "1"}
    apigw.delete_route_settings(RouteKey="GET /x", **who)
    assert "GET /x" not in apigw.get_stage(**who).get("RouteSettings", {})
    destination = "arn:aws:logs:us-east-1:000000000000:log-group:g"
    apigw.update_stage(AccessLogSettings={"DestinationArn": destination, "Format": "$context.requestId"}, **who)
    assert apigw.get_stage(**who)["AccessLogSettings"]["DestinationArn"] == destination
    apigw.delete_access_log_settings(**who)
    assert "AccessLogSettings" not in apigw.get_stage(**who)
    apigw.delete_stage(**who)
    for call, more in ((apigw.get_stage, {}), (apigw.update_stage, {}), (apigw.delete_stage, {}), (apigw.delete_access_log_settings, {}), (apigw.delete_route_settings, {"RouteKey": "GET /x"})):
        refused(call, "NotFoundException", **who, **more)
    for bad in ("a b", "-/", "x" * 129):
        refused(apigw.create_stage, "BadRequestException", ApiId=api, StageName=bad)
    refused(apigw.get_stages, "NotFoundException", ApiId=MISSING)


def routed(apigw, api):
    return bool(apigw.create_route(ApiId=api, RouteKey="GET /x"))


@pytest.mark.parametrize(
    ("call", "more"),
    [
        ("create_authorizer", {"Name": "x", "AuthorizerType": "JWT", "IdentitySource": ["$request.header.Authorization"], "JwtConfiguration": {"Issuer": "https://i.example", "Audience": ["a"]}}),
        ("create_integration", INTEGRATION),
        ("create_route", {"RouteKey": "GET /"}),
        ("create_stage", {"StageName": "dev"}),
        ("create_deployment", {}),
    ],
)
def test_nothing_is_made_in_an_api_that_is_not_there(apigw, call, more):
    refused(getattr(apigw, call), "NotFoundException", ApiId=MISSING, **more)


@pytest.mark.parametrize("settings", [{"ProtocolType": "SOAP"}, {"Name": ""}, {"Name": "x" * 129}, {"CorsConfiguration": {"AllowCredentials": True, "AllowOrigins": ["*"]}}, {"RouteKey": "nonsense"}])
def test_an_api_that_cannot_work_is_refused(lab, settings):
    refused(lab.client("apigatewayv2", validate=False).create_api, "BadRequestException", **({"Name": "x", "ProtocolType": "HTTP"} | settings))


def test_a_quick_created_api_has_route_integration_and_stage(apigw):
    made = apigw.create_api(Name="quick", ProtocolType="HTTP", Target="http://127.0.0.1:9/")["ApiId"]
    assert [item["RouteKey"] for item in apigw.get_routes(ApiId=made)["Items"]] == ["$default"]
    assert [item["StageName"] for item in apigw.get_stages(ApiId=made)["Items"]] == ["$default"]
    assert apigw.get_integrations(ApiId=made)["Items"][0]["ApiGatewayManaged"] is True
    apigw.delete_api(ApiId=made)


def test_the_lessons_stack_made_by_boto3_serves_and_refuses(lab, apigw, api):
    """Pool, authorizer, four routes onto the function: 401 without a token, 200 with either token."""
    pool = Pool(lab)
    made = authorizer(apigw, api, JwtConfiguration={"Issuer": pool.issuer, "Audience": [pool.client_id]})["AuthorizerId"]
    function = "arn:aws:lambda:us-east-1:000000000000:function:dashboard"
    integration = apigw.create_integration(ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=function, PayloadFormatVersion="2.0")["IntegrationId"]
    apigw.create_route(ApiId=api, RouteKey="GET /metadata/list", Target=f"integrations/{integration}", AuthorizationType="JWT", AuthorizerId=made)
    scoped = apigw.create_route(ApiId=api, RouteKey="GET /metadata", Target=f"integrations/{integration}", AuthorizationType="JWT", AuthorizerId=made, AuthorizationScopes=["aws.cognito.signin.user.admin"])
    assert scoped["AuthorizationScopes"] == ["aws.cognito.signin.user.admin"]
    apigw.create_stage(ApiId=api, StageName="$default", AutoDeploy=True)
    none = lab.api(api, "/metadata/list")
    assert (none.status_code, none.json(), none.headers["www-authenticate"]) == (401, {"message": "Unauthorized"}, "Bearer")
    tokens = pool.tokens(pool.user())
    for name in ("AccessToken", "IdToken"):
        answer = lab.api(api, "/metadata/list", headers={"Authorization": f"Bearer {tokens[name]}"})
        assert (answer.status_code, answer.json()) == (200, {"items": []}), answer.text
    # An ID token has no scope: 403 on the scoped route, where the access token passes (and finds no such key).
    assert lab.api(api, "/metadata?key=x", headers={"Authorization": f"Bearer {tokens['IdToken']}"}).status_code == 403
    assert lab.api(api, "/metadata?key=x", headers={"Authorization": f"Bearer {tokens['AccessToken']}"}).status_code == 404
    assert lab.api(api, "/nowhere").json() == {"message": "Not Found"}
