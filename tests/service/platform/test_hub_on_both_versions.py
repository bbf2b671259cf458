"""The hub on both versions of the CRM: what a condition means whoever filters, what an update leaves alone, what metadata names."""

from urllib.parse import quote

import pytest

from elements_local.platform.ceql import matches, parse
from elements_local.platform.elements.insightly.fields import with_custom_fields

VERSIONS = {"v2.2": "https://api.insight.ly/v2.2", "v3.1": "https://api.na1.insightly.com/v3.1"}
PEOPLE = [
    {"FIRST_NAME": "Ada", "LAST_NAME": "Lovelace", "EMAIL_ADDRESS": "ada@x.example"},
    {"FIRST_NAME": "ada", "LAST_NAME": "100%"},
    {"FIRST_NAME": "Adam", "LAST_NAME": "O'Hara", "EMAIL_OPTED_OUT": True},
    {"FIRST_NAME": "Bob", "LAST_NAME": None},
    {
        "FIRST_NAME": "5",
        "LAST_NAME": "5.0",
        "CUSTOMFIELDS": [{"FIELD_NAME": "Hobby__c", "FIELD_VALUE": "chess"}],
    },
]
CLAUSES = [
    "FIRST_NAME = 'Ada'",
    "first_name = 'ADA'",
    "FIRST_NAME = 'Ada' AND LAST_NAME = 'Lovelace'",
    "LAST_NAME = '100%'",
    "LAST_NAME = 'O''Hara'",
    "LAST_NAME = ''",
    "LAST_NAME IS NULL",
    "FIRST_NAME LIKE 'ad%'",
    "FIRST_NAME LIKE '%a'",
    "FIRST_NAME LIKE '%d%'",
    "FIRST_NAME LIKE 'A%a'",
    "FIRST_NAME LIKE '%'",
    "FIRST_NAME LIKE '%%'",
    "LAST_NAME LIKE '%0%%'",
    "FIRST_NAME = 5",
    "FIRST_NAME = '5'",
    "FIRST_NAME != 'Ada'",
    "FIRST_NAME IN ('Ada', 'Bob')",
    "FIRST_NAME = 'Ada' OR LAST_NAME = '5.0'",
    "updated_after_utc='2026-03-02 09:59:59' AND FIRST_NAME = 'Ada'",
    "FIRST_NAME = 'Ada' AND updated_after_utc='2026-03-02T12:00:00+02:00'",
    "FIRST_NAME = 'Ada' AND LAST_NAME LIKE 'L%' AND CONTACT_ID > 0",
    "Hobby__c = 'chess'",
    "Hobby__c LIKE 'ch%'",
    "Hobby__c = 'chess' AND FIRST_NAME = 'Bob'",
]


@pytest.fixture(params=VERSIONS.values(), ids=VERSIONS)
def empty_hub(request, clients, make_instance):
    return clients.platform.hub(make_instance({"base.url": request.param})["token"])


@pytest.fixture
def hub(clients, empty_hub):
    for fields in PEOPLE:
        clients.crm.create("Contacts", fields)
    return empty_hub


def meant(clause, record):
    """Say what a clause means, nothing of it done by the CRM; all records are as old as the workspace."""
    text = clause.replace(
        "updated_after_utc='2026-03-02 09:59:59'", "DATE_UPDATED_UTC > '2026-03-02 09:59:59'"
    )
    text = text.replace(
        "updated_after_utc='2026-03-02T12:00:00+02:00'", "DATE_UPDATED_UTC > '2026-03-02 10:00:00'"
    )
    return matches(parse(text), with_custom_fields(record))


def test_the_crms_filter_finds_what_the_clause_means(hub):
    everybody = hub.call("GET", "/contacts")

    found = {clause: hub.call("GET", f"/contacts?where={quote(clause)}") for clause in CLAUSES}

    assert found == {clause: [record for record in everybody if meant(clause, record)] for clause in CLAUSES}


@pytest.mark.parametrize("version", VERSIONS)
def test_every_field_of_the_crms_records_may_stand_in_a_condition(clients, make_instance, version):
    clients.crm.seed(1)
    clients.crm.call("POST", "/_local/seed", json={"profile": "small"})
    hub = clients.platform.hub(
        make_instance({"base.url": VERSIONS[version], "filter.response.nulls": False})["token"]
    )
    for resource in ("contacts", "accounts", "leads", "opportunities", "activities", "users"):
        record, *_ = hub.call("GET", f"/{resource}?pageSize=1")

        for field in record:
            hub.call("GET", f"/{resource}?pageSize=1&where=" + quote(f"{field} IS NULL OR {field} != 'x'"))


KINDS = {
    "contacts": ("CONTACT_ID", {"FIRST_NAME": "Ada"}, {"FIRST_NAME": "Augusta"}),
    "accounts": ("ORGANISATION_ID", {"ORGANISATION_NAME": "Initech"}, {"ORGANISATION_NAME": "Initrode"}),
    "leads": ("LEAD_ID", {"LAST_NAME": "Babbage"}, {"LAST_NAME": "Herschel"}),
    "opportunities": (
        "OPPORTUNITY_ID",
        {"OPPORTUNITY_NAME": "Engine", "OPPORTUNITY_STATE": "Open"},
        {"OPPORTUNITY_NAME": "Loom"},
    ),
}
TYPES = {str: {"string", "date"}, int: {"number"}, float: {"number"}, bool: {"boolean"}, list: {"array"}}


@pytest.mark.parametrize("resource", KINDS)
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_an_update_leaves_alone_what_it_does_not_name(empty_hub, resource, method):
    id_field, fields, changes = KINDS[resource]
    made = empty_hub.call("POST", f"/{resource}", json={**fields, "TAGS": [{"TAG_NAME": "kept"}]})
    path = f"/{resource}/{made[id_field]}"

    empty_hub.call(method, path, json=changes)
    empty_hub.call(method, path, json={"TAGS": [{"TAG_NAME": "kept"}, {"TAG_NAME": "new"}]})

    shown = empty_hub.call("GET", path)
    assert {key: shown.get(key) for key in made if key not in {*changes, "TAGS", "DATE_UPDATED_UTC"}} == {
        key: made[key] for key in made if key not in {*changes, "TAGS", "DATE_UPDATED_UTC"}
    }
    assert {key: shown[key] for key in changes} == changes
    assert sorted(tag["TAG_NAME"] for tag in shown["TAGS"]) == ["kept", "new"]


def test_metadata_names_every_field_that_a_record_shows(clients, empty_hub):
    clients.crm.seed(3)
    empty_hub.call("POST", "/tasks", json={"TITLE": "Call"})

    for name in (*KINDS, "activities", "users"):
        fields = {
            field["vendorPath"]: field
            for field in empty_hub.call("GET", f"/objects/{name}/metadata")["fields"]
        }
        for record in empty_hub.call("GET", f"/{name}?pageSize=50"):
            assert set(record) - {"id"} <= set(fields)
            for key, value in record.items():
                if key != "id":
                    assert fields[key]["type"] in TYPES[type(value)], key
