"""A browser without scripts for the login pages: follows redirects, keeps cookies, fills the first form. Names below `localhost` are this machine."""

import base64
import hashlib
import html
import re
import secrets
import urllib.parse

import requests


class Browser:
    """Plain requests with a cookie jar per host; `url` and `text` are the page shown now."""

    def __init__(self):
        self.jars = {}
        self.url = self.text = None
        self.status = None

    def send(self, method, url, **more):
        parts = urllib.parse.urlsplit(url)
        host = parts.netloc
        if parts.hostname.endswith(".localhost"):
            url = parts._replace(netloc=f"127.0.0.1:{parts.port}").geturl()
        session = self.jars.setdefault(parts.hostname, requests.Session())
        return session.request(method, url, headers={"Host": host}, allow_redirects=False, timeout=20, **more)

    def follow(self, method, url, until=None, **more):
        """Goes where the server sends it; stops before a URL that begins with `until` and gives it."""
        for _ in range(10):
            answer = self.send(method, url, **more)
            self.url, self.text, self.status = url, answer.text, answer.status_code
            if answer.status_code not in (301, 302, 303, 307):
                return None
            url, method, more = urllib.parse.urljoin(url, answer.headers["location"]), "GET", {}
            if until and url.startswith(until):
                return url
        raise AssertionError("too many redirects")

    def form(self):
        """Action and prefilled fields of the first form on the page."""
        found = re.search(r'<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>', self.text, re.S)
        assert found, self.text[:1500]
        inputs = re.findall(r"<input[^>]*>", found[2])
        attribute = lambda tag, name: (re.search(rf'\b{name}="([^"]*)"', tag) or [None, ""])[1]
        fields = {attribute(tag, "name"): html.unescape(attribute(tag, "value")) for tag in inputs}
        return urllib.parse.urljoin(self.url, html.unescape(found[1])), fields

    def submit(self, until=None, **fields):
        action, prefilled = self.form()
        return self.follow("POST", action, until=until, data=prefilled | fields)


class Pkce:
    def __init__(self):
        self.verifier = secrets.token_urlsafe(48)
        self.challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()


CALLBACK = "http://localhost:3000/callback"


def oauth_client(pool, **settings):
    settings = {
        "SupportedIdentityProviders": ["COGNITO"],
        "CallbackURLs": [CALLBACK],
        "LogoutURLs": ["http://localhost:3000/"],
        "AllowedOAuthFlows": ["code"],
        "AllowedOAuthScopes": ["openid", "email", "profile", "aws.cognito.signin.user.admin"],
        "AllowedOAuthFlowsUserPoolClient": True,
    } | settings
    return pool.add_client(**settings)


def authorize_url(base, client_id, pkce, /, **more):
    query = {"client_id": client_id, "response_type": "code", "scope": "openid email aws.cognito.signin.user.admin", "redirect_uri": CALLBACK, "state": "st"}
    query |= {"code_challenge": pkce.challenge, "code_challenge_method": "S256"} | more
    return f"{base}/oauth2/authorize?{urllib.parse.urlencode(query)}"


def fetch_code(base, client_id, username, password, pkce, browser=None):
    """An authorization code, through the real pages."""
    browser = browser or Browser()
    landed = browser.follow("GET", authorize_url(base, client_id, pkce), until=CALLBACK)
    if landed is None:
        landed = browser.submit(until=CALLBACK, username=username, password=password)
    assert landed, f"{browser.status} {browser.url}\n{browser.text[:2000]}"
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(landed).query))["code"]


def redeem(base, client_id, code, pkce, /, **more):
    data = {"grant_type": "authorization_code", "client_id": client_id, "code": code, "redirect_uri": CALLBACK, "code_verifier": pkce.verifier}
    return requests.post(f"{base}/oauth2/token", data=data | more, timeout=20)
