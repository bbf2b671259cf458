"""Nothing is accepted and ignored: every declared key of every request does something, is refused, or is warned of.

Each operation of the three documents gets requests that differ in one key, from one state of a filled workspace. A key
has an effect if the answer is another one, or what the services remember; every other one is a finding.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zlib import crc32

import filled_platform
import pytest
import yaml
from documented_operations import Operation, operations_of
from examples import LONG
from filled_crm import FilledCrm
from filled_workspace import FilledWorkspace, headers_of
from flask import Flask
from key_walk import UNKNOWN, KeyWalk
from msgspec import Struct
from rewinding import Rewind

from elements_local.clients.workspace_clients import SERVICES, ServiceClient
from elements_local.kit.api.openapi import Description, document
from elements_local.kit.api.operations import Answer, operation
from elements_local.kit.api.shapes import ShapeError
from elements_local.kit.storage.database import Database
from elements_local.kit.web.in_process import InProcess
from elements_local.start import Options, in_process

DATA = yaml.safe_load(Path(__file__).with_name("declared_keys.yaml").read_text("utf-8"))
EXCEPTIONS = DATA["exceptions"]
PARTS = ("platform", "sink", "crm admin", "crm v3.1")
TWINS = ("crm v2.2", "crm v2.3", "crm v3.0") if LONG else ()
"""Versions that take nearly what another one takes; the calls of the corpus hold what they answer."""

SHARE = 1 if LONG else 30
"""One operation in so many is walked, in each check the same ones; ``poe nightly`` walks all."""

UNWALKED = ("/stream", "/callbacks/wait", "DELETE /_local/workspaces")
"""Operations that answer when something comes, or never, and the one that takes away what is walked."""

SENT_BACK = ("instance_configuration.patch", "instance_configuration_of_token.patch")
"""Whose clients send the whole entry back, of which the value is read."""


@dataclass(frozen=True)
class Walked:
    part: str
    walk: KeyWalk
    operations: list
    found: list
    unknown: list


@pytest.fixture(scope="module", params=[*PARTS, *TWINS])
def walked(request):
    """A part of the operations, and what has been found there."""
    return _walked(request.param)


@cache
def _walked(part):
    database = Database()
    with in_process(Options(database=database)) as stack:
        workspace = FilledWorkspace(stack.new_workspace(name="victim", seed=1, records=3))
        known = _known(part, workspace, stack)
        rewind = Rewind(database, workspace.clients)
        walk = KeyWalk(
            {service: getattr(workspace.clients, service) for service in SERVICES},
            rewind,
            known=known,
            headers=headers_of(workspace.clients, element=workspace.instance["token"]),
            recipes=DATA["recipes"],
            preferred=DATA["preferred"],
        )
        operations = [each for each in operations_of(stack) if _is_in(part, each)]
        found = [finding for each in operations for finding in walk.findings(each)]
        unknown = [(each, *outcomes) for each in operations if (outcomes := walk.with_unknown_key(each))]
        rewind.close()
    database.close()
    return Walked(part, walk, operations, found, unknown)


def exception_for(finding):
    """Return the exception that a finding falls under; None if there is none."""
    place = f"{finding.operation} | {finding.key} | {finding.kind}"
    return next((each for each in EXCEPTIONS if re.fullmatch(each, place)), None)


def _known(part, workspace, stack):
    """Return what says of an operation what there is for it."""
    if part.startswith("crm v"):
        crm = FilledCrm(workspace.clients)
        crm.ids = workspace.ids_of("crm") | crm.ids
        return crm.known_to
    further = filled_platform.fill(workspace, stack.workspace())

    def known(operation):
        query = "?workspace=victim" if operation.service == "sink" else ""
        snapshot = filled_platform.snapshot(getattr(workspace.clients, operation.service), query)
        own = {"snapshot": snapshot, "service": operation.service}
        return workspace.ids_of(operation.service) | further | own

    return known


def _is_in(part, operation):
    place = f"{operation.method} {operation.path}"
    service, _, version = part.partition(" ")
    if service != operation.service or any(each in place for each in UNWALKED):
        return False
    if service == "crm" and (f"/{version}/" in place) != version.startswith("v"):
        return False
    if version == "admin" and operation.path.startswith("/v"):
        return False
    return crc32(operation.said["operationId"].encode()) % SHARE == 0


def test_every_declared_key_has_an_effect_or_is_refused_or_warned_of(walked, record_property):
    counts = f"{len(walked.operations)} operations, {walked.walk.trials} calls"
    record_property("figures", f"{counts}, {dict(sorted(walked.walk.verdicts.items()))}")

    assert [finding for finding in walked.found if exception_for(finding) is None] == []


def test_an_undeclared_key_is_refused_or_warned_of_and_by_the_crm_ignored_as_by_the_vendor(walked):
    """Source: that the CRM ignores unknown keys is documented in the evidence ledger."""
    untold = [
        (each, before.status, after.status)
        for each, before, after in walked.unknown
        if UNKNOWN not in f"{after.text} {after.leaves}" and each.said["operationId"] not in SENT_BACK
    ]

    if walked.part.startswith("crm v"):
        assert [each for each in untold if each[1] != each[2]] == []
    else:
        assert untold == []


@pytest.mark.skipif(not LONG, reason="only all operations show which exceptions are needed")
def test_every_exception_is_needed():
    needed = {exception_for(finding) for part in (*PARTS, *TWINS) for finding in _walked(part).found}

    assert EXCEPTIONS.keys() - needed == set()


class PlantedQuery(Struct):
    """Two parameters, of which the route reads one."""

    read: str = ""
    unread: str = ""


class PlantedBody(Struct):
    """Two keys, of which the route reads one."""

    read: str = ""
    unread: str = ""


class NoRewind:
    """There is nothing to bring back."""

    def __call__(self, *, thorough=False):
        pass

    def state(self):
        return {}


def test_a_route_that_ignores_a_key_is_found_out():
    app = Flask("planted")

    @app.post("/planted")
    @operation()
    def planted(query: PlantedQuery, body: PlantedBody) -> Answer[dict[str, str]]:
        return Answer({"query": query.read, "body": body.read})

    @app.errorhandler(ShapeError)
    def refuse(error):
        return str(error), 400

    url = "http://planted.example"
    described = document(
        app, Description(title="t", version="1", text="", problem=PlantedBody, security={"type": "http"})
    )
    said = described["paths"]["/planted"]["post"]
    client = ServiceClient(http=InProcess({url: app}), url=url, headers={})
    walk = KeyWalk({"planted": client}, NoRewind(), known=lambda _operation: {}, headers={"planted": {}})

    found = walk.findings(Operation("planted", "POST", "/planted", said, described))

    assert {(each.key, each.kind) for each in found} == {
        ("query unread", "ignored"),
        ("body unread", "ignored"),
    }
