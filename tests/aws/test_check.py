"""`cognate check` (acceptance 7): green on the running system; eight broken set-ups each turn exactly one step red, with the right cause."""

import json

import pytest


@pytest.fixture(scope="module")
def system(tmp_path_factory):
    import pathlib
    import shutil
    import tempfile

    from lab import Server

    folder = pathlib.Path(tempfile.mkdtemp(prefix="cg"))
    server = Server(folder).start()
    yield server
    server.kill()
    shutil.rmtree(folder, ignore_errors=True)


def check(server):
    done = server.run("check", "--json")
    report = json.loads(done.stdout)
    assert (done.returncode == 0) == report["ok"], done
    return report


def reds(report):
    return [step for step in report["steps"] if step["result"] == "red"]


def parts(server):
    """The lesson's API: id, its authorizer, its integration, its routes."""
    api, apigw = server.values["apiId"], server.apigw
    authorizer = apigw.get_authorizers(ApiId=api)["Items"][0]
    integration = apigw.get_integrations(ApiId=api)["Items"][0]
    routes = {item["RouteKey"]: item for item in apigw.get_routes(ApiId=api)["Items"]}
    return api, authorizer, integration, routes


def cors_without_authorization(server):
    api, *_ = parts(server)
    cors = server.apigw.get_api(ApiId=api)["CorsConfiguration"]
    server.apigw.update_api(ApiId=api, CorsConfiguration=cors | {"AllowHeaders": ["content-type"]})
    return lambda: server.apigw.update_api(ApiId=api, CorsConfiguration=cors)


def wrong_audience(server):
    return jwt(server, lambda given: given | {"Audience": ["another-client"]})


def issuer_with_a_slash(server):
    return jwt(server, lambda given: given | {"Issuer": given["Issuer"] + "/"})


def jwt(server, change):
    api, authorizer, *_ = parts(server)
    who = {"ApiId": api, "AuthorizerId": authorizer["AuthorizerId"]}
    server.apigw.update_authorizer(JwtConfiguration=change(authorizer["JwtConfiguration"]), **who)
    return lambda: server.apigw.update_authorizer(JwtConfiguration=authorizer["JwtConfiguration"], **who)


def route_without_authorizer(server):
    api, authorizer, _, routes = parts(server)
    who = {"ApiId": api, "RouteId": routes["POST /upload-url"]["RouteId"]}
    server.apigw.update_route(AuthorizationType="NONE", **who)
    return lambda: server.apigw.update_route(AuthorizationType="JWT", AuthorizerId=authorizer["AuthorizerId"], **who)


def missing_route(server):
    api, _, _, routes = parts(server)
    route = routes["DELETE /metadata"]
    server.apigw.delete_route(ApiId=api, RouteId=route["RouteId"])
    again = {name: route[name] for name in ("RouteKey", "Target", "AuthorizationType", "AuthorizerId")}
    return lambda: server.apigw.create_route(ApiId=api, **again)


def domain_removed(server):
    who = {"Domain": "dashboard", "UserPoolId": server.values["userPoolId"]}
    server.idp.delete_user_pool_domain(**who)
    return lambda: server.idp.create_user_pool_domain(ManagedLoginVersion=2, **who)


def access_key_withdrawn(server):
    pool = server.values["userPoolId"]
    keys = json.loads(server.run("keys", "list").stdout)["signing"]
    kid = next(key["kid"] for key in keys if key["pool"] == pool and key["purpose"].lower() == "access" and key["state"].lower() == "active")
    done = server.run("keys", "withdraw", kid)
    assert done.returncode == 0, done.stderr
    return lambda: server.run("keys", "rotate", "--signing", "--pool", pool)


def function_that_is_not_there(server):
    api, _, integration, _ = parts(server)
    who = {"ApiId": api, "IntegrationId": integration["IntegrationId"]}
    server.apigw.update_integration(IntegrationUri="arn:aws:lambda:us-east-1:000000000000:function:nosuch", **who)
    return lambda: server.apigw.update_integration(IntegrationUri=integration["IntegrationUri"], **who)


BROKEN = [
    (cors_without_authorization, 5, "Authorization is not in AllowHeaders"),
    (wrong_audience, 3, 'audience is ["another-client"]'),
    (issuer_with_a_slash, 3, "the slash at the end makes it another issuer"),
    (route_without_authorizer, 4, "POST /upload-url has authorization NONE"),
    (missing_route, 4, "no route DELETE /metadata"),
    (domain_removed, 2, ""),
    (access_key_withdrawn, 6, "is not in the pool's JWKS"),
    (function_that_is_not_there, 6, "the integration answers"),
]


def test_the_running_system_is_green_step_by_step(system):
    report = check(system)
    assert [step["result"] for step in report["steps"]] == ["ok"] * 7, report
    text = system.run("check").stdout
    assert text.count("\n") == 7 and all(line.startswith("ok") for line in text.splitlines()), text
    left = system.idp.list_users(UserPoolId=system.values["userPoolId"])["Users"]
    assert len(left) == 2, "the throw-away user is still there"


@pytest.mark.parametrize(("spoil", "step", "cause"), BROKEN, ids=[spoil.__name__ for spoil, _, _ in BROKEN])
def test_one_broken_part_turns_one_step_red(system, spoil, step, cause):
    mend = spoil(system)
    try:
        report = check(system)
    finally:
        mend()
    red = reds(report)
    assert [(one["step"]) for one in red] == [step], report
    assert cause in red[0]["cause"] and red[0]["fix"], red
    for other in report["steps"]:
        assert other["result"] in ("ok", "red") or (other["result"] == "not run" and other["needs"] == step), report
    assert check(system)["ok"], f"after mending: {reds(check(system))}"


def test_without_a_server_the_command_says_so(tmp_path):
    from lab import Server

    done = Server(tmp_path).run("check")
    assert done.returncode == 2 and "no data folder" in done.stderr
