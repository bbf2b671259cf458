"""What refusals say is in our own words: a library's change from release to release, and mean its user, not ours."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from each_row import each_row
from examples import drawn
from sequences import load
from sqlalchemy import create_engine

from elements_local.clients.errors import HarnessError
from elements_local.clients.workspace_clients import ServiceClient, WorkspaceClients
from elements_local.kit.http_message import NoReply
from elements_local.kit.masks import mask_url
from elements_local.kit.settings import SettingsError
from elements_local.kit.web.over_network import OverNetwork
from elements_local.scenarios.recording.import_sources import read
from elements_local.stack.receiving import receiver_of
from elements_local.stack.stack_settings import Configuration
from elements_local.stack.storage import explained
from elements_local.stack.yaml_text import YamlError, read_documents

THEIRS = (
    "- at `", "Expected `", "Object missing", "Object contains", "Invalid enum", "JSON is malformed", "(byte ",
    "Expecting ", "Extra data", "while parsing", "while scanning", "(at line", "codec can't", "The requested URL",
    "psycopg.", "sqlite3.", "UNIQUE constraint", "sqlalche", "requests.", "urllib3", "HTTPConnectionPool", "Errno",
    "object at 0x", "is not a valid ", "could not convert", "invalid literal", "must be in ", "Invalid IPv6",
)  # fmt: skip
"""Pieces of sentences that libraries made once."""


def pieces_of_theirs(said: str) -> list[str]:
    return [piece for piece in THEIRS if piece in said]


def test_no_refusal_of_the_corpus_is_in_a_librarys_words() -> None:
    refusals = [call for each in load() for call in each.calls if call.answer.status >= 400]

    assert len(refusals) > 5000
    assert [call for call in refusals if pieces_of_theirs(call.answer.body.text)] == []


BODIES = (b"{", b"[1]", b"7", b'{"nonsens": 1}', b'"\xff"', b'{"a": 1e999}')
NUMBERS = {"integer", "number", "null"}


@pytest.mark.parametrize("service", ["platform", "crm", "sink"])
def test_no_route_refuses_in_a_librarys_words(clients: WorkspaceClients, service: str) -> None:
    client: ServiceClient = getattr(clients, service)
    refused = 0

    # the CRM's older versions read bodies and parameters by the same code, and so do most of its routes
    known = [one for one in operations(client) if not one[1].startswith(("/v2", "/v3.0"))]
    for method, path, parameters in drawn(known, share=3 if service == "crm" else 1):
        numbers = [each["name"] for each in parameters if types_of(each["schema"]) <= NUMBERS]
        queries = [(f"?{name}=x", b"") for name in numbers if method == "GET"]
        for query, body in queries + [("", body) for body in BODIES if method != "GET"]:
            reply = client.send(method, path + query, body=body, headers={"Content-Type": "application/json"})
            if 400 <= reply.status < 500:
                refused += 1
                assert pieces_of_theirs(reply.body.decode()) == []

    assert refused > 50


def types_of(schema: dict[str, Any]) -> set[str]:
    inner = [each.get("type") for each in schema.get("anyOf", [schema])]
    return {name for each in inner for name in (each if isinstance(each, list) else [each])}


def operations(client: ServiceClient) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """Yield each operation of a service with a path that leads to it and the parameters of its query."""
    for path, methods in client.call("GET", "/_local/openapi.json")["paths"].items():
        for method in {"get", "post", "put", "patch"} & methods.keys():
            parameters = [each for each in methods[method].get("parameters", []) if each.get("in") == "query"]
            yield method.upper(), re.sub(r"{\w+}", "1", path), parameters


NO_DATABASE = "postgresql+psycopg://nobody:hush@127.0.0.1:1/none"
FILES: dict[str, tuple[bytes | None, Callable[[Path], object], Callable[[bytes], object], str]] = {
    "YAML": (
        b"scenario: s\nsteps: [\n",
        lambda path: read_documents(path.read_text()),
        yaml.safe_load,
        "a bracket or brace before it is not closed, or a comma is missing",
    ),
    "YAML with a tab": (
        b"scenario: s\nsteps:\n\t- poll\n",
        lambda path: read_documents(path.read_text()),
        yaml.safe_load,
        "a line is indented by blanks, not by tabs",
    ),
    "TOML": (
        b"[tool.elements-local]\nseed = \n",
        lambda path: Configuration({}, path).check(),
        lambda content: tomllib.loads(content.decode()),
        "{path}: it is not valid TOML from line 2 on",
    ),
    "JSON": (
        b"{'a': 1}",
        read,
        json.loads,
        "{path} cannot be read as JSON: line 1, column 2: expected a key in double quotes or '}'; got \"'\"",
    ),
    "no file": (
        None,
        read,
        lambda _: Path("/nowhere/at/all").read_text(),
        "{path} cannot be read: there is no such file or directory",
    ),
    "no module": (
        b"",
        lambda _: receiver_of("no_such_module:app"),
        lambda _: __import__("no_such_module"),
        "cannot import the receiver's module 'no_such_module': there is no module 'no_such_module'",
    ),
    "no database": (
        b"",
        lambda _: opened_at(NO_DATABASE),
        lambda _: create_engine(NO_DATABASE).connect(),
        f"--database {mask_url(NO_DATABASE)} cannot be reached, or does not let this user in",
    ),
}


def words_of(call: Callable[[], object]) -> list[str]:
    """Return the lines that somebody else's refusal has."""
    try:
        call()
    except Exception as error:  # noqa: BLE001 - whatever a library raises
        return [line.strip() for line in str(error).splitlines() if line.strip()]
    return []


def check_are_ours(said: str, theirs: Callable[[], object]) -> None:
    lines = words_of(theirs)
    assert lines
    assert [line for line in lines if line in said] == []
    assert pieces_of_theirs(said) == []


def opened_at(url: str) -> None:
    with explained(None, url):
        create_engine(url).connect()


@pytest.mark.parametrize(("content", "refused", "theirs", "ours"), FILES.values(), ids=FILES)
def test_what_a_terminal_shows_is_in_our_words(
    tmp_path: Path,
    content: bytes | None,
    refused: Callable[[Path], object],
    theirs: Callable[[bytes], object],
    ours: str,
) -> None:
    path = tmp_path / "it"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises((HarnessError, YamlError, SettingsError)) as refusal:
        refused(path)

    assert str(refusal.value).startswith(ours.replace("{path}", str(path)))
    check_are_ours(str(refusal.value), lambda: theirs(content or b""))


@each_row(
    ("url", "ours"),
    [
        ("http://127.0.0.1:1/", "connection refused"),
        ("http://nobody.invalid/", "host name not found"),
        ("http://127.0.0.1:99999/", "nothing can be sent there: it is not a URL of http or https"),
        ("http://" + "x" * 70 + ".example/", "nothing can be sent there: it is not a URL of http or https"),
    ],
)
def test_why_no_answer_came_is_in_our_words(url: str, ours: str) -> None:
    assert OverNetwork().send("GET", url) == NoReply(reason=ours)

    check_are_ours(ours, lambda: requests.get(url, timeout=10))
