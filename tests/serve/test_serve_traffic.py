"""Key pairs, accounts, mail, proxies: what a server for traffic does for its users."""

import datetime
import hashlib
import html
import json
import re
import threading
import time
import urllib.parse

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest
from botocore.exceptions import ClientError

from traffic import ACCOUNT, OURS, PASSWORD, THEIRS, Backend, Home

TARGET = "AWSCognitoIdentityProviderService."


@pytest.fixture(scope="module")
def home(site):
    with Backend() as backend:
        made = Home(site, backend, domain="front")
        made.user("ann")
        yield made


def code(call, wanted, **parameters):
    with pytest.raises(ClientError) as said:
        call(**parameters)
    error = said.value.response
    assert error["Error"]["Code"] == wanted, error
    return error["ResponseMetadata"]


def test_a_person_signs_up_by_mail_and_reaches_the_api(site, sink, home):
    anybody = site.client(unsigned=True)
    address = "new.person@example.org"
    anybody.sign_up(ClientId=home.app, Username="new", Password=PASSWORD, UserAttributes=[{"Name": "email", "Value": address}])
    letter = sink.to(address)[-1]
    assert "From: Cognate <no-reply@example.test>" in letter.replace('"', "") and "Subject: Your verification code" in letter
    digits = re.search(r"\b(\d{6})\b", letter.split("\r\n\r\n", 1)[-1] if "\r\n\r\n" in letter else letter.split("\n\n", 1)[-1])[1]
    code(anybody.confirm_sign_up, "CodeMismatchException", ClientId=home.app, Username="new", ConfirmationCode=f"{(int(digits) + 1) % 1000000:06}")
    anybody.confirm_sign_up(ClientId=home.app, Username="new", ConfirmationCode=digits)
    tokens = home.sign_in("new")
    assert anybody.get_user(AccessToken=tokens["AccessToken"])["Username"] == "new"
    for kind in ("AccessToken", "IdToken"):
        answer = home.call(tokens[kind], "/files")
        assert answer.status == 200 and json.loads(answer.text)["path"] == "/files", answer.text
    refused = home.call(None, "/files")
    assert (refused.status, json.loads(refused.text)) == (401, {"message": "Unauthorized"})
    assert site.explain(refused.headers["apigw-requestid"])[0]["action"] == "gateway"


def test_urls_and_issuers_are_the_public_ones(site, home):
    assert home.api["ApiEndpoint"] == f"https://{home.api_id}.api.example.test"
    for host in (None, "id.example.test", "cognito-idp.us-east-1.amazonaws.com"):
        document = json.loads(site.get(f"/{home.id}/.well-known/openid-configuration", host=host).text)
        assert document["issuer"] == home.issuer and document["jwks_uri"] == f"{home.issuer}/.well-known/jwks.json"
        assert document["authorization_endpoint"] == "https://front.auth.example.test/oauth2/authorize"
        assert document["token_endpoint"].startswith("https://")
    assert site.get("/files", host=f"{home.api_id}.execute-api.us-east-1.amazonaws.com").status == 401
    for prefix in ("/execute-api", "/_aws/execute-api"):
        assert site.get(f"{prefix}/{home.api_id}/$default/files").status == 404, "by path only where the file says so"
    assert site.get("/files", host="nosuchapi0.api.example.test").status == 404


def test_wrong_secrets_and_unknown_keys_are_told_apart(site):
    for service, call, status in (("cognito-idp", lambda c: c.list_user_pools(MaxResults=1), 400), ("apigatewayv2", lambda c: c.get_apis(), 403)):
        wrong = code(lambda: call(site.client(service, secret="x" * 40)), "InvalidSignatureException")
        assert wrong["HTTPStatusCode"] == status, service
        unknown = code(lambda: call(site.client(service, pair=OURS | {"access_key_id": "AKIANOBODYNOBODY"})), "UnrecognizedClientException")
        assert unknown["HTTPStatusCode"] == status, service
        unsigned = code(lambda: call(site.client(service, unsigned=True)), "MissingAuthenticationTokenException")
        assert unsigned["HTTPStatusCode"] == status, service
        for seen, rule in ((wrong, "InvalidSignatureException"), (unknown, "UnrecognizedClientException"), (unsigned, "MissingAuthenticationTokenException")):
            assert site.explain(seen["RequestId"])[0]["rule"] == rule


def test_sts_says_whose_key_it_is(site):
    assert site.client("sts").get_caller_identity()["Account"] == ACCOUNT
    assert site.client("sts", pair=THEIRS).get_caller_identity()["Account"] == THEIRS["account"]
    for client, kind in (
        (site.client("sts", secret="x" * 40), "SignatureDoesNotMatch"),
        (site.client("sts", pair=OURS | {"access_key_id": "AKIANOBODYNOBODY"}), "InvalidClientTokenId"),
        (site.client("sts", unsigned=True), "MissingAuthenticationToken"),
    ):
        assert code(client.get_caller_identity, kind)["HTTPStatusCode"] == 403


def test_a_service_that_is_not_here_says_which_are(site):
    with pytest.raises(ClientError) as error:
        site.client("dynamodb").list_tables()
    assert "cognito-idp" in error.value.response["Error"]["Message"], error.value


def sign(site, auth, body=b'{"MaxResults": 1}', at=None, service="cognito-idp", headers=None, monkeypatch=None, **more):
    """A request signed by botocore, at a time of our choice."""
    request = botocore.awsrequest.AWSRequest(
        method="POST", url=site.local + "/", data=body, headers={"X-Amz-Target": TARGET + "ListUserPools", "Content-Type": "application/x-amz-json-1.1"} | (headers or {})
    )
    if at is not None:
        then = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None) + datetime.timedelta(seconds=at)
        monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *_, **__: then)
    credentials = botocore.credentials.Credentials(OURS["access_key_id"], OURS["secret_access_key"])
    auth(credentials, service, "us-east-1", **more).add_auth(request)
    return request.prepare()


class Presigned(botocore.auth.SigV4QueryAuth):
    """The query form with a body, which botocore's own moves into the query."""

    def __init__(self, *more, expires, body=b'{"MaxResults": 1}'):
        super().__init__(*more, expires=expires)
        self.body = body

    def add_auth(self, request):
        request.data = b""
        super().add_auth(request)
        request.data = self.body

    def payload(self, request):
        return hashlib.sha256(self.body).hexdigest()


def send(site, prepared, **changed):
    parts = urllib.parse.urlsplit(prepared.url)
    headers = {name: value.decode() if isinstance(value, bytes) else value for name, value in prepared.headers.items()} | changed.pop("headers", {})
    answer = site.get(f"{parts.path or '/'}?{parts.query}".rstrip("?"), method="POST", headers=headers, body=changed.pop("body", prepared.body))
    return answer.status, json.loads(answer.text).get("__type")


def test_clocks_may_differ_by_fifteen_minutes(site, monkeypatch):
    for at, expected in ((-870, None), (870, None), (-930, "InvalidSignatureException"), (930, "InvalidSignatureException")):
        status, kind = send(site, sign(site, botocore.auth.SigV4Auth, at=at, monkeypatch=monkeypatch))
        assert (status, kind) == (400 if expected else 200, expected), at


def test_the_presigned_form_is_good_until_it_expires(site, monkeypatch):
    query = Presigned
    assert send(site, sign(site, query, expires=60)) == (200, None)
    assert send(site, sign(site, query, expires=60, at=-50, monkeypatch=monkeypatch)) == (200, None)
    assert send(site, sign(site, query, expires=60, at=-70, monkeypatch=monkeypatch)) == (400, "InvalidSignatureException")


def test_what_was_signed_cannot_be_changed(site):
    signed = sign(site, botocore.auth.SigV4Auth)
    assert send(site, signed) == (200, None)
    bad = (400, "InvalidSignatureException")
    assert send(site, signed, body=b'{"MaxResults": 2}') == bad
    assert send(site, signed, headers={"X-Amz-Target": TARGET + "DeleteUserPool"}) == bad
    assert send(site, signed, headers={"X-Amz-Date": "20200101T000000Z"}) == bad
    assert send(site, signed, headers={"Host": "id.example.test"}) == bad
    assert send(site, sign(site, botocore.auth.SigV4Auth, service="apigateway"))[0] != 200
    authorization = signed.headers["Authorization"]
    authorization = authorization.decode() if isinstance(authorization, bytes) else authorization
    for broken, kind in (
        (authorization.replace("SignedHeaders=", "Signed="), "IncompleteSignatureException"),
        (authorization.split(", Signature=")[0], "IncompleteSignatureException"),
        (authorization.replace("x-amz-date;", ""), "InvalidSignatureException"),
        (authorization.replace("/us-east-1/", "/eu-west-1/"), "InvalidSignatureException"),
        (authorization[:-1] + ("0" if authorization[-1] != "0" else "1"), "InvalidSignatureException"),
        (authorization.replace(", ", ","), None),
        (authorization.replace(", ", ",   "), None),
    ):
        status, said = send(site, signed, headers={"Authorization": broken})
        assert (said, status) == (kind, 400 if kind else 200), broken
    status, said = send(site, signed, headers={"Authorization": "Bearer " + "a" * 200})
    assert status == 400 and said in ("MissingAuthenticationTokenException", "IncompleteSignatureException")


def test_two_accounts_do_not_see_each_other(site, home):
    other = Home(site, pair=THEIRS)
    assert f":{ACCOUNT}:" in home.pool["Arn"] and f":{THEIRS['account']}:" in other.pool["Arn"]
    ours, theirs = site.client(), site.client(pair=THEIRS)
    names = lambda client: {pool["Id"] for page in client.get_paginator("list_user_pools").paginate(MaxResults=60) for pool in page["UserPools"]}
    assert home.id in names(ours) and other.id not in names(ours)
    assert other.id in names(theirs) and home.id not in names(theirs)
    for call, more in (("describe_user_pool", {}), ("delete_user_pool", {}), ("list_users", {}), ("admin_get_user", {"Username": "ann"}), ("list_user_pool_clients", {})):
        code(getattr(theirs, call), "ResourceNotFoundException", UserPoolId=home.id, **more)
    apis, other_apis = site.client("apigatewayv2"), site.client("apigatewayv2", pair=THEIRS)
    code(other_apis.get_api, "NotFoundException", ApiId=home.api_id)
    code(other_apis.delete_api, "NotFoundException", ApiId=home.api_id)
    assert home.api_id not in {api["ApiId"] for api in other_apis.get_apis()["Items"]}
    assert home.api_id in {api["ApiId"] for api in apis.get_apis()["Items"]}
    # A client id is enough for unsigned operations, whoever asks: that is their nature.
    assert other.user("bob") and other.sign_in("bob")["AccessToken"]


def test_regions_are_apart_too(site, home):
    west = site.client(region="eu-west-1")
    made = west.create_user_pool(PoolName="west")["UserPool"]
    assert made["Id"].startswith("eu-west-1_") and f":eu-west-1:{ACCOUNT}:" in made["Arn"]
    code(west.describe_user_pool, "ResourceNotFoundException", UserPoolId=home.id)
    code(site.client().describe_user_pool, "ResourceNotFoundException", UserPoolId=made["Id"])


def test_the_dashboard_function_serves_its_own_account_only(site):
    seen = {}
    for pair in (OURS, THEIRS):
        apigw = site.client("apigatewayv2", pair=pair)
        api = apigw.create_api(Name="files", ProtocolType="HTTP", Target=f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:dashboard")["ApiId"]
        seen[pair["access_key_id"]] = site.get("/metadata/list", host=f"{api}.api.example.test").status
    # Without an authorizer there are no claims: the function runs and says so. For the other account it is not there.
    assert seen == {OURS["access_key_id"]: 401, THEIRS["access_key_id"]: 500}


def test_custom_login_domains_of_every_account_are_answered(site):
    for pair, host in ((OURS, "login.ours.test"), (THEIRS, "login.theirs.test")):
        made = Home(site, pair=pair)
        config = {"CertificateArn": f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/11111111-1111-1111-1111-111111111111"}
        made.idp.create_user_pool_domain(Domain=host, UserPoolId=made.id, CustomDomainConfig=config, ManagedLoginVersion=2)
        page = f"/login?client_id={made.app}&response_type=code&redirect_uri=https://app.example.test/back"
        until(lambda page=page, host=host: site.get(page, host=host).status == 200, host)
        made.idp.delete_user_pool_domain(Domain=host, UserPoolId=made.id)
        until(lambda page=page, host=host: site.get(page, host=host).status == 403, host)


def until(done, why, seconds=5):
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, why
        time.sleep(0.05)


def wrong_password(site, home, source=None, **headers):
    body = json.dumps({"ClientId": home.app, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": {"USERNAME": "nobody", "PASSWORD": "Wr0ng!password"}})
    sent = {"X-Amz-Target": TARGET + "InitiateAuth", "Content-Type": "application/x-amz-json-1.1"} | {name.replace("_", "-"): value for name, value in headers.items()}
    answer = site.get("/", method="POST", body=body.encode(), headers=sent, source=source)
    return site.explain(answer.headers["x-amzn-requestid"])


def test_forwarding_headers_count_from_trusted_proxies_only(site, home):
    chain = "9.9.9.9, 203.0.113.7"
    assert {d["ip"] for d in wrong_password(site, home, X_Forwarded_For=chain)} == {"203.0.113.7"}
    assert {d["ip"] for d in wrong_password(site, home, X_Forwarded_For="rubbish, 203.0.113.7")} == {"203.0.113.7"}
    assert {d["ip"] for d in wrong_password(site, home, X_Forwarded_For="203.0.113.7, 127.0.0.1")} == {"203.0.113.7"}
    assert {d["ip"] for d in wrong_password(site, home)} == {"127.0.0.1"}
    assert {d["ip"] for d in wrong_password(site, home, source="127.0.0.2", X_Forwarded_For=chain)} == {"127.0.0.2"}
    refused = home.call(None, headers={"X-Forwarded-For": chain})
    assert site.explain(refused.headers["apigw-requestid"])[0]["ip"] == "203.0.113.7"


def test_login_cookies_are_secure_behind_a_trusted_tls_proxy(site, home):
    page = f"/login?client_id={home.app}&response_type=code&redirect_uri=https://app.example.test/back"
    cookies = lambda **more: [v for k, v in site.get(page, host=home.login_host, **more).headers.items() if k.lower() == "set-cookie"]
    secure = cookies(headers={"X-Forwarded-Proto": "https"})
    assert secure and all(cookie.startswith("__Host-") and "; Secure" in cookie and "HttpOnly" in cookie and "Path=/" in cookie for cookie in secure), secure
    for plain in (cookies(), cookies(headers={"X-Forwarded-Proto": "https"}, source="127.0.0.2")):
        assert plain and all(not cookie.startswith("__Host-") and "Secure" not in cookie for cookie in plain), plain


def test_managed_login_signs_in_behind_the_proxy(site, home):
    through = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
    page = f"/login?client_id={home.app}&response_type=code&redirect_uri=https://app.example.test/back&scope=openid&state=st"
    shown = site.get(page, host=home.login_host, headers=through)
    form = re.search(r'<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>', shown.text, re.S)
    fields = {re.search(r'name="([^"]*)"', tag)[1]: (re.search(r'value="([^"]*)"', tag) or [0, ""])[1] for tag in re.findall(r"<input[^>]*name=[^>]*>", form[2])}
    fields |= {"username": "ann", "password": PASSWORD}
    cookie = "; ".join(value.split(";")[0] for name, value in shown.headers.items() if name.lower() == "set-cookie")
    sent = through | {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded", "Origin": f"https://{home.login_host}"}
    action = urllib.parse.urlsplit(html.unescape(form[1]))
    done = site.get(f"{action.path}?{action.query}", host=home.login_host, method="POST", headers=sent, body=urllib.parse.urlencode(fields))
    assert done.status == 302 and done.headers["location"].startswith("https://app.example.test/back?code="), (done.status, done.text[:500])
    answer = urllib.parse.parse_qs(urllib.parse.urlsplit(done.headers["location"]).query)
    body = urllib.parse.urlencode({"grant_type": "authorization_code", "client_id": home.app, "code": answer["code"][0], "redirect_uri": "https://app.example.test/back"})
    token = site.get("/oauth2/token", host=home.login_host, method="POST", headers=through | {"Content-Type": "application/x-www-form-urlencoded"}, body=body)
    assert token.status == 200 and home.call(json.loads(token.text)["access_token"]).status == 200


def test_a_relay_that_is_down_loses_nothing_and_is_logged_without_the_code(fresh, sink):
    server = fresh()
    server.config["smtp"] = server.config["smtp"] | {"port": server.admin_port + 0}
    server.config.pop("admin_listen")
    server.start()
    home = Home(server)
    who = {"ClientId": home.app, "Username": "late"}
    mail = [{"Name": "email", "Value": "late@example.org"}]
    made = server.client(unsigned=True).sign_up(Password=PASSWORD, UserAttributes=mail, **who)
    # Killed as a power cut would: what is to be sent is on the disk.
    server.kill()
    request = made["ResponseMetadata"]["RequestId"]
    told = [event for event in server.events() if event.get("request_id") == request]
    assert any("tried again" in json.dumps(event) and "onnect" in json.dumps(event) for event in told), told
    server.config["smtp"]["port"] = sink.port
    server.start()
    for _ in range(150):
        if sink.to("late@example.org"):
            break
        time.sleep(0.1)
    assert sink.to("late@example.org"), "the outbox was not taken up after the restart"
    sent = re.search(r"\b(\d{6})\b", re.split(r"\r?\n\r?\n", sink.to("late@example.org")[-1], maxsplit=1)[1])[1]
    assert sent not in json.dumps(told)
    server.client(unsigned=True).confirm_sign_up(ConfirmationCode=sent, **who)


def test_without_mail_sign_up_says_so(fresh):
    server = fresh()
    del server.config["smtp"]
    server.start()
    home = Home(server)
    code(
        server.client(unsigned=True).sign_up, "CodeDeliveryFailureException",
        ClientId=home.app, Username="x", Password=PASSWORD, UserAttributes=[{"Name": "email", "Value": "x@example.org"}],
    )


def test_sealing_keys_rotate_and_everything_still_opens(fresh):
    server = fresh().start()
    with Backend() as backend:
        home = Home(server, backend)
        home.user("ann")
        idp = home.idp
        secret = idp.create_user_pool_client(UserPoolId=home.id, ClientName="s", GenerateSecret=True)["UserPoolClient"]
        before = home.sign_in("ann")
        for expected in (2, 3):
            done = server.run("keys", "rotate")
            assert done.returncode == 0 and json.loads(done.stdout)["active"] == expected, done.stderr
            home.user(f"under-{expected}")
        for restart in (False, True):
            if restart:
                server.stop()
                server.start()
            assert json.loads(server.run("keys", "list").stdout)["sealing"] == {"active": 3, "keys": [1, 2, 3]}
            for name in ("ann", "under-2", "under-3"):
                assert home.call(home.sign_in(name)["AccessToken"]).status == 200
                assert server_srp(server, home, name)
            assert home.call(before["AccessToken"]).status == 200
            shown = idp.describe_user_pool_client(UserPoolId=home.id, ClientId=secret["ClientId"])["UserPoolClient"]
            assert shown["ClientSecret"] == secret["ClientSecret"]
            again = server.client(unsigned=True).initiate_auth(ClientId=home.app, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": before["RefreshToken"]})
            assert home.call(again["AuthenticationResult"]["AccessToken"]).status == 200


def server_srp(server, home, name):
    from pycognito.aws_srp import AWSSRP

    return AWSSRP(username=name, password=PASSWORD, pool_id=home.id, client_id=home.app, client=server.client(unsigned=True)).authenticate_user()["AuthenticationResult"]


def test_signing_keys_rotate_with_and_without_an_overlap(fresh):
    server = fresh().start()
    with Backend() as backend:
        home = Home(server, backend)
        other = Home(server, pair=THEIRS)
        home.user("ann")
        first, kids = home.sign_in("ann"), home.jwks()
        assert home.call(first["AccessToken"]).status == 200
        done = server.run("keys", "rotate", "--signing", "--pool", home.id)
        assert done.returncode == 0 and json.loads(done.stdout)["rotated"] == [home.id], done.stderr
        assert kids < home.jwks() and len(home.jwks()) == 4
        second = home.sign_in("ann")
        for tokens in (first, second):
            assert home.call(tokens["AccessToken"]).status == 200
            assert server.client(unsigned=True).get_user(AccessToken=tokens["AccessToken"])["Username"] == "ann"
        done = server.run("keys", "rotate", "--signing", "--now")
        assert set(json.loads(done.stdout)["rotated"]) == {home.id, other.id}, done.stderr
        assert len(home.jwks()) == 2 and not home.jwks() & kids
        for tokens in (first, second):
            for kind in ("AccessToken", "IdToken"):
                assert home.call(tokens[kind]).status == 401
            code(server.client(unsigned=True).get_user, "NotAuthorizedException", AccessToken=tokens["AccessToken"])
        third = home.sign_in("ann")
        assert home.call(third["AccessToken"]).status == 200
        kids = home.jwks()
        server.stop()
        server.start()
        assert home.jwks() == kids and home.call(third["AccessToken"]).status == 200 and home.call(first["AccessToken"]).status == 401
        listed = json.loads(server.run("keys", "list").stdout)["signing"]
        kid = next(row["kid"] for row in listed if row["pool"] == home.id and row["kid"] in kids)
        assert server.run("keys", "withdraw", kid).returncode == 0 and kid not in home.jwks()
        for wrong in (("keys", "withdraw", "nosuchkey"), ("keys", "rotate", "--signing", "--pool", "us-east-1_nosuchpoo")):
            done = server.run(*wrong)
            assert done.returncode == 1 and done.stderr.startswith("cognate: "), done


def test_rotations_at_once_lose_no_key(fresh):
    server = fresh().start()
    home = Home(server)
    home.user("ann")
    tokens, stop = [], threading.Event()

    def signing_in():
        while not stop.is_set():
            tokens.append(home.sign_in("ann")["AccessToken"])

    people = [threading.Thread(target=signing_in)]
    rotators = [threading.Thread(target=server.run, args=arguments) for arguments in (("keys", "rotate"), ("keys", "rotate", "--signing")) * 4]
    for thread in people + rotators:
        thread.start()
    for thread in rotators:
        thread.join()
    stop.set()
    people[0].join()
    assert json.loads(server.run("keys", "list").stdout)["sealing"] == {"active": 5, "keys": [1, 2, 3, 4, 5]}
    assert len(home.jwks()) == 10
    tokens.append(home.sign_in("ann")["AccessToken"])
    for token in tokens:
        server.client(unsigned=True).get_user(AccessToken=token)
