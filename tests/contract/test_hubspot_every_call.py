"""Every call that HubSpot's own clients have for the three kinds and what belongs to them, over 1,000 records of each.

The calls are found in the clients, so that those which a release adds are missed here. What is not played, the page declares.
"""

import inspect
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from programs import find_node

from elements_local.start import Options, on_ports

hubspot = pytest.importorskip("hubspot", reason="hubspot-api-client is not installed; the extra dev has it")

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "another-crm.md").read_text("utf-8")
SCRIPT = Path(__file__).with_name("hubspot_every_call.mjs")
PARTS = ("contacts", "companies", "deals", "properties", "owners", "pipelines", "schemas", "associations")
NAMED = {"contacts": "lastname", "companies": "name", "deals": "dealname"}
LEDGER = {
    "name": "ledger",
    "label": "Ledger",
    "type": "string",
    "fieldType": "text",
    "groupName": "books",
    "hasUniqueValue": True,
}
"""A property by which records of each kind are upserted."""

DECLARED = {
    "GDPR deletes": {"contacts.basic_api.purge"},
    "writes and audits of pipelines": {
        "pipelines.pipeline_audits_api.get_audit",
        "pipelines.pipeline_stage_audits_api.get_audit",
        *(
            f"pipelines.pipeline{api}_api.{call}"
            for api in ("s", "_stages")
            for call in ("archive", "create", "replace", "update")
        ),
    },
    "custom objects' schemas": {
        f"schemas.core_api.{call}"
        for call in ("archive", "archive_association", "create", "create_association", "get_by_id", "update")
    },
    "association labels": {
        "associations.schema.types_api.get_all",
        *(
            f"associations.v4.schema.definitions_api.{call}"
            for call in ("create", "get_all", "remove", "update")
        ),
        *(
            f"associations.v4.schema.definition_configurations_api.{call}"
            for call in (
                "batch_create",
                "batch_remove",
                "batch_update",
                "get_all",
                "get_all_between_two_object_types",
            )
        ),
    },
    "the usage report": {"associations.v4.report_api.request"},
    "`/oauth/v1/refresh-tokens`": {"oauth.refresh_tokens_api.archive", "oauth.refresh_tokens_api.get"},
}
"""What the page says that the fake does not play, and the calls of it."""

ARGUMENTS = {"object_type": "deals", "from_object_type": "contacts", "to_object_type": "companies"}


class Calls:
    """The calls of a client by their names, and those that were answered."""

    def __init__(self, client):
        self._apis = {}
        for part in PARTS:
            self._find(getattr(client.crm, part), part)
        self._find(client.oauth, "oauth")
        self.names = {
            f"{path}.{name}"
            for path, api in self._apis.items()
            for name in vars(type(api))
            if not name.startswith("_") and not name.endswith("_with_http_info")
        }
        self.answered = set()

    def _find(self, found, path):
        for name, member in vars(type(found)).items():
            if isinstance(member, property) and name.endswith("_api"):
                self._apis[f"{path}.{name}"] = getattr(found, name)
            elif isinstance(member, property):
                self._find(getattr(found, name), f"{path}.{name}")

    def function(self, name):
        api, _, call = name.rpartition(".")
        return getattr(self._apis[api], call)

    def __call__(self, name, *given, **named):
        answer = self.function(name)(*given, **named)
        self.answered.add(name)
        return answer


@pytest.fixture(scope="module")
def new_clients():
    """Return a function that makes a workspace with 1,000 records of each kind."""
    with on_ports(Options(vendors=("hubspotcrm",))) as stack:

        def make():
            made = stack.new_workspace(seed=7)
            made.fakes["hubspotcrm"].call("POST", "/_local/seed", json={"records": 1000})
            return made

        yield make


@pytest.fixture(scope="module")
def clients(new_clients):
    return new_clients()


@pytest.fixture(scope="module")
def client(clients):
    own = clients.credentials.crms["hubspotcrm"]
    return hubspot.Client.create(access_token=own["credentials"]["access.token"], host=own["url"])


@pytest.fixture(scope="module")
def calls(client):
    return Calls(client)


@pytest.fixture(scope="module")
def made(calls, clients, client):
    """What every call that is played has answered."""
    for kind in NAMED:
        records_of(calls, client, kind)
    properties(calls)
    lists_of_the_account(calls)
    associations(calls)
    tokens(calls, clients.credentials.crm_api_key)
    return calls.answered


def records_of(calls, client, kind):
    """Make, read, search, change, merge and archive records of a kind, alone and in batches."""
    named = NAMED[kind]
    basic, batch = f"{kind}.basic_api", f"{kind}.batch_api"

    def inputs(*each):
        return {"inputs": [*each]}

    assert len(getattr(client.crm, kind).get_all(properties=[named])) == 1000
    first = calls(f"{basic}.get_page", limit=100, properties=[named, "hs_object_id"])
    second = calls(f"{basic}.get_page", limit=100, after=first.paging.next.after, archived=False)
    assert len({each.id for each in (*first.results, *second.results)}) == 200

    one = calls(f"{basic}.create", {"properties": {named: "Engine"}, "associations": []})
    changed = calls(f"{basic}.update", one.id, {"properties": {named: "Difference Engine"}})
    read = calls(f"{basic}.get_by_id", one.id, properties=[named], properties_with_history=[named])
    assert (changed.id, read.properties[named]) == (one.id, "Difference Engine")
    assert [each.value for each in read.properties_with_history[named]] == ["Difference Engine", "Engine"]

    found = calls(
        f"{kind}.search_api.do_search",
        {
            "filterGroups": [
                {"filters": [{"propertyName": named, "operator": "EQ", "value": "Difference Engine"}]}
            ]
        },
    )
    everything = calls(
        f"{kind}.search_api.do_search", {"limit": 200, "sorts": ["-createdate"], "after": "200"}
    )
    assert ([each.id for each in found.results], everything.total) == ([one.id], 1001)
    assert len(everything.results) == 200

    two = calls(
        f"{batch}.create", inputs(*({"properties": {named: f"Mill {each}"}} for each in (1, 2)))
    ).results
    ids = [{"id": each.id} for each in two]
    calls(f"{batch}.update", inputs(*({**each, "properties": {named: "Mill"}} for each in ids)))
    calls("properties.groups_api.create", kind, {"name": "books", "label": "Books"})
    calls("properties.core_api.create", kind, LEDGER)
    for place, is_new in ((1, True), (2, True), (1, False)):
        upserted = {"id": f"No. {place}", "idProperty": "ledger", "properties": {named: f"Loom {place}"}}
        assert [each.new for each in calls(f"{batch}.upsert", inputs(upserted)).results] == [is_new]
    many = calls(
        f"{batch}.read", {**inputs(*ids, {"id": one.id}), "properties": [named], "propertiesWithHistory": []}
    )
    assert sorted(each.properties[named] for each in many.results) == ["Difference Engine", "Mill", "Mill"]

    merged = calls(f"{basic}.merge", {"primaryObjectId": two[0].id, "objectIdToMerge": two[1].id})
    assert merged.id not in {each.id for each in two}
    calls(f"{batch}.archive", inputs({"id": merged.id}))
    calls(f"{basic}.archive", one.id)
    archived = calls(f"{basic}.get_page", archived=True)
    assert {merged.id, one.id} <= {each.id for each in archived.results}
    assert len(getattr(client.crm, kind).get_all()) == 1002


def properties(calls):
    """Make, read, change and archive properties and their groups."""
    core, batch, groups = (f"properties.{each}_api" for each in ("core", "batch", "groups"))
    group = {"name": "engines", "label": "Engines"}
    one = {
        "name": "horsepower",
        "label": "Power",
        "type": "number",
        "fieldType": "number",
        "groupName": "engines",
    }
    two = {**one, "name": "boiler", "type": "string", "fieldType": "text"}

    calls(f"{groups}.create", "companies", group)
    calls(f"{groups}.update", "companies", "engines", {"label": "Steam engines"})
    assert calls(f"{groups}.get_by_name", "companies", "engines").label == "Steam engines"
    assert "engines" in {each.name for each in calls(f"{groups}.get_all", "companies").results}

    calls(f"{core}.create", "companies", one)
    calls(f"{core}.update", "companies", "horsepower", {"label": "Horse power"})
    assert calls(f"{core}.get_by_name", "companies", "horsepower").label == "Horse power"
    calls(f"{batch}.create", "companies", {"inputs": [two]})
    names = {"inputs": [{"name": "horsepower"}, {"name": "boiler"}], "archived": False}
    assert len(calls(f"{batch}.read", "companies", names).results) == 2
    assert {"horsepower", "boiler"} <= {each.name for each in calls(f"{core}.get_all", "companies").results}
    powerful = {"properties": {"name": "Acme", "horsepower": "5"}, "associations": []}
    assert calls("companies.basic_api.create", powerful).properties["horsepower"] == "5"

    calls(f"{core}.archive", "companies", "horsepower")
    calls(f"{batch}.archive", "companies", {"inputs": [{"name": "boiler"}]})
    assert not {"horsepower", "boiler"} & {
        each.name for each in calls(f"{core}.get_all", "companies").results
    }
    calls(f"{groups}.archive", "companies", "engines")


def lists_of_the_account(calls):
    """Read owners, the deals' pipeline with its stages, and the list of custom schemas."""
    owners = calls("owners.owners_api.get_page", limit=100, archived=False).results
    assert calls("owners.owners_api.get_by_id", int(owners[0].id)).email == owners[0].email

    (pipeline,) = calls("pipelines.pipelines_api.get_all", "deals").results
    assert calls("pipelines.pipelines_api.get_by_id", "deals", pipeline.id).label == pipeline.label
    stages = calls("pipelines.pipeline_stages_api.get_all", "deals", pipeline.id).results
    assert [each.id for each in stages] == [each.id for each in pipeline.stages]
    stage = calls("pipelines.pipeline_stages_api.get_by_id", "deals", pipeline.id, stages[0].id)
    assert stage.label == stages[0].label
    assert calls("schemas.core_api.get_all", archived=False).results == []


def associations(calls):
    """Link, read and unlink contacts and companies by the routes of v3 and v4."""
    contact, other = (each.id for each in calls("contacts.basic_api.get_page", limit=2).results)
    company = calls("companies.basic_api.get_page", limit=1).results[0].id
    pair = "contacts", "companies"
    ends = {"from": {"id": contact}, "to": {"id": company}}
    spec = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]

    def linked():
        found = calls(
            "associations.v4.basic_api.get_page", "contacts", contact, "companies", limit=500
        ).results
        return [str(each.to_object_id) for each in found]

    v3, v4 = "associations.batch_api", "associations.v4.batch_api"
    calls(f"{v3}.create", *pair, {"inputs": [{**ends, "type": "contact_to_company"}]})
    read = calls(f"{v3}.read", *pair, {"inputs": [{"id": contact}]})
    assert {each.type for each in read.results[0].to} == {
        "contact_to_company",
        "contact_to_company_unlabeled",
    }
    for each in read.results[0].to:
        calls(f"{v3}.archive", *pair, {"inputs": [{**ends, "type": each.type}]})
    assert linked() == []

    calls("associations.v4.basic_api.create", "contacts", contact, "companies", company, spec)
    calls("associations.v4.basic_api.create_default", "contacts", contact, "companies", company)
    assert linked() == [company]
    shown = calls("contacts.basic_api.get_by_id", contact, associations=["companies"])
    assert {each.id for each in shown.associations["companies"].results} == {company}
    calls("associations.v4.basic_api.archive", "contacts", contact, "companies", company)

    calls(f"{v4}.create", *pair, {"inputs": [{**ends, "types": spec}]})
    calls(f"{v4}.create_default", *pair, {"inputs": [{**ends, "from": {"id": other}}]})
    many = calls(f"{v4}.get_page", *pair, {"inputs": [{"id": contact}, {"id": other}]})
    assert sorted(each._from.id for each in many.results) == sorted([contact, other])
    calls(f"{v4}.archive_labels", *pair, {"inputs": [{**ends, "types": spec}]})
    calls(f"{v4}.archive", *pair, {"inputs": [{"from": {"id": contact}, "to": [{"id": company}]}]})
    assert linked() == []


def tokens(calls, key):
    """Get an access token of an application, and what it is good for."""
    asked = {"grant_type": "refresh_token", "client_id": "an application", "client_secret": key}
    token = calls("oauth.tokens_api.create", **asked, refresh_token=key).access_token
    assert calls("oauth.access_tokens_api.get", token).expires_in == 1800


def row_of(client, version):
    """Return what the page says of a client: how many calls of how many are answered."""
    start = f"| `{client}` "
    (row,) = (line for line in PAGE.splitlines() if line.startswith(start))
    assert f"| {version} |" in row
    answered, every = re.search(r"(\d+) of (\d+) calls", row).groups()
    return int(answered), int(every)


def test_every_call_is_answered_or_declared(made, calls):
    declared = set().union(*DECLARED.values())

    assert [words for words in DECLARED if words not in PAGE] == []
    assert (made, declared - calls.names) == (calls.names - declared, set())
    locked = re.search(
        r"^hubspot-api-client==(\S+)", (ROOT / "requirements-dev.txt").read_text("utf-8"), re.MULTILINE
    )
    assert row_of("hubspot-api-client", locked[1]) == (len(made), len(calls.names))


def test_the_fake_says_what_it_ignores_of_them(made, clients):  # noqa: ARG001 - is what there is to read
    exchanges = clients.fakes["hubspotcrm"].call("GET", "/_local/journal?limit=1000")["exchanges"]
    ignored = {
        (each["target"].partition("?")[0], one["path"])
        for each in exchanges
        for one in json.loads(each["reply"]["headers"].get("Elements-Local-Warnings", "[]"))
    }

    assert ignored == {
        ("/crm-object-schemas/v3/schemas", "query.archived"),
    }


@pytest.mark.parametrize("name", sorted(set().union(*DECLARED.values())))
def test_what_is_not_played_is_refused(calls, name):
    function = calls.function(name)
    given = [
        ARGUMENTS.get(name, "1" if name.endswith(("_id", "token", "identifier")) else {})
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    ]

    with pytest.raises(Exception, match=r"there is no route|does not take") as refused:
        function(*given)
    assert refused.value.status in {404, 405}


def test_every_call_of_the_client_for_node_is_answered_or_declared(new_clients, tmp_path):
    node = find_node(tmp_path, "@hubspot/api-client", needed="hubspot")
    own = new_clients().credentials.crms["hubspotcrm"]
    script = shutil.copy(SCRIPT, tmp_path)
    ran = subprocess.run(
        [node, script, own["url"], own["credentials"]["access.token"]],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    every, answered = ({in_snakes(name) for name in said[each]} for each in ("names", "answered"))
    assert (
        every - answered
        == set().union(*DECLARED.values()) & every
        == {in_snakes(name) for name in said["refused"]}
    )
    assert set(said["refused"].values()) <= {404, 405}
    lock = json.loads((ROOT / ".ci" / "package-lock.json").read_text("utf-8"))["packages"]
    version = lock["node_modules/@hubspot/api-client"]["version"]
    assert row_of("@hubspot/api-client", version) == (len(answered), len(every))


def in_snakes(name):
    return re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", name)
