"""What is declared secret is shown nowhere: each declared key, and each URL of a file or an option, is planted and looked for.

The declarations are enumerated, so that a new key is covered by itself. A long secret is known by its value, a short one by its
place alone.
"""

import json
import logging
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import click
import pytest
from click.testing import CliRunner
from shown_workspace import ShownWorkspace, forms

from elements_local.clients.guide import instance_body
from elements_local.clients.workspace_clients import BASE_PATH
from elements_local.commands import scenario_files, up
from elements_local.commands.cli import cli
from elements_local.commands.tenant_replay.opening import TenantFile
from elements_local.kit.settings import Setting, Settings, WrongValueError, setting, variable
from elements_local.kit.values import replace
from elements_local.platform.elements.catalogue import Catalogue, shipped
from elements_local.platform.elements.connector import ConfigurationKey
from elements_local.stack.stack_settings import every_setting
from elements_local.stack.vendor_files import connector_of
from elements_local.start import Options, in_process, on_ports

VENDOR = """vendor: acme
name: Acme
origin: https://api.acme.example
authentication: {key: acme.door, header: X-Acme-Door, parameter: acme_door_pin}
configuration:
  - {key: acme.salt, name: Salt, secret: true}
  - {key: acme.pin, name: PIN, type: PASSWORD}
  - {key: acme.room, name: Room}
record: {created: {path: made}, updated: {path: changed}}
resources:
  deals: {named_by: title, text: note, fields: {title: {}, note: {}}}
list:
  path: /{resource}
  parameters: {start: "{offset}", size: "{size}", since: "{updated>}"}
  answer: {data: "{records}"}
  paging: {by: offset}
get: {path: "/{resource}/{id}"}
create: {path: "/{resource}", body: "{fields}"}
"""
SCENARIOS = Path(__file__).parents[2] / "scenarios"
LENGTHS = {"long": "pl4nted~{}~of-many-letters", "short": "~{}~"}


def planted(length, keys, at=0):
    """A secret for each key, as that it is found in no other text."""
    return {key: LENGTHS[length].format(f"{place:02}") for place, key in enumerate(sorted(keys), at)}


class DeclaredWorld(ShownWorkspace):
    """An instance of each element, with a secret at each key that is declared so."""

    def __init__(self, stack, elements, length):
        self.stack, self.clients = stack, stack.new_workspace(seed=5)
        self.own, self.planted = self.clients.credentials, set()
        for place, element in enumerate(elements):
            secrets = planted(length, element.secret_keys - {*element.credentials}, 30 * place)
            self.planted |= {*secrets.values()}
            self.sent = secrets
            body = instance_body(self.own, element=element.key)
            body["configuration"] |= {**secrets, "acme.room": "the blue one"}
            self.instance = self.clients.platform.create_instance(body)
            at = f"{BASE_PATH}/instances/{self.instance['id']}"
            self.clients.platform.call("PATCH", at, json={"configuration": {**secrets, "a": "b"}})
            entries = [{"key": key, "propertyValue": value} for key, value in secrets.items()]
            self.clients.platform.send("PUT", f"{at}/configuration", json=entries)
            query = "&".join(f"{quote(key)}={quote(value)}" for key, value in secrets.items())
            self.clients.platform.send("GET", f"{BASE_PATH}/instances?{query}")
            self.clients.crm.send("GET", f"/v3.1/Contacts?{query}")
            self.clients.sink.send("POST", f"/{self.own.name}?{query}", json=secrets)
        self.ada = self.clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
        self.clients.clock.advance("15m")


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    (path := tmp_path_factory.mktemp("vendor") / "acme.yaml").write_text(VENDOR, "utf-8")
    with in_process(Options(vendors=(path,))) as started:
        yield started, [*Catalogue(shipped()).elements, connector_of(path).element]


@pytest.fixture(scope="module", params=LENGTHS)
def world(stack, request):
    return DeclaredWorld(*stack, request.param)


def found(secrets, shown):
    looked_for = {secret: {form for form in forms(secret) if len(form) > 3} for secret in secrets}
    return {
        (where, secret)
        for where, text in shown.items()
        for secret, each in looked_for.items()
        if any(form in text for form in (each if len(secret) > 7 else {secret}))
    }


IN_BODIES = ("sink /_local/callbacks", "sink /_local/export", "page callbacks/")
"""What somebody else sent to the sink is shown as it was signed."""


@pytest.mark.parametrize("where", ["operations", "pages", "told"])
def test_no_declared_secret_is_in_what_a_workspace_shows(world, where):
    shown = {at: text for at, text in getattr(world, where)() if not at.startswith(IN_BODIES)}

    assert all(shown.values())
    assert found(world.planted, shown) == set()


def test_the_platform_masks_what_is_declared_and_shows_the_rest_to_its_owner(world):
    shown = world.clients.platform.call("GET", f"{BASE_PATH}/instances/{world.instance['id']}")
    values = shown["configuration"]

    assert {values[key] for key in ("acme.salt", "acme.pin", "acme.door")} == {"********"}
    assert values["acme.room"] == "the blue one"
    assert values["event.notification.signature.key"] in world.planted  # in clear, as its type is plain text
    world.clients.platform.patch_instance(
        world.instance["id"], {"configuration": {"acme.salt": "********", "acme.room": "r"}}
    )
    sent = world.clients.platform.call("GET", f"{BASE_PATH}/instances/{world.instance['id']}")
    assert sent["configuration"]["acme.salt"] == "********"


def test_a_secret_of_an_older_instance_is_masked_by_its_value(stack):
    clients = stack[0].new_workspace(seed=5)
    values = [f"pl4nted-{number:03}-of-many-letters" for number in range(200)]
    for value in values:
        body = instance_body(clients.credentials)
        body["configuration"]["event.notification.signature.key"] = value
        clients.platform.create_instance(body)
    clients.platform.send("GET", f"{BASE_PATH}/instances?note={values[0]}&about={values[-1].encode().hex()}")
    shown = {at: str(clients.platform.call("GET", at)) for at in ("/_local/journal", "/_local/journal/calls")}

    assert "?note=********&about=********" in shown["/_local/journal"]
    assert found(values, shown) == set()


def test_a_key_is_secret_by_its_declaration_or_by_its_type():
    keys = {
        "declared": ConfigurationKey(key="own.declared", name="a", type="TEXTFIELD_32", secret=True),
        "by its type": ConfigurationKey(key="own.typed", name="b", type="PASSWORD"),
        "in clear": ConfigurationKey(
            key="own.in_clear", name="c", type="TEXTFIELD_32", secret=True, in_clear=True
        ),
        "neither": ConfigurationKey(key="own.plain", name="d", type="TEXTFIELD_32"),
    }
    element = replace(shipped()[0].element, keys=tuple(keys.values()))

    assert {each for each in element.secret_keys if "own." in each} == {
        "own.declared",
        "own.typed",
        "own.in_clear",
    }
    assert {each for each in element.masked_keys if "own." in each} == {"own.declared", "own.typed"}


@pytest.mark.parametrize(("header", "value"), [("X-Acme-Door", "Sesame0"), ("x-acme-door", "open-it-up-now")])
def test_a_vendors_credential_is_masked_where_it_is_carried(stack, header, value):
    clients = stack[0].workspace()
    fake, key = clients.fakes["acme"], clients.credentials.crm_api_key
    for carried in (value, key):
        fake.send("GET", f"/deals?acme_door_pin={carried}", headers={header: carried})
    shown = {at: str(fake.call("GET", at)) for at in ("/_local/journal", "/_local/journal/calls")}

    assert all("/deals?acme_door_pin=********" in text for text in shown.values())
    assert found([value, key], shown) == set()


# --- settings ----------------------------------------------------------------------------------------


def secret_settings():
    """The settings that are secret, and those that are URLs."""
    return {name: each for name, each in every_setting().items() if each.secret or each.expected == "a URL"}


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("name", secret_settings())
def test_no_secret_setting_is_listed(name, length):
    (secret,) = planted(length, [name]).values()
    value = f"http://ada:{secret}@127.0.0.1:1" if secret_settings()[name].expected == "a URL" else secret

    done = CliRunner().invoke(cli, ["settings", "--json"], env={variable(name): value})
    listed = CliRunner().invoke(cli, ["settings"], env={variable(name): value})

    assert (done.exit_code, listed.exit_code) == (0, 0), done.output
    assert f'"{name}"' in done.output
    assert found([secret], {"json": done.output, "text": listed.output}) == set()


# --- URLs --------------------------------------------------------------------------------------------


def url_options(command, path=()):
    """Each command with each of its options and arguments that takes a URL."""
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            yield from url_options(command.get_command(click.Context(command), name), (*path, name))
        return
    for param in command.params:
        takes = param.metavar or ""
        if "URL" in takes or (param.name or "").endswith("_url") or param.name in {"database", "receiver"}:
            yield path, param


ARGUMENTS = {
    "trigger": ["contacts", "created"],
    "exec": ["true"],
    "explain": ["contacts/1"],
    "clock advance": ["1m"],
    "clock follow": ["now.txt"],
    "clock set": ["2026-03-02T10:00:00Z"],
    "replay": ["it.yaml"],
    "record": ["--output", "recorded.yaml"],
    "workspace create": ["ada"],
    "workspace delete": ["ada"],
}
"""What a command needs beside the URL, as far as it is not the URL that it is about."""

BESIDE = {
    "certify receiver probe": ["http://127.0.0.1:1"],
    "replay crm_url": ["--target", "{platform}"],
    "replay sink_url": ["--target", "{platform}"],
    "postman url": ["platform"],
}
ENDLESS = ("listen", "record", "clock follow")
"""Commands that end with the stack; they are called where none runs. So is `up`, which is refused before it starts."""
OPTIONS = {f"{' '.join(path)} {param.name}": (path, param) for path, param in url_options(cli)}


@pytest.fixture(scope="module")
def running():
    with on_ports(Options(ports=(0, 0, 0))) as stack:
        yield stack.addresses.running


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("option", OPTIONS)
def test_no_secret_of_a_url_that_an_option_takes_is_shown(tmp_path, monkeypatch, running, option, length):
    path, param = OPTIONS[option]
    user, token = planted(length, ["password", "token"]).values()
    url = f"http://ada:{user}@127.0.0.1:1/x?token={token}"
    named = [url] if isinstance(param, click.Argument) else [param.opts[0], url]
    finds = param.name in {"crm_url", "sink_url"} and not option.startswith((*ENDLESS, "up"))
    others = ["--platform-url", running["platform"]] if finds else []
    given = [
        *ARGUMENTS.get(" ".join(path), []),
        *(each.format(**running) for each in BESIDE.get(option, others)),
    ]
    (tmp_path / "it.yaml").write_text("scenario: it\nsteps: [{create: {contacts/ada: {}}}]\n", "utf-8")
    monkeypatch.chdir(tmp_path)

    words = (
        [*named, *given] if path == ("exec",) else [*given, *named]
    )  # what follows its program is the program's
    done = CliRunner().invoke(cli, [*path, *words])

    files = {each.name: each.read_text("utf-8") for each in tmp_path.iterdir() if each.is_file()}
    raised = "" if isinstance(done.exception, SystemExit) else repr(done.exception)
    assert "Missing" not in done.output
    assert found([user, token], {"output": done.output, "raised": raised, **files}) == set()


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("key", [each for each in TenantFile.__struct_fields__ if each.endswith("_url")])
def test_no_secret_of_a_url_in_a_tenants_file_is_printed(tmp_path, monkeypatch, key, length):
    user, token = planted(length, ["password", "token"]).values()
    urls = {
        "platform_url": "http://127.0.0.1:1/elements/api-v2",
        "crm_url": "http://127.0.0.1:1",
        "callback_url": "http://127.0.0.1:1/in",
        "collector_url": "http://127.0.0.1:1/queue",
    }
    urls[key] = urls[key].replace("://", f"://ada:{user}@") + f"?token={token}"
    (tmp_path / "tenant.yaml").write_text(json.dumps(urls), "utf-8")
    (tmp_path / "it.yaml").write_text((SCENARIOS / "contacts.yaml").read_text("utf-8"), "utf-8")
    monkeypatch.chdir(tmp_path)
    secrets = ("USER_SECRET", "ORGANIZATION_SECRET", "CRM_USERNAME", "CRM_API_KEY")
    env = {f"ELEMENTS_LOCAL_TENANT_{each}": f"the-{each}" for each in secrets}
    reports = ["--junit", "it.xml", "--html", "it.html"]

    done = [
        CliRunner().invoke(
            cli, ["replay", "it.yaml", "--tenant", "tenant.yaml", *words], env=env, input="n\n"
        )
        for words in ([], ["--yes", *reports], ["--yes", "--json"], ["--clean"])
    ]

    written = {each.name: each.read_text("utf-8") for each in tmp_path.glob("it.*")}
    shown = {str(place): one.output + repr(one.exception) for place, one in enumerate(done)}
    assert "127.0.0.1:1" in shown["0"]
    assert found([user, token], {**shown, **written}) == set()


# --- logs and words ----------------------------------------------------------------------------------


def test_a_log_shows_no_declared_secret(world):
    values = {key: value for key, value in world.sent.items() if key.startswith("acme.")}
    words = "; ".join(f"{key}={value}" for key, value in values.items())
    by_value = [f"{each} is not accepted" for each in world.sent.values() if len(each) > 7]
    for text in (json.dumps(values), words, *by_value):
        record = logging.makeLogRecord({"msg": text})
        assert found(world.planted, {"log": up.MaskedFormatter().format(record)}) == set()


def test_an_import_leaves_declared_secrets_out(monkeypatch, tmp_path):
    (connector,) = shipped()
    element = connector.element
    key = ConfigurationKey(key="event.notification.salt", name="Salt", type="TEXTFIELD_32", secret=True)
    own = replace(element, keys=(*element.keys, key))
    monkeypatch.setattr(scenario_files, "shipped", lambda: (SimpleNamespace(element=own),))
    secrets = {each: f"~{place:02}~" for place, each in enumerate(own.secret_keys)}
    instance = {"id": 1, "name": "it", "element": {"key": own.key}, "configuration": secrets}
    (tmp_path / "it.json").write_text(json.dumps(instance), "utf-8")

    done = CliRunner().invoke(
        cli, ["import", str(tmp_path / "it.json"), "--output", str(tmp_path / "it.yaml")]
    )

    written = (tmp_path / "it.yaml").read_text("utf-8")
    assert "left out: event.notification.salt is a secret" in done.output
    assert found(secrets.values(), {"output": done.output, "file": written}) == set()


def test_a_setting_that_cannot_be_used_is_refused_without_its_value():
    declared = setting(0, "a PIN", read=int, expected="a number", secret=True)

    @dataclass(frozen=True, kw_only=True)
    class Own(Settings):
        pin: int = declared

    with pytest.raises(WrongValueError, match=r"must be a number; got '\*{8}'"):
        Own.chosen({"ELEMENTS_LOCAL_PIN": "12a"})


@pytest.mark.parametrize("value", ["open sesame", 4711, frozenset({"sesame"}), timedelta(seconds=4711)])
def test_a_secret_setting_is_shown_as_eight_asterisks_whatever_its_type(value):
    declared = Setting(read=str, expected="any", default=None, about="a PIN", choices={}, secret=True)

    assert declared.to_json(value) == "********"
