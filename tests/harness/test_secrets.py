"""Thirty secrets are planted, and none of them is in what the product writes or shows, but for what is listed here."""

import json
import subprocess
import sys
from base64 import b64encode
from types import SimpleNamespace
from urllib.parse import quote, urlsplit

import pytest
from click.testing import CliRunner
from page_reader import PageVisitor
from shown_workspace import ShownWorkspace, forms

from elements_local.clients.errors import CallError, UnreachableError
from elements_local.clients.guide import instance_body
from elements_local.clients.workspace_clients import BASE_PATH
from elements_local.commands.cli import cli
from elements_local.commands.tenant_replay.opening import PacedHttp
from elements_local.kit.http_message import Reply

RECORDS = {
    "crm /_local/export": "records are their owner's",
    "page records/": "as above; a form of one is sent back",
    "sink /_local/callbacks": "the body as it was signed; of what is said live none is",
}
"""What a workspace's own secret is left in that somebody wrote into a record."""

AS_NAMED = {"signature", "own-key"}
"""Secrets of an instance that it has for tags as well: callbacks name them, as signed, to a sink that knows no instances."""

SPOKEN = "http://ada:pl4nted-user@sink.example/x?token=pl4nted-token"
CONFIGURED = {
    "event.notification.signature.key": "<signature>",
    "event.notification.basic.username": "ada",
    "event.notification.basic.password": "<basic>",
    "event.notification.callback.headers": '{"Authorization":"Bearer <bearer>","X-Api-Key":"<header>"}',
    "event.notification.callback.url": "http://ada:<callback-user>@{sink}?token=<callback-token>",
    "oauth.api.key": "<oauth-key>",
    "oauth.api.secret": "<oauth-secret>",
    "oauth.user.token": "<oauth-token>",
    "oauth.user.refresh_token": "<oauth-refresh>",
    "proxy.url": "http://ada:<proxy>@proxy.example:8080",
    "my.access_token": "<own-key>",
    "filter.link": "https://example.com/hook?api_key=<link>",
}
HEADERS = {
    "Authorization": "Bearer <sent-bearer>",
    "Cookie": "sid=<sent-cookie>",
    "X-Api-Key": "<sent-header>",
}


def filled(value, **words):
    """Put secrets in the places of their names: texts that no encoding leaves as they are."""
    text = json.dumps(value)
    for name, word in words.items():
        text = text.replace(f"{{{name}}}", word)
    return json.loads(text.replace("<", "pl4nted-").replace(">", "-~9~"))


class World(ShownWorkspace):
    """A workspace with secrets in all that a client can say."""

    def __init__(self, stack):
        self.stack, self.clients = stack, stack.new_workspace(seed=5)
        self.own = self.clients.credentials
        body = instance_body(self.own)
        body["tags"] = [*filled(["<signature>", "x <own-key>"]), self.own.user_secret]
        place = urlsplit(self.own.callback_url)
        body["configuration"] |= filled(CONFIGURED, sink=f"{place.netloc}{place.path}")
        body["configuration"]["event.poller.configuration"]["contacts"]["url"] = filled(
            "/Contacts?api_key=<poller>&top=3"
        )
        self.instance = self.clients.platform.create_instance(body)
        self.secrets = [
            self.own.organization_secret,
            self.own.user_secret,
            self.own.crm_api_key,
            self.instance["token"],
        ]
        self.happen()

    def happen(self):
        clients, name = self.clients, self.own.name
        self.ada = clients.crm.create("Contacts", {"FIRST_NAME": "Ada", "LAST_NAME": self.own.user_secret})
        clients.clock.advance("15m")
        headers = filled(HEADERS)
        query = filled("?token=<sent-token>&password=<sent-password>&url=http%3A%2F%2Fu%3A<sent-url>%40h%2F")
        link = filled({"to": "https://u:<sent-link>@example.com/", "client_secret": "<sent-secret>"})
        clients.sink.send("POST", f"/{name}{query}", json={"a": 1}, headers=headers)
        clients.sink.call(
            "PUT",
            f"/_local/forwards?workspace={name}",
            json=filled({"bin": name, "url": "http://u:<forward>@127.0.0.1:1/?token=<forward-token>"}),
        )
        clients.platform.send("POST", f"{BASE_PATH}/instances{query}", json=link)
        clients.platform.send("GET", f"{BASE_PATH}/instances{query}", headers=headers)
        clients.crm.send(
            "POST", f"/v3.1/Contacts{query}", json={**link, "NOTE": self.own.organization_secret}
        )
        encoded = b64encode(f"{self.own.crm_api_key}:".encode()).decode()
        clients.crm.send("GET", f"/v3.1/Contacts/{quote(encoded, safe='')}")
        clients.crm.send("GET", f"/v3.1/Contacts/{self.own.user_secret.encode().hex()}")
        clients.clock.advance("15m")


@pytest.fixture(scope="module")
def world(stack_in_process):
    made = World(stack_in_process)
    yield made
    stack_in_process.delete_workspace(made.own.name)


def leaks(world, shown):
    """Which secrets are in which text."""
    found = {}
    for where, text in shown.items():
        own = [] if where.startswith(tuple(RECORDS)) and not where.endswith("/stream") else world.secrets
        has = {each for each in own if any(form in text for form in forms(each))}
        has |= {word.partition("-~9~")[0] for word in text.split("pl4nted-")[1:]}
        if where.startswith(("sink ", "page callbacks/")):
            has -= AS_NAMED
        if has:
            found[where] = sorted(has)
    return found


@pytest.mark.parametrize("where", ["operations", "pages", "told"])
def test_no_secret_is_in_what_a_workspace_shows(world, where):
    shown = dict(getattr(world, where)())

    assert all(shown.values())
    assert leaks(world, shown) == {}
    if where == "pages":
        wanted = {"callbacks/2?copy=Markdown", f"instances/{world.instance['id']}", "state/scenario.yaml"}
        assert {f"page {each}" for each in wanted} <= shown.keys()


def test_the_secrets_are_where_they_may_be(world):
    at = f"/_local/dashboard/{world.own.name}/state/"
    clicked = PageVisitor(world.stack.http, world.stack.addresses.platform).open(f"{at}?secrets=shown").html
    shown = world.clients.platform.call("GET", f"{BASE_PATH}/instances/{world.instance['id']}")

    assert world.own.user_secret in clicked
    assert shown["configuration"]["event.notification.signature.key"] == filled("<signature>")


def test_a_form_with_masks_changes_what_was_changed_and_no_secret(world):
    visitor = PageVisitor(world.stack.http, world.stack.addresses.platform)
    path = f"/_local/dashboard/{world.own.name}/instances/{world.instance['id']}"
    place = f"{BASE_PATH}/instances/{world.instance['id']}"
    before = world.clients.platform.call("GET", place)["configuration"]
    headers = "event.notification.callback.headers"
    page = visitor.open(path)
    mixed = page.filled_in("/configuration")[headers].replace("X-Api-Key", "X-Other")

    refused = visitor.send(page, "/configuration", **{headers: mixed})
    done = visitor.send(page, "/configuration", **{"event.poller.refresh_interval": "7"})

    assert (refused.status, done.status) == (400, 200)
    assert f"{headers}: write the secret instead of ********" in refused.words
    after = world.clients.platform.call("GET", place)["configuration"]
    assert {key for key in after if after[key] != before[key]} == {"event.poller.refresh_interval"}


def test_an_import_leaves_secrets_out(world, tmp_path):
    shown = world.clients.platform.call("GET", f"{BASE_PATH}/instances/{world.instance['id']}")
    (source := tmp_path / "it.json").write_text(json.dumps(shown), encoding="utf-8")

    done = CliRunner().invoke(cli, ["import", str(source), "--output", str(tmp_path / "it.yaml"), "--check"])

    assert done.exit_code == 0, done.output
    written = (tmp_path / "it.yaml").read_text("utf-8")
    assert leaks(world, {"file": written, "output": done.output}) == {}
    assert "left out: event.notification.signature.key is a secret" in written


def test_a_scenario_that_fails_shows_no_secret(tmp_path):
    names = ("user_secret", "organization_secret", "crm_api_key")
    made = {"create": {"contacts/ada": {"FIRST_NAME": " ".join(f"{{{each}}}" for each in names)}}}
    steps = [made, {"expect": {"records": {"contacts/ada": {"FIRST_NAME": "Ada"}}}}]
    (path := tmp_path / "it.yaml").write_text(
        json.dumps({"scenario": "it", "steps": steps}), encoding="utf-8"
    )

    done = CliRunner().invoke(cli, ["replay", str(path), "--junit", str(tmp_path / "it.xml")])

    said = 'contacts/ada.FIRST_NAME: expected "Ada", actual "******** ******** ********"'
    assert said in done.output
    assert said.replace('"', "&quot;") in (tmp_path / "it.xml").read_text("utf-8").replace('"', "&quot;")


@pytest.mark.parametrize("error", [CallError("GET", SPOKEN, 404, ""), UnreachableError(SPOKEN, "refused")])
def test_an_error_shows_no_secret_of_its_url(error):
    assert "pl4nted" not in str(error)
    assert "http://********@sink.example/x?token=********" in str(error)


def test_what_a_tenant_echoes_is_masked():
    secret, token = filled(["<tenant>", "<instance>"])
    echo = f"{secret} {quote(secret)} {b64encode(f'u:{secret}'.encode()).decode()} {token.encode().hex()}"
    tenant = SimpleNamespace(send=lambda *_, **__: Reply(status=401, body=echo.encode() + b" \xff"))

    reply = PacedHttp(tenant, lambda _: None, secrets=[secret]).send(
        "GET", "http://t", headers={"Authorization": f"User {secret}, Element {token}"}
    )

    assert not any(form.encode() in reply.body for each in (secret, token) for form in forms(each))
    assert reply.body.endswith(b"******** \xff")


def test_a_log_shows_no_secret_of_a_url(world, caplog):
    origin = "https://ada:pl4nted-origin@pages.example"
    refused = world.clients.platform.send("POST", f"{BASE_PATH}/instances", headers={"Origin": origin})

    assert refused.status == 403
    assert "the origin was 'https://********@pages.example'" in caplog.text
    assert "pl4nted" not in caplog.text


def test_a_trace_in_the_log_of_a_stack_shows_no_secret():
    code = (
        "import logging; from elements_local.commands.up import log_without_secrets; log_without_secrets()\n"
        f"try: raise RuntimeError({SPOKEN!r} + ' and password=pl4nted')\n"
        "except RuntimeError: logging.exception('it broke')"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "it broke\nTraceback" in done.stderr
    assert "RuntimeError: http://********@sink.example" in done.stderr
    assert "pl4nted" not in done.stderr.partition("RuntimeError: ")[2]
