"""Managed login and the OAuth endpoints without a browser's help: code + PKCE, refresh, userInfo, revoke, logout, client_credentials, refusals."""

import urllib.parse

import pytest
import requests

from lab import PASSWORD, Pool, unique
from web import CALLBACK, Browser, Pkce, authorize_url, fetch_code, oauth_client, redeem


@pytest.fixture(scope="module")
def site(lab):
    pool = Pool(lab)
    lab.idp.create_user_pool_domain(Domain=unique("site"), UserPoolId=pool.id, ManagedLoginVersion=2)
    pool.web = oauth_client(pool)["ClientId"]
    return pool


def token(lab, **data):
    return requests.post(f"{lab.base}/oauth2/token", data=data, timeout=10)


def test_code_with_pkce_refresh_userinfo_revoke(lab, site):
    pkce, name = Pkce(), site.user()
    code = fetch_code(lab.base, site.web, name, PASSWORD, pkce)
    answer = redeem(lab.base, site.web, code, pkce)
    tokens = answer.json()
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store", answer.text
    assert set(tokens) == {"access_token", "id_token", "refresh_token", "expires_in", "token_type"} and tokens["token_type"] == "Bearer"
    who = requests.get(f"{lab.base}/oauth2/userInfo", headers={"Authorization": f"Bearer {tokens['access_token']}"}, timeout=10).json()
    assert who["email"] == f"{name}@example.com" and who["email_verified"] == "true" and who["username"] == name
    again = token(lab, grant_type="refresh_token", client_id=site.web, refresh_token=tokens["refresh_token"])
    assert again.status_code == 200 and "refresh_token" not in again.json()
    gone = requests.post(f"{lab.base}/oauth2/revoke", data={"token": tokens["refresh_token"], "client_id": site.web}, timeout=10)
    assert (gone.status_code, gone.text) == (200, "")
    assert token(lab, grant_type="refresh_token", client_id=site.web, refresh_token=tokens["refresh_token"]).json()["error"] == "invalid_grant"
    denied = requests.get(f"{lab.base}/oauth2/userInfo", headers={"Authorization": f"Bearer {tokens['access_token']}"}, timeout=10)
    assert denied.status_code == 401 and 'error="invalid_token"' in denied.headers["www-authenticate"]


def test_the_login_cookie_signs_in_again_until_logout(lab, site):
    browser, name = Browser(), site.user()
    fetch_code(lab.base, site.web, name, PASSWORD, Pkce(), browser)
    assert browser.follow("GET", authorize_url(lab.base, site.web, Pkce()), until=CALLBACK), "the cookie did not sign in"
    out = browser.follow("GET", f"{lab.base}/logout?client_id={site.web}&logout_uri=http://localhost:3000/", until="http://localhost:3000/")
    assert out == "http://localhost:3000/"
    assert browser.follow("GET", authorize_url(lab.base, site.web, Pkce()), until=CALLBACK) is None and "/login" in browser.url
    asked = browser.follow("GET", authorize_url(lab.base, site.web, Pkce(), prompt="none"), until=CALLBACK)
    assert "error=login_required" in asked and "state=st" in asked


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code_verifier": "x" * 43}, "invalid_grant"),
        ({"code": "7a3f0c1e-1111-4222-8333-444455556666"}, "invalid_grant"),
        ({"client_id": "nosuchclient"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"code": ""}, "invalid_request"),
    ],
)
def test_a_redemption_that_is_wrong_in_one_point_is_refused(lab, site, change, error):
    pkce = Pkce()
    code = fetch_code(lab.base, site.web, site.user(), PASSWORD, pkce)
    answer = redeem(lab.base, site.web, code, pkce, **change)
    assert (answer.status_code, answer.json()["error"]) == (400, error), answer.text


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"response_type": "nonsense"}, "invalid_request"),
        ({"response_type": "token"}, "unauthorized_client"),
        ({"scope": "openid nosuchscope"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
    ],
)
def test_a_wrong_question_goes_back_to_the_application(lab, site, change, error):
    landed = Browser().follow("GET", authorize_url(lab.base, site.web, Pkce(), **change), until=CALLBACK)
    assert landed and f"error={error}" in landed and "state=st" in landed, landed


@pytest.mark.parametrize("change", [{"redirect_uri": "https://evil.example/"}, {"redirect_uri": CALLBACK + "/"}, {"client_id": "nosuchclient"}])
def test_a_foreign_redirect_is_never_followed(lab, site, change):
    browser = Browser()
    assert browser.follow("GET", authorize_url(lab.base, site.web, Pkce(), **change), until="https://evil.example") is None
    assert browser.url.startswith(lab.base) and browser.status >= 400, (browser.url, browser.status)


def test_a_form_without_its_csrf_token_is_refused(lab, site):
    browser = Browser()
    browser.follow("GET", authorize_url(lab.base, site.web, Pkce()))
    action, _ = browser.form()
    assert browser.follow("POST", action, until=CALLBACK, data={"username": site.user(), "password": PASSWORD}) is None
    assert browser.status in (400, 403)


def test_a_machine_gets_a_token_for_its_scopes(lab, site):
    lab.idp.create_resource_server(UserPoolId=site.id, Identifier="files", Name="files", Scopes=[{"ScopeName": "read", "ScopeDescription": "r"}])
    client = site.add_client(GenerateSecret=True, AllowedOAuthFlows=["client_credentials"], AllowedOAuthScopes=["files/read"], AllowedOAuthFlowsUserPoolClient=True)
    auth = (client["ClientId"], client["ClientSecret"])
    answer = requests.post(f"{lab.base}/oauth2/token", data={"grant_type": "client_credentials"}, auth=auth, timeout=10)
    assert answer.status_code == 200 and set(answer.json()) == {"access_token", "expires_in", "token_type"}, answer.text
    import jwt

    claims = jwt.decode(answer.json()["access_token"], options={"verify_signature": False})
    assert claims["scope"] == "files/read" and claims["sub"] == claims["client_id"] == client["ClientId"] and "username" not in claims
    wrong = requests.post(f"{lab.base}/oauth2/token", data={"grant_type": "client_credentials"}, auth=(auth[0], "x" * 40), timeout=10)
    assert (wrong.status_code, wrong.json()["error"]) == (400, "invalid_client")
    foreign = requests.post(f"{lab.base}/oauth2/token", data={"grant_type": "client_credentials", "scope": "openid"}, auth=auth, timeout=10)
    assert (foreign.status_code, foreign.json()["error"]) == (400, "invalid_scope")


def test_sign_up_and_forgotten_password_by_the_pages_alone(lab):
    values, email = lab.values, f"{unique()}@example.com"
    browser, pkce = Browser(), Pkce()
    callback = f"{values['dashboardUrl']}/callback"
    browser.follow("GET", authorize_url(values["loginDomain"], values["clientId"], pkce, redirect_uri=callback, scope="openid email"))
    browser.follow("GET", browser.url.replace("/login?", "/signup?"))
    browser.submit(email=email, password=PASSWORD)
    landed = browser.submit(until=callback, code=lab.code(email))
    if landed is None:
        landed = browser.submit(until=callback, username=email, password=PASSWORD)
    assert "code=" in landed
    browser = Browser()
    browser.follow("GET", authorize_url(values["loginDomain"], values["clientId"], pkce, redirect_uri=callback, scope="openid email"))
    browser.follow("GET", browser.url.replace("/login?", "/forgotPassword?"))
    browser.submit(username=email)
    landed = browser.submit(until=callback, code=lab.code(email), new_password="An0ther!pass", confirm_password="An0ther!pass")
    if landed is None:
        landed = browser.submit(until=callback, username=email, password="An0ther!pass")
    assert landed and "code=" in landed, browser.text[:2000]


def test_discovery_leads_to_every_endpoint(lab, site):
    document = requests.get(f"{lab.base}/{site.id}/.well-known/openid-configuration", timeout=10).json()
    for name in ("token_endpoint", "userinfo_endpoint", "revocation_endpoint", "jwks_uri"):
        assert document[name].startswith(lab.base), name
    for name in ("authorization_endpoint", "end_session_endpoint"):
        assert urllib.parse.urlsplit(document[name]).hostname.endswith(".auth.localhost"), name
        assert Browser().send("GET", document[name]).status_code in (200, 302, 400)
