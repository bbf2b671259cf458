"""A client that knows nothing but what the vendor documents, over the network, with plain ``requests``.

The stack gives it an address and an API key; all else it has from the documents of each version.
"""

from dataclasses import dataclass
from urllib.parse import quote

import pytest
import requests
from deadline import DEADLINE_S

VERSIONS = ("v2.2", "v2.3", "v3.0", "v3.1")
LATER = "2026-03-02 10:00:30"


@dataclass(frozen=True, kw_only=True)
class Resource:
    """What the documents say of a resource.

    Attributes:
        name: the field that it is called by, and that the client changes.
        more: other fields that a new one needs.
        hangs_on_contacts: whether it is created below a contact.
        assigned: whether a new one needs a user who is to do it.
        shown: whether one has a path of its own that shows it.
        retires: the flag that is down once one was deleted, instead of the record being gone.
    """

    id_field: str
    name: str
    more: tuple[tuple[str, object], ...] = ()
    hangs_on_contacts: bool = False
    assigned: bool = False
    shown: bool = True
    searched: bool = True
    retires: str | None = None

    def body(self, name):
        """Return what a new one is created with."""
        return {self.name: name, **dict(self.more)}


CATEGORY = Resource(id_field="CATEGORY_ID", name="CATEGORY_NAME", searched=False, retires="ACTIVE")
RESOURCES = {
    "Contacts": Resource(id_field="CONTACT_ID", name="FIRST_NAME"),
    "Organisations": Resource(id_field="ORGANISATION_ID", name="ORGANISATION_NAME"),
    "Leads": Resource(id_field="LEAD_ID", name="LAST_NAME"),
    "Opportunities": Resource(
        id_field="OPPORTUNITY_ID", name="OPPORTUNITY_NAME", more=(("OPPORTUNITY_STATE", "OPEN"),)
    ),
    "Projects": Resource(id_field="PROJECT_ID", name="PROJECT_NAME", more=(("STATUS", "NOT STARTED"),)),
    "Tasks": Resource(
        id_field="TASK_ID",
        name="TITLE",
        more=(("STATUS", "NOT STARTED"), ("PRIORITY", 2), ("COMPLETED", False), ("PUBLICLY_VISIBLE", True)),
        assigned=True,
    ),
    "Events": Resource(
        id_field="EVENT_ID",
        name="TITLE",
        more=(("START_DATE_UTC", "2026-03-03 10:00:00"), ("END_DATE_UTC", "2026-03-03 11:00:00")),
    ),
    "Notes": Resource(id_field="NOTE_ID", name="TITLE", hangs_on_contacts=True),
    "Teams": Resource(id_field="TEAM_ID", name="TEAM_NAME", searched=False),
    "FileCategories": CATEGORY,
    "OpportunityCategories": CATEGORY,
    "ProjectCategories": CATEGORY,
    "TaskCategories": CATEGORY,
    "LeadSources": Resource(id_field="LEAD_SOURCE_ID", name="LEAD_SOURCE", shown=False, searched=False),
    "LeadStatuses": Resource(
        id_field="LEAD_STATUS_ID",
        name="LEAD_STATUS",
        more=(("STATUS_TYPE", 1),),
        shown=False,
        searched=False,
    ),
}
TAGGED = ("Contacts", "Organisations", "Leads", "Opportunities", "Projects")
LINKED = ("Contacts", "Opportunities", "Projects")
LISTS = {
    "v2.2": (
        "ActivitySets Countries Currencies CustomFieldGroups CustomFields Emails Follows OpportunityStateReasons "
        "PipelineStages Pipelines Relationships Users"
    ),
    "v3.1": (
        "ActivitySets Countries Currencies CustomFields/Contact CustomObjects Emails Follows OpportunityStateReasons "
        "PipelineStages Pipelines Relationships Users"
    ),
}
LISTS |= {"v2.3": LISTS["v2.2"], "v3.0": LISTS["v3.1"]}

every_version = pytest.mark.parametrize("version", VERSIONS)
each_shape = pytest.mark.parametrize("version", ["v2.3", "v3.1"])
"""One version of each shape of records."""


class Client:
    """Speaks one version of the API."""

    def __init__(self, url, key, version):
        self.version = version
        self._url = f"{url}/{version}"
        self._session = requests.Session()
        self._session.auth = (key, "")

    def call(self, method, path, status, body=None):
        """Send a request and return the JSON of its answer, which has this status."""
        answer = self._session.request(method, f"{self._url}/{path}", json=body, timeout=DEADLINE_S)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content and status < 400 else None

    def create(self, called, name):
        """Create one of a resource, wherever the version has the path for it."""
        resource = RESOURCES[called]
        path, body = called, resource.body(name)
        if resource.assigned:
            body["RESPONSIBLE_USER_ID"] = self.call("GET", "Users", 200)[0]["USER_ID"]
        if resource.hangs_on_contacts:
            contact = self.call("POST", "Contacts", 201, {"FIRST_NAME": "Parent"})
            path = f"Contacts/{contact['CONTACT_ID']}/{called}"
        made = self.call("POST", path, 201, body)
        assert made[resource.name] == name
        return made

    def read(self, called, number):
        """Return one of a resource: by its own path, or out of the list."""
        resource = RESOURCES[called]
        if resource.shown:
            return self.call("GET", f"{called}/{number}", 200)
        return next(one for one in self.call("GET", called, 200) if one[resource.id_field] == number)

    def update(self, called, record, **fields):
        """Change some fields; versions before 3.1 want to be sent all."""
        id_field = RESOURCES[called].id_field
        sent = {id_field: record[id_field]} if self.version == "v3.1" else record
        return self.call("PUT", called, 200, {**sent, **fields})

    def delete(self, called, number):
        """Delete one of a resource."""
        by_query = self.version.startswith("v3") and not RESOURCES[called].shown
        self.call("DELETE", f"{called}?id={number}" if by_query else f"{called}/{number}", 202)

    def numbers(self, called, query=""):
        """Return the ids that a list shows."""
        return [one[RESOURCES[called].id_field] for one in self.call("GET", f"{called}{query}", 200)]


@pytest.fixture
def client_of(elements_workspace):
    """Make a client of a version."""
    key, url = elements_workspace.credentials.crm_api_key, elements_workspace.crm.url
    return lambda version: Client(url, key, version)


@pytest.mark.parametrize("called", RESOURCES)
@every_version
def test_a_record_is_created_read_updated_listed_and_deleted(client_of, version, called):
    client, resource = client_of(version), RESOURCES[called]

    made = client.create(called, "First")
    number = made[resource.id_field]
    client.update(called, client.read(called, number), **{resource.name: "Second"})

    assert client.read(called, number)[resource.name] == "Second"
    assert number in client.numbers(called)
    client.delete(called, number)
    if resource.retires:
        assert client.read(called, number)[resource.retires] is False
    else:
        assert number not in client.numbers(called)
    if resource.shown and not resource.retires:
        client.call("GET", f"{called}/{number}", 404)


@pytest.mark.parametrize("called", RESOURCES)
@each_shape
def test_a_list_is_read_page_by_page(client_of, version, called):
    client = client_of(version)
    for name in ("a", "b", "c"):
        client.create(called, name)
    whole, pages = client.numbers(called), []

    while page := client.numbers(called, f"?top=2&skip={2 * len(pages)}"):
        assert len(page) <= 2
        pages.append(page)

    assert [number for page in pages for number in page] == whole


@pytest.mark.parametrize("called", [name for name, one in RESOURCES.items() if one.searched])
@each_shape
def test_what_was_updated_later_is_found(client_of, elements_clock, version, called):
    client = client_of(version)
    client.create(called, "Early")
    elements_clock.advance("1m")
    late = client.create(called, "Late")[RESOURCES[called].id_field]

    assert client.numbers(called, f"/Search?updated_after_utc={LATER}&top=500") == [late]


@pytest.mark.parametrize("called", [name for name, one in RESOURCES.items() if one.searched])
@each_shape
def test_what_has_a_name_is_found_by_it(client_of, version, called):
    client, field = client_of(version), RESOURCES[called].name
    client.create(called, "Other")
    name = "Zoë & Söhne"
    found, said = client.create(called, name)[RESOURCES[called].id_field], quote(name)

    if version.startswith("v2"):
        asked = [f"{field.lower()}={said}", f"{field.lower()}={quote(name[:3])}%25"]
    else:
        asked = [f"field_name={field}&field_value={said}"]

    assert [client.numbers(called, f"/Search?{query}") for query in asked] == [[found]] * len(asked)


@pytest.mark.parametrize("version", ["v2.2", "v2.3"])
def test_a_team_is_found_by_its_name_on_v2(client_of, version):
    client = client_of(version)
    client.create("Teams", "Other")
    found = client.create("Teams", "Sales")["TEAM_ID"]

    assert client.numbers("Teams", "/Search?team_name=Sales") == [found]


@every_version
def test_there_is_one_instance_and_one_set_of_rights(client_of, version):
    client = client_of(version)

    assert "INSTANCE_NAME" in client.call("GET", "Instance", 200)
    assert "OBJECT_PERMISSIONS" in client.call("GET", "Permissions", 200)


@pytest.mark.parametrize("called", LINKED)
@every_version
def test_a_link_is_made_and_taken_away(client_of, version, called):
    client = client_of(version)
    organisation = client.create("Organisations", "Acme")["ORGANISATION_ID"]
    record = client.create(called, "First")
    number = record[RESOURCES[called].id_field]

    if version.startswith("v2"):
        client.call("POST", f"{called}/{number}/Links", 201, {"ORGANISATION_ID": organisation})
    else:
        told = {"LINK_OBJECT_NAME": "Organisation", "LINK_OBJECT_ID": organisation}
        client.call("POST", f"{called}/{number}/Links", 201, told)
    (link,) = client.read(called, number)["LINKS"]
    assert link["LINK_OBJECT_ID" if version.startswith("v3") else "ORGANISATION_ID"] == organisation

    client.call("DELETE", f"{called}/{number}/Links/{link['LINK_ID']}", 202)
    assert client.read(called, number)["LINKS"] == []


@every_version
def test_what_nobody_changes_is_listed(client_of, version):
    client = client_of(version)

    for called in LISTS[version].split():
        assert isinstance(client.call("GET", called, 200), list), called


@pytest.mark.parametrize("version", ["v3.0", "v3.1"])
def test_a_custom_object_lives_like_a_record(client_of, version):
    client = client_of(version)

    number = client.call("POST", "Fruit__c", 201, {"RECORD_NAME": "Apple"})["RECORD_ID"]
    client.call("PUT", "Fruit__c", 200, {"RECORD_ID": number, "RECORD_NAME": "Pear"})

    assert client.call("GET", f"Fruit__c/{number}", 200)["RECORD_NAME"] == "Pear"
    assert len(client.call("GET", "Fruit__c/Search?updated_after_utc=2026-01-01", 200)) == 1
    client.call("DELETE", f"Fruit__c/{number}", 202)
    client.call("GET", f"Fruit__c/{number}", 404)
