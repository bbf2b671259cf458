"""The CRM's answers against samples of the real one: keys in their order, types, what may be null, headers.

A sample's ``record`` gives each key's type: ``int``, ``num``, ``str``, ``bool``, ``date``, ``list`` or ``null``, with a
``?`` where null is fine too. Its ``pick`` leads to the part of the answer that it is about.
"""

import json
import re
from base64 import b64encode
from pathlib import Path

import pytest

from elements_local.kit.api.json_text import decode, encode
from elements_local.kit.storage.database import Database
from elements_local.kit.web.guard import Guard
from elements_local.kit.web.in_process import InProcess
from elements_local.kit.workspaces.registry import NewWorkspace, Workspaces
from mock_insightly import CrmSettings, create_app

ORIGIN = "http://127.0.0.1:4701"
SAMPLES = json.loads((Path(__file__).parent / "vectors" / "insightly.json").read_text(encoding="utf-8"))
DATE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
FITS = {
    "int": lambda value: type(value) is int,
    "num": lambda value: type(value) in {int, float},
    "str": lambda value: isinstance(value, str),
    "bool": lambda value: isinstance(value, bool),
    "date": lambda value: isinstance(value, str) and DATE.fullmatch(value),
    "list": lambda value: isinstance(value, list),
    "null": lambda value: value is None,
}


@pytest.fixture(scope="module")
def crm():
    """A CRM, and the workspaces whose keys open it."""
    database = Database()
    workspaces = Workspaces(database)
    app = create_app(CrmSettings(), workspaces=workspaces, database=database, guard=Guard())
    yield workspaces, InProcess({ORIGIN: app.wsgi_app})
    database.close()


@pytest.fixture
def call(crm):
    """Send the request of a sample, or one that comes before it."""
    workspaces, http = crm
    workspace = workspaces.create(NewWorkspace(seed=7))
    known = {}

    def send(version, request):
        key = b64encode(f"{request.get('key', workspace.crm_api_key)}:".encode()).decode()
        body = filled(request["json"], known) if "json" in request else None
        reply = http.send(
            request["method"],
            f"{ORIGIN}/{version}/{request['path'].format(**known)}",
            headers={"Authorization": f"Basic {key}", "Content-Type": "application/json"},
            body=b"" if body is None else encode(body),
        )
        if "as" in request:
            known[request["as"]] = decode(reply.body)
        return reply

    yield send
    own = b64encode(f"{workspace.crm_api_key}:".encode()).decode()
    assert (
        http.send("POST", f"{ORIGIN}/_local/reset", headers={"Authorization": f"Basic {own}"}).status == 200
    )
    workspaces.delete(workspace)


def filled(value, known):
    """Put what is known into the texts of a body."""
    if isinstance(value, dict):
        return {name: filled(inner, known) for name, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, known) for inner in value]
    return value.format(**known) if isinstance(value, str) and value.startswith("{") else value


def fits(value, word):
    """Say whether a value is of the type that a word names."""
    return (word.endswith("?") and value is None) or bool(FITS[word.removesuffix("?")](value))


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample["name"] for sample in SAMPLES])
def test_an_answer_is_as_it_was_recorded(call, sample):
    for request in sample.get("before", ()):
        assert call(sample["version"], request).status < 300

    reply = call(sample["version"], sample["request"])

    assert reply.status == sample["status"], reply.body
    for name, pattern in sample.get("headers", {}).items():
        assert re.fullmatch(pattern, reply.headers[name]) or reply.headers[name] == pattern
    assert not [name for name in sample.get("absent", ()) if name in reply.headers]
    if "pick" not in sample and "text" in sample:
        assert reply.body.decode() == sample["text"]
        return
    shown = decode(reply.body) if "json" in reply.headers.get("Content-Type", "") else None
    for step in sample.get("pick", ()):
        shown = shown[step]
    if "text" in sample:
        assert json.dumps(shown) == sample["text"]
    if "record" in sample:
        assert [*shown] == [*sample["record"]]
        assert {
            name: shown[name] for name, word in sample["record"].items() if not fits(shown[name], word)
        } == {}
    for name, value in sample.get("values", {}).items():
        assert shown[name] == value, name


def test_there_are_samples_of_every_version():
    assert {sample["version"] for sample in SAMPLES} == {"v2.2", "v2.3", "v3.0", "v3.1"}
    assert all(sample["source"] for sample in SAMPLES)
