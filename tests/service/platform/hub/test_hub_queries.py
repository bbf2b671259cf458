"""A condition means the same whether the CRM filters or the platform does, on both versions of the CRM."""

from urllib.parse import quote

import pytest

from elements_local.platform.ceql import matches, parse
from elements_local.platform.elements.insightly.fields import with_custom_fields

VERSIONS = {"v2.2": "https://api.insight.ly/v2.2", "v3.1": "https://api.insight.ly/v3.1"}
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
def hub(request, clients, make_instance):
    for fields in PEOPLE:
        clients.crm.create("Contacts", fields)
    return clients.platform.hub(make_instance({"base.url": request.param})["token"])


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
