"""Airbyte's and Singer's connectors of HubSpot, unchanged: what they read is what the CRM has, over 1,000 records of each kind.

They install from a package index, so they run only where ``ELEMENTS_LOCAL_TEST_CONNECTORS`` names the folder of their
environments: ``poe connectors``.
"""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from hubspot_call import caller_of
from programs import find_program

from elements_local.stack.proxy.mitmdump import proxy
from elements_local.stack.proxy.workspace_variables import workspace_variables
from elements_local.start import Options, on_ports

FOLDER = os.environ.get("ELEMENTS_LOCAL_TEST_CONNECTORS")
pytestmark = [
    pytest.mark.skipif(not FOLDER, reason="installs from a package index; poe connectors"),
    pytest.mark.timeout(900),
]

RECORDS = 1000
CHANGED = 8
START = "1970-01-01T00:00:00Z"
"""HubSpot dates its own pipelines so; a connector that starts later passes them over."""
WRITTEN = {"contacts": "jobtitle", "companies": "name", "deals": "dealname"}
OF_RECORDS = tuple(WRITTEN)
HISTORIES = {kind: f"{kind}_property_history" for kind in OF_RECORDS}
OTHERS = {"owners": 2, "owners_archived": 1, "deal_pipelines": 1, "ticket_pipelines": 1, "deals_archived": 3}


def installed(requirement, program):
    """Return a connector's program, of an environment of its own."""
    folder = Path(FOLDER).absolute() / requirement
    if not (folder / "bin" / program).exists():
        python = sys.executable
        if sys.version_info >= (3, 12):
            python = find_program("python3.11", "python3.10", needed="connectors")
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([python, "-m", "venv", folder], check=True)
        subprocess.run([folder / "bin" / "python", "-m", "pip", "install", "-q", requirement], check=True)
    return folder / "bin" / program


@pytest.fixture(scope="module")
def stack():
    find_program("mitmdump")
    with on_ports(Options(vendors=("hubspotcrm",))) as running:
        yield running


@pytest.fixture(scope="module")
def running(stack):
    with proxy(stack) as found:
        yield found


@pytest.fixture
def clients(stack):
    """A workspace with the records; three more of each kind are archived."""
    made = stack.new_workspace(seed=7)
    fake = made.fakes["hubspotcrm"]
    fake.call("POST", "/_local/seed", json={"records": RECORDS + OTHERS["deals_archived"]})
    for kind in OF_RECORDS:
        for number in ids(made, kind)[: OTHERS["deals_archived"]]:
            assert caller_of(made)("DELETE", f"/{kind}/{number}")[0] == 204
    return made


def ids(clients, kind):
    """Return the ids of the first records of a kind."""
    return [each["id"] for each in caller_of(clients)("GET", f"/{kind}?limit=100")[1]["results"]]


@pytest.fixture
def run(stack, running, clients, tmp_path):
    """Run a connector as ``exec`` does, and return what it prints."""

    def made(program, *arguments, **files):
        for name, content in files.items():
            (tmp_path / name).write_text(json.dumps(content), encoding="utf-8")
        own = workspace_variables(stack, clients.credentials)
        ran = subprocess.run(
            [program, *arguments],
            cwd=tmp_path,
            env={**os.environ, **running.environment(), **own},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr[-3000:] + ran.stdout[-3000:]
        return ran.stdout

    return made


def messages_of(printed):
    """Return the messages of a connector, one in each line."""
    return [json.loads(line) for line in printed.splitlines() if line.startswith("{")]


def due(records, changed):
    """Return the ids that a second read is due by kind: those changed, and those of the latest date of the first."""
    found = {}
    for kind in OF_RECORDS:
        cursor = max(each["updatedAt"] for each in records[kind])
        found[kind] = changed[kind] | {each["id"] for each in records[kind] if each["updatedAt"] == cursor}
    return found


def change(clients):
    """Change some records of each kind a minute later, and return their ids."""
    clients.clock.advance("1m")
    changed = {kind: set(ids(clients, kind)[:CHANGED]) for kind in OF_RECORDS}
    for kind, numbers in changed.items():
        for number in numbers:
            body = {"properties": {WRITTEN[kind]: "Analytical Engines"}}
            assert caller_of(clients)("PATCH", f"/{kind}/{number}", body)[0] == 200
    return changed


def ids_of(records):
    """Return the ids of what a connector read, by kind."""
    return {kind: {each["id"] for each in records[kind]} for kind in OF_RECORDS}


@pytest.mark.parametrize("kind", ["token", "oauth"])
def test_airbyte_reads_every_stream_and_then_what_has_changed(clients, run, kind):
    program = installed("airbyte-source-hubspot==5.7.0", "source-hubspot")
    key = clients.credentials.crm_api_key
    credentials = {
        "token": {"credentials_title": "Private App Credentials", "access_token": key},
        "oauth": {
            "credentials_title": "OAuth Credentials",
            "client_id": "a client",
            "client_secret": key,
            "refresh_token": key,
        },
    }
    config = {"start_date": START, "credentials": credentials[kind]}

    def read(streams, state):
        catalog = {"streams": [configured(found[name]) for name in streams]}
        printed = run(
            program,
            *("read", "--config", "config", "--catalog", "catalog", "--state", "state"),
            config=config,
            catalog=catalog,
            state=state,
        )
        return messages_of(printed)

    (status,) = (
        each["connectionStatus"]
        for each in messages_of(run(program, "check", "--config", "config", config=config))
        if each["type"] == "CONNECTION_STATUS"
    )
    assert status["status"] == "SUCCEEDED"
    (catalog,) = (
        each["catalog"]
        for each in messages_of(run(program, "discover", "--config", "config", config=config))
        if each["type"] == "CATALOG"
    )
    found = {each["name"]: each for each in catalog["streams"]}

    streams = (*OF_RECORDS, *OTHERS, *HISTORIES.values())
    assert all("incremental" in found[name]["supported_sync_modes"] for name in streams)
    messages = read(streams, [])
    got = records(messages)
    assert {name: len(got[name]) for name in OTHERS} == OTHERS
    assert all(len(got[kind]) == RECORDS for kind in OF_RECORDS)
    assert all(len(of_history(got, kind)) == RECORDS for kind in OF_RECORDS)

    state = [each["state"] for each in messages if each["type"] == "STATE"]
    last = {each["stream"]["stream_descriptor"]["name"]: each for each in state}
    changed = change(clients)
    again = records(read(streams, list(last.values())))
    assert ids_of(again) == due(got, changed)
    assert all(len(again[kind]) < RECORDS for kind in OF_RECORDS)
    assert all(changed[kind] <= of_history(again, kind) for kind in OF_RECORDS)
    assert all(len(of_history(again, kind)) < RECORDS for kind in OF_RECORDS)
    assert {name: len(again[name]) for name in OTHERS} == OTHERS, "each of them has the date of its cursor"


def configured(stream):
    """Return a stream as a catalog has it that is asked for, incremental where it can be."""
    mode = "incremental" if "incremental" in stream["supported_sync_modes"] else "full_refresh"
    return {"stream": stream, "sync_mode": mode, "destination_sync_mode": "append"}


def records(messages):
    """Return Airbyte's records by stream."""
    got = defaultdict(list)
    for each in messages:
        if each["type"] == "RECORD":
            got[each["record"]["stream"]].append(each["record"]["data"])
    return got


def of_history(records, kind):
    """Return the ids of the records of a kind whose properties' history is among what was read."""
    number = {"contacts": "vid", "companies": "companyId", "deals": "dealId"}[kind]
    return {str(each[number]) for each in records[HISTORIES[kind]]}


def test_singer_reads_six_streams_and_then_what_has_changed(clients, run):
    program = installed("tap-hubspot==4.5.0", "tap-hubspot")
    key = clients.credentials.crm_api_key
    config = {
        "start_date": START,
        "redirect_uri": "https://example.com",
        "client_id": "a client",
        "client_secret": key,
        "refresh_token": key,
    }
    expected = {
        **dict.fromkeys(OF_RECORDS, RECORDS),
        "owners": OTHERS["owners"],
        "deal_pipelines": OTHERS["deal_pipelines"],
    }
    contact, company = (ids(clients, kind)[0] for kind in ("contacts", "companies"))
    link = f"/crm/v4/objects/contacts/{contact}/associations/default/companies/{company}"
    assert caller_of(clients)("PUT", link)[0] == 200

    catalog = json.loads(run(program, "--config", "config", "--discover", config=config))
    for each in catalog["streams"]:
        (of_it,) = (one["metadata"] for one in each["metadata"] if not one["breadcrumb"])
        of_it["selected"] = each["stream"] in {*expected, "contacts_by_company"}

    def read(state):
        printed = run(
            program,
            *("--config", "config", "--properties", "catalog", "--state", "state"),
            config=config,
            catalog=catalog,
            state=state,
        )
        return messages_of(printed)

    messages = read({})
    counts = Counter(each["stream"] for each in messages if each["type"] == "RECORD")
    links = counts.pop("contacts_by_company")
    assert (counts, links) == (expected, 1)

    state = [each["value"] for each in messages if each["type"] == "STATE"][-1]
    changed = change(clients)
    before, again = by_kind(messages), by_kind(read(state))
    assert ids_of(again) == due(before, changed)
    assert all(len(again[kind]) < RECORDS for kind in OF_RECORDS)


NUMBERED = {"contacts": "id", "companies": "companyId", "deals": "dealId"}


def by_kind(messages):
    """Return the id and the date of each of Singer's records by kind, named as Airbyte names them."""
    got = defaultdict(list)
    for each in messages:
        if each["type"] == "RECORD" and (kind := each["stream"]) in OF_RECORDS:
            record = each["record"]
            date = record.get("updatedAt") or record["properties"]["hs_lastmodifieddate"]["value"]
            got[kind].append({"id": str(record[NUMBERED[kind]]), "updatedAt": date})
    return got
