"""The block that a start prints: every URL in it answers something useful as it is printed, every command in it runs."""

import html
import re
import shlex
import subprocess
import urllib.parse

import pytest
import requests

from lab import BINARY


@pytest.fixture(scope="module")
def block(lab):
    said = lab.said()
    return said[said.index("Cognate is ready") : said.index("Ctrl-C stops the server")]


def urls(text):
    return sorted(set(re.findall(r"https?://[^\s'\"]+", text)))


def opened(url, accept="text/html,*/*;q=0.8"):
    """As a browser opens it: names below .localhost are this machine, redirects to pages of ours are followed."""
    for _ in range(5):
        parts = urllib.parse.urlsplit(url)
        here = parts._replace(netloc=f"127.0.0.1:{parts.port}").geturl()
        answer = requests.get(here, headers={"Host": parts.netloc, "Accept": accept}, allow_redirects=False, timeout=20)
        if answer.status_code != 302:
            return answer
        url = urllib.parse.urljoin(url, answer.headers["Location"])
    raise AssertionError(f"{url} leads in a circle")


def test_every_url_of_the_block_answers_as_it_is_printed(block):
    found = urls(block)
    assert len(found) >= 6, block
    for url in found:
        answer = opened(url)
        guarded = url.endswith("/metadata/list")
        assert answer.status_code == (401 if guarded else 200), f"{url}: {answer.status_code} {answer.text[:200]}"
        assert guarded or answer.headers["Content-Type"].startswith("text/html"), f"{url}: {answer.headers}"


def test_the_login_domain_leads_to_the_sign_in_page(lab, block):
    assert lab.values["loginDomain"] in urls(block)
    page = opened(lab.values["loginDomain"])
    assert 'name="password"' in page.text and 'name="username"' in page.text


def test_the_bare_issuer_names_its_two_documents(lab, block):
    issuer = lab.values["issuer"]
    assert issuer in urls(block)
    links = [urllib.parse.urljoin(issuer, html.unescape(link)) for link in re.findall(r'<a href="(/[^"]+/[^"]+)"', opened(issuer).text)]
    assert links == [f"{issuer}/.well-known/openid-configuration", f"{issuer}/.well-known/jwks.json"]
    told = opened(issuer, accept="application/json").json()
    assert told["issuer"] == issuer and [urllib.parse.urljoin(issuer, told[name]) for name in ("openid_configuration", "jwks")] == links
    assert opened(links[0]).json()["issuer"] == issuer and opened(links[1]).json()["keys"]
    assert opened(f"{lab.base}/us-east-1_nowhere").status_code == 404


def test_the_root_of_an_api_answers_as_amazons_does(lab):
    answer = opened(lab.values["apiUrl"])
    assert (answer.status_code, answer.json()) == (404, {"message": "Not Found"})


def test_the_commands_of_the_block_run_as_they_are_printed(lab, block):
    """All but `aws` and `curl`, which other tests run."""
    ours = [line[line.index(BINARY) :] for line in block.splitlines() if BINARY in line]
    assert [shlex.split(line)[1] for line in ours] == ["explain", "check", "env"], block
    for line in ours:
        run = subprocess.run(shlex.split(line), capture_output=True, text=True, timeout=60)
        assert run.returncode == 0, f"{line}: {run.stdout[-500:]}{run.stderr[-500:]}"
