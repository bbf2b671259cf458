"""Made-up records; of the same seed they are the same bytes, whatever the machine and the version of Python."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
ANOTHER_PYTHON = os.environ.get("ELEMENTS_LOCAL_TEST_ANOTHER_PYTHON", "/usr/bin/python3")
"""One that has our dependencies; otherwise a fresh process of the present one takes its place."""

SEEDED = {
    '{"records": 30}': "d911522a141741d118f506fdfd6ab6c3815240bbf7c61ca7cad839d2b5ec0800",
    '{"profile": "small"}': "ef9ad53fbb4c1dfdb59d42ea5fdd6cdec1008a37573b1cfd4031b7134df8b942",
    '{"profile": "edge"}': "c43c24fba44f12d14e6d9f032d8fc18cfbb1143f5f1a4aa432f2c6f09940a1f1",
}
"""What a workspace named test, of seed 7, was filled with, and the SHA-256 of its export; whoever changes one says so in the change log."""

_DIGESTS = """
import json, sys
from hashlib import sha256
from mock_insightly import CrmSettings, create_app
from elements_local.kit.web.guard import Guard
from elements_local.kit.storage.database import Database
from elements_local.kit.workspaces.registry import NewWorkspace, Workspaces
database = Database()
workspaces = Workspaces(database)
client = create_app(CrmSettings(), workspaces=workspaces, database=database, guard=Guard()).test_client()
digests = {}
for filled in sys.argv[1:]:
    workspace = workspaces.create(NewWorkspace(name="test", seed=7))
    auth = (workspace.crm_api_key, "")
    client.post("/_local/seed", json=json.loads(filled), auth=auth)
    digests[filled] = sha256(client.get("/_local/export", auth=auth).data).hexdigest()
    client.post("/_local/reset", auth=auth)
    workspaces.delete(workspace)
database.close()
unasked = {"mock_insightly.document", "apispec"} & {*sys.modules}
print(json.dumps([digests, sorted(unasked)]))
"""

KINDS = ["Contacts", "Organisations", "Leads", "Opportunities", "Projects", "Tasks", "Events", "Emails"]


def everything(crm):
    return {kind: crm.shown(f"{kind}?top=500") for kind in [*KINDS, "Users"]}


def test_one_call_and_several_fill_in_the_same(crm, another):
    crm.seed(120)
    other = another(seed=7, name="batches")
    for first, count in ((0, 1), (1, 49), (50, 0), (50, 1), (51, 69)):
        other.seed(count, first=first)

    # A link's number says when it was made; all else is what it is, whichever way the record came.
    told, expected = (re.sub(r"'LINK_ID': \d+", "", str(everything(one))) for one in (other, crm))
    told = told.replace("owner.batches", "owner.test").replace("batches.example", "test.example")
    assert told == expected


def test_the_rule_holds_across_chunks(crm, another):
    crm.seed(520)
    other = another(seed=7, name="batches")
    other.seed(499)
    other.seed(21, first=499)

    for kind in ("Contacts", "Organisations"):
        assert other.shown(f"{kind}?skip=490") == crm.shown(f"{kind}?skip=490")


def test_records_are_linked_to_records_that_are_there(crm):
    crm.seed(60)
    found = everything(crm)
    organisations = {one["ORGANISATION_ID"] for one in found["Organisations"]}
    contacts = {one["CONTACT_ID"]: one["ORGANISATION_ID"] for one in found["Contacts"]}
    users = {one["USER_ID"] for one in found["Users"]}

    assert set(contacts.values()) <= organisations
    for opportunity in found["Opportunities"]:
        (link,) = opportunity["LINKS"]
        assert link["OBJECT_ID"] == opportunity["OPPORTUNITY_ID"]
        assert contacts[link["LINK_OBJECT_ID"]] == opportunity["ORGANISATION_ID"]
    assert {one["OWNER_USER_ID"] for kind in KINDS for one in found[kind]} <= users
    deals = {one["OPPORTUNITY_ID"]: one["LINKS"][0]["LINK_OBJECT_ID"] for one in found["Opportunities"]}
    emails = {one["CONTACT_ID"]: one["EMAIL_ADDRESS"] for one in found["Contacts"]}
    for kind in ("Projects", "Tasks", "Events", "Emails"):
        for record in found[kind]:
            (link,) = record["LINKS"]
            assert link["LINK_OBJECT_ID"] == deals.get(record.get("OPPORTUNITY_ID"), link["LINK_OBJECT_ID"])
            assert record.get("EMAIL_FROM") in (None, emails[link["LINK_OBJECT_ID"]])
    assert {one["OPPORTUNITY_ID"] for kind in ("Projects", "Tasks") for one in found[kind]} <= {*deals}
    contact = found["Emails"][0]["LINKS"][0]["LINK_OBJECT_ID"]
    assert found["Emails"][0] in crm.shown(f"Contacts/{contact}/Emails")


def test_links_of_a_later_batch_reach_back_over_what_clients_made(crm):
    crm.seed(20)
    crm.create("Organisations", ORGANISATION_NAME="In between")
    crm.create("Contacts", FIRST_NAME="In between")
    crm.seed(40, first=20)
    found = everything(crm)
    names = {one["ORGANISATION_ID"]: one["ORGANISATION_NAME"] for one in found["Organisations"]}

    employers = [one["ORGANISATION_ID"] for one in found["Contacts"] if one["FIRST_NAME"] != "In between"]
    assert "In between" not in {names[employer] for employer in employers}
    assert any(employer in list(names)[:20] for employer in employers[20:])


def test_no_record_is_younger_than_now_or_older_than_two_years(crm):
    crm.advance(seconds=30.5)
    crm.seed(200)

    for kind in KINDS:
        for record in crm.shown(f"{kind}?top=500"):
            created = record["DATE_CREATED_UTC"]
            updated = record.get("DATE_UPDATED_UTC", created)
            assert "2024-03-02 10:00:30" <= created <= updated <= "2026-03-02 10:00:30"


@pytest.mark.parametrize("version", ["v2.2", "v3.1"])
@pytest.mark.parametrize("profile", ["small", "edge"])
def test_what_a_profile_fills_in_can_be_shown_and_written_back(crm, version, profile):
    crm._json("POST", "/_local/seed", 200, json={"profile": profile})
    at = crm.at(version)

    for resource in ("Contacts", "Organisations", "Opportunities", "Notes"):
        before = at.shown(resource)
        for record in before:
            at.update(resource, **record)
        stamp = {"DATE_UPDATED_UTC": None}
        assert [record | stamp for record in at.shown(resource)] == [record | stamp for record in before]


@pytest.fixture(scope="module")
def made():
    path = os.pathsep.join([str(ROOT / "platform"), str(ROOT)])
    told = {**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": "1"}

    made = subprocess.run(
        [_another_python(told), "-c", _DIGESTS, *SEEDED], env=told, capture_output=True, text=True, check=True
    )
    return json.loads(made.stdout)


def test_another_process_and_another_python_give_the_same_bytes(made):
    assert made[0] == SEEDED


def test_the_openapi_document_is_only_made_when_it_is_asked_for(made):
    assert made[1] == []


def _another_python(told):
    if not Path(ANOTHER_PYTHON).exists():
        return sys.executable
    tried = subprocess.run(
        [ANOTHER_PYTHON, "-c", "import mock_insightly"], env=told, capture_output=True, check=False
    )
    return sys.executable if tried.returncode else ANOTHER_PYTHON
