"""A condition means the same whether the CRM filters or the platform does, on both versions of the CRM."""

from urllib.parse import quote

import pytest

from elements_local.kit.api.json_text import decode
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


@pytest.mark.parametrize("clause", CLAUSES)
def test_the_crms_filter_finds_what_the_clause_means(hub, clause):
    everybody = hub.call("GET", "/contacts")

    found = hub.call("GET", f"/contacts?where={quote(clause)}")

    assert found == [record for record in everybody if meant(clause, record)]


@pytest.mark.parametrize(
    "where", ["tag = 'vip'", "tag LIKE 'v%'", "email = 'ada@x.example'", "TAG='vip' AND FIRST_NAME='Ada'"]
)
def test_what_only_version_2_of_the_crm_can_look_for_is_put_to_it(clients, make_instance, where):
    hub = clients.platform.hub(make_instance()["token"])
    clients.crm.create(
        "Contacts", {"FIRST_NAME": "Ada", "EMAIL_ADDRESS": "ada@x.example", "TAGS": [{"TAG_NAME": "vip"}]}
    )
    clients.crm.create("Contacts", {"FIRST_NAME": "Bob"})

    assert [each["FIRST_NAME"] for each in hub.call("GET", f"/contacts?where={quote(where)}")] == ["Ada"]


@pytest.mark.parametrize(
    "where",
    ["tag != 'x'", "tag = 'x' OR FIRST_NAME = 'y'", "tag IN ('x')", "tag = 'x' AND email = 'y'", "tag = ''"],
)
def test_what_only_the_crm_can_look_for_stands_alone_or_beside_fields(clients, make_instance, refused, where):
    hub = clients.platform.hub(make_instance()["token"])

    message = refused(hub.send("GET", f"/contacts?where={quote(where)}"), 400)

    assert "is no field but a filter of Insightly's search" in message


def test_a_field_that_version_3_does_not_have_is_refused_in_its_own_words(clients, make_instance, refused):
    hub = clients.platform.hub(make_instance({"base.url": VERSIONS["v3.1"]})["token"])

    reply = hub.send("GET", "/contacts?where=" + quote("NO_SUCH_FIELD = 'x'"))

    assert "field_name must be a field of Contacts" in refused(reply, 400)
    assert "NO_SUCH_FIELD" in decode(reply.body)["providerMessage"]


@pytest.mark.parametrize("name", ["LeadSources", "opportunitycategories"])
def test_a_list_that_the_crm_cannot_search_is_filtered_here(hub, name):
    everything = hub.call("GET", f"/{name}")
    first = next(iter(value for key, value in everything[0].items() if isinstance(value, str)))
    field = next(key for key, value in everything[0].items() if value == first)

    found = hub.call("GET", f"/{name}?where=" + quote(f"{field} = '{first}'"))

    assert everything[0] in found
    assert all(record[field] == first for record in found)


UNKNOWN = {
    "NO_SUCH_FIELD != 'x'": "have no field 'NO_SUCH_FIELD'; there are ",
    "FIRST_NAM = 'Ada'": "have no field 'FIRST_NAM'; did you mean FIRST_NAME?",
    "FIRST_NAME = 'Ada' AND (LAST_NAME = 'x' OR EMAL LIKE 'x%')": "have no field 'EMAL'",
    "nothing IS NULL": "have no field 'nothing'",
    "FIRST_NAME = 'Ada' AND NOTHING IN (1, 2)": "have no field 'NOTHING'",
}


@pytest.mark.parametrize("where", UNKNOWN)
@pytest.mark.parametrize("version", ["v2.2", "v3.1"])
def test_a_condition_on_a_field_that_no_record_has_is_refused(
    clients, make_instance, refused, where, version
):
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    hub = clients.platform.hub(make_instance({"base.url": VERSIONS[version]})["token"])

    said = refused(hub.send("GET", f"/contacts?where={quote(where)}"), 400)

    asked_by_the_crm = version == "v3.1" and "=" in where.split(" AND ", maxsplit=1)[0] and "!" not in where
    assert asked_by_the_crm or UNKNOWN[where] in said


@pytest.mark.parametrize(
    "resource", ["contacts", "accounts", "leads", "opportunities", "activities", "users"]
)
@pytest.mark.parametrize("version", ["v2.2", "v3.1"])
def test_every_field_of_the_crms_records_may_stand_in_a_condition(clients, make_instance, resource, version):
    clients.crm.seed(1)
    clients.crm.call("POST", "/_local/seed", json={"profile": "small"})
    hub = clients.platform.hub(
        make_instance({"base.url": VERSIONS[version], "filter.response.nulls": False})["token"]
    )
    record, *_ = hub.call("GET", f"/{resource}?pageSize=1")

    for field in record:
        hub.call("GET", f"/{resource}?pageSize=1&where=" + quote(f"{field} IS NULL OR {field} != 'x'"))


@pytest.mark.parametrize(
    ("version", "where"),
    [
        ("v2.2", "CONTACT_FIELD_1 = 'x'"),
        ("v3.1", "Hobby__c LIKE 'x%'"),
        ("v3.1", "hobby__C != 'x'"),
        ("v2.2", "TAGS.TAG_NAME = 'x'"),
        ("v2.2", "last_name = 'x'"),
        ("v2.2", "id > 1"),
    ],
)
def test_custom_fields_paths_and_any_case_are_known(make_instance, clients, version, where):
    hub = clients.platform.hub(make_instance({"base.url": VERSIONS[version]})["token"])

    assert hub.call("GET", f"/contacts?where={quote(where)}") == []
