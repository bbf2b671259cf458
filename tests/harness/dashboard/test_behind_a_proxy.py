"""The dashboard behind a proxy with TLS, which calls it below a path of its own: nginx, as teams have it."""

import socket
import subprocess
from contextlib import closing

import pytest
import requests
from page_reader import Reader
from processes import FREE_PORTS, up
from programs import find_program

from elements_local.clients.workspace_clients import BASE_PATH

PREFIX = "/tools/crm"
CONFIGURATION = """
worker_processes 1;
pid {at}/nginx.pid;
error_log {at}/error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {at}/body; proxy_temp_path {at}/proxy; fastcgi_temp_path {at}/1; uwsgi_temp_path {at}/2; scgi_temp_path {at}/3;
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {at}/cert.pem;
    ssl_certificate_key {at}/key.pem;
    location {prefix}/ {{
      proxy_pass {platform}/;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Host $http_host;
      proxy_set_header X-Forwarded-Prefix {prefix};
      proxy_buffering off;
    }}
  }}
}}
"""
TOKEN = "the-teams-token"


def free_port():
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Browser:
    """Somebody who signs in and sends forms by TLS, as a browser does: with the page's own origin."""

    def __init__(self, origin, *, certificate):
        self.origin = origin
        self._session = requests.Session()
        self._certificate = str(certificate)
        self._session.headers["Accept"] = "text/html"

    def open(self, path, form=None):
        method, headers = ("GET", {}) if form is None else ("POST", {"Origin": self.origin})
        reply = self._session.request(
            method, self.origin + path, data=form, headers=headers, verify=self._certificate
        )
        return reply.status_code, reply.url.removeprefix(self.origin), Reader(reply.text)


@pytest.fixture(scope="module", params=["127.0.0.1", ""], ids=["trusted", "not trusted"])
def proxied(request, tmp_path_factory):
    """Return where the dashboard is behind nginx, and whether the stack believes it."""
    nginx, openssl = find_program("nginx"), find_program("openssl", needed="nginx")
    at, port = tmp_path_factory.mktemp("nginx"), free_port()
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", at / "key.pem", "-out", at / "cert.pem"]
    made = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject, *files]
    subprocess.run(made, check=True, capture_output=True)
    trust = ["--trusted-proxy", request.param] if request.param else []
    with up(*FREE_PORTS, "--token", TOKEN, *trust) as (_, told):
        platform = told["platform"].removesuffix(BASE_PATH)
        text = CONFIGURATION.format(at=at, port=port, prefix=PREFIX, platform=platform)
        (at / "nginx.conf").write_text(text)
        command = [nginx, "-e", at / "error.log", "-p", at, "-c", at / "nginx.conf"]
        subprocess.run(command, check=True)  # it listens when this returns
        yield Browser(f"https://localhost:{port}", certificate=at / "cert.pem"), bool(request.param)
        subprocess.run([*command, "-s", "stop"], check=True)


def test_signing_in_links_and_forms_keep_scheme_host_and_prefix_of_a_trusted_proxy_alone(proxied):
    browser, is_trusted = proxied
    status, _, page = browser.open(f"{PREFIX}/_local/")
    assert status == 401
    (form,) = page.forms
    fields = {**dict(form.fields), "token": TOKEN}

    if not is_trusted:
        assert form.action.startswith("/_local/")
        assert browser.open(f"{PREFIX}{form.action}", fields)[0] == 403
        return
    status, at, page = browser.open(form.action, fields)

    assert (status, at) == (200, f"{PREFIX}/_local/")
    own = [href for href, _ in page.links if href.startswith("/")]
    assert len(own) > 10
    assert [href for href in own if not href.startswith(f"{PREFIX}/_local/")] == []
    clock = next(form for form in page.forms if ("move", "15m") in form.buttons)
    status, at, page = browser.open(clock.action, {**dict(clock.fields), "move": "15m"})
    assert (status, at.partition("?")[0]) == (200, f"{PREFIX}/_local/")
    assert "Time is 2026-03-02 10:15:00" in " ".join(page.text.split())
