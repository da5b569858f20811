"""Uploading to the dashboard as its page does: ticket, PUT of the bytes, metadata."""

import urllib.parse

import requests


def sign_in(lab):
    user = lab.values["demoUser"]
    answer = lab.idp.initiate_auth(
        ClientId=lab.values["clientId"], AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": user["username"], "PASSWORD": user["password"]}
    )
    return answer["AuthenticationResult"]["AccessToken"]


def api(lab, token, path, method="GET", **more):
    return lab.api(lab.values["apiId"], path, method, headers={"Authorization": f"Bearer {token}"}, **more)


def ticket(lab, token, name, content, kind="application/octet-stream"):
    answer = api(lab, token, "/upload-url", "POST", json={"fileName": name, "contentType": kind, "size": len(content)})
    assert answer.status_code == 200, answer.text
    return answer.json()


def target(lab, given):
    """Path and headers of the PUT; the name below `localhost` is this machine."""
    parts = urllib.parse.urlsplit(given["url"])
    assert given["method"] == "PUT"
    return f"{parts.path}?{parts.query}", {"host": parts.netloc, **given["headers"]}


def put(lab, given, content):
    path, headers = target(lab, given)
    return requests.put(f"http://127.0.0.1:{lab.port}{path}", data=content, headers=headers, timeout=20)


def about(lab, token, key):
    answer = api(lab, token, f"/metadata?key={urllib.parse.quote(key, safe='')}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def download(lab, shown):
    parts = urllib.parse.urlsplit(shown["downloadUrl"])
    return requests.get(f"http://127.0.0.1:{lab.port}{parts.path}?{parts.query}", headers={"host": parts.netloc}, timeout=20)
