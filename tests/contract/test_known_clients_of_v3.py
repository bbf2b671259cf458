"""Clients that are out there and speak v3.1, imitated call by call: what they send, and what they must get."""

import re
from base64 import urlsafe_b64encode

import pytest
import requests
from deadline import DEADLINE_S

WRITTEN = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


@pytest.fixture
def crm(elements_workspace):
    """The address and the API key that a user puts into a client."""
    return f"{elements_workspace.crm.url}/v3.1/", elements_workspace.credentials.crm_api_key


def ids(records):
    return [next(iter(record.values())) for record in records]


def test_airbyte_may_send_its_parameter_empty_and_to_lists_that_do_not_know_it(crm, elements_crm):
    """Source: Airbyte's source-insightly; how it reads whole, by slices and pages, is in the corpus."""
    elements_crm.seed(3)
    base, key = crm

    def page(path, **query):
        answer = requests.get(base + path, params={**query, "top": 500}, auth=(key, ""), timeout=DEADLINE_S)
        answer.raise_for_status()
        return answer.json()

    assert len(page("Contacts/Search", updated_after_utc="")) == 3
    for lookup in ("ActivitySets", "LeadSources", "LeadStatuses", "Pipelines", "PipelineStages", "Countries"):
        assert page(lookup, updated_after_utc="2026-01-01 00:00:00", skip=0), lookup


class Go:
    """The Go client: the key alone in the alphabet for URLs, short pages end a list, limits are watched.

    Source: lib-go-insightly. How it comes again when it is told to is in the corpus.
    """

    class RefusedError(Exception):
        """What an error of the CRM becomes: its name and its message."""

    def __init__(self, crm):
        self.base, key = crm
        self.headers = {"Authorization": f"Basic {urlsafe_b64encode(key.encode()).decode()}"}

    def ask(self, method, path, body=None):
        """Send a call."""
        answer = requests.request(
            method, self.base + path, headers=self.headers, json=body, timeout=DEADLINE_S
        )
        remaining = int(answer.headers["X-RateLimit-Remaining"])
        assert int(answer.headers["X-RateLimit-Limit"]) >= remaining > 0, "or it would send no more"
        if not answer.ok:
            told = answer.json()
            raise self.RefusedError(told.get("Name"), told["Message"])
        return answer.json() if answer.content else None

    def all_of(self, resource, since=None):
        """Read a resource whole, or what was updated later."""
        found, search = [], f"/Search?updated_after_utc={since}&" if since else "?"
        while True:
            page = self.ask("GET", f"{resource}{search}top=500&skip={len(found)}&count_total=true")
            found += page
            if len(page) < 500:
                return found


@pytest.fixture
def go(crm):
    return Go(crm)


def test_go_reads_until_a_page_is_short_and_keeps_dates(go, elements_crm):
    elements_crm.seed(620)

    found = go.all_of("Contacts")

    assert len(found) == 620
    assert all(WRITTEN.fullmatch(one["DATE_CREATED_UTC"]) for one in found)
    assert go.all_of("Contacts", since="2000-01-01T00:00:00Z") == found


def test_go_reads_the_message_of_an_error_and_links_one_record_to_another(go):
    deal = go.ask("POST", "Opportunities", {"OPPORTUNITY_NAME": "Deal"})["OPPORTUNITY_ID"]
    company = go.ask("POST", "Organisations", {"ORGANISATION_NAME": "Acme"})["ORGANISATION_ID"]

    link = {"LINK_OBJECT_NAME": "Organisation", "LINK_OBJECT_ID": company}
    assert go.ask("POST", f"Opportunities/{deal}/Links", link)["OBJECT_ID"] == deal
    pipeline = next(one for one in go.ask("GET", "Pipelines") if one["FOR_OPPORTUNITIES"])
    moved = go.ask("PUT", f"Opportunities/{deal}/Pipeline", {"PIPELINE_ID": pipeline["PIPELINE_ID"]})
    assert (moved["OPPORTUNITY_ID"], moved["PIPELINE_ID"]) == (deal, pipeline["PIPELINE_ID"])
    with pytest.raises(go.RefusedError, match="No Opportunity"):
        go.ask("GET", "Opportunities/1")


class Ampersand:
    """The connector: searches without a filter, pages until one is empty, PUT by id with the id as a text.

    Source: amp-labs/connectors.
    """

    def __init__(self, crm):
        self.base, key = crm
        self.session = requests.Session()
        self.session.auth = (key, "")

    def read(self, called, since=None):
        """Read an object, from the given instant on."""
        found, skip = [], 0
        while True:
            query = "top=500" + (f"&skip={skip}" if skip else "")
            query += f"&updated_after_utc={since}" if since else ""
            page = self.session.get(f"{self.base}{called}/Search?{query}", timeout=DEADLINE_S).json()
            if not page:
                return found
            found, skip = found + page, skip + 500

    def write(self, called, body, number=None):
        """Create a record, or change one."""
        path = f"{called}/{number}" if number else called
        answer = self.session.request(
            "PUT" if number else "POST", self.base + path, json=body, timeout=DEADLINE_S
        )
        answer.raise_for_status()
        return answer.json()

    def delete(self, called, number):
        """Delete a record."""
        return self.session.delete(f"{self.base}{called}/{number}", timeout=DEADLINE_S).status_code in (
            200,
            202,
            204,
        )


def test_ampersand_reads_whole_and_then_what_is_new(crm, elements_crm, elements_clock):
    elements_crm.seed(501)
    client = Ampersand(crm)
    assert len(client.read("Contacts")) == 501
    elements_clock.advance("1m")

    new = client.write("Contacts", {"FIRST_NAME": "Foo"})

    assert client.read("Contacts", since="2026-03-02T10:00:00Z") == [new]


def test_ampersand_changes_a_record_by_its_path(crm, elements_clock):
    client = Ampersand(crm)
    lead = client.write("Leads", {"LAST_NAME": "Foo"})
    elements_clock.advance("2m")

    changed = client.write("Leads", {"LEAD_ID": str(lead["LEAD_ID"]), "FIRST_NAME": "Bar"}, lead["LEAD_ID"])

    assert (changed["FIRST_NAME"], changed["LAST_NAME"]) == ("Bar", "Foo")
    assert changed["DATE_UPDATED_UTC"] == "2026-03-02 10:02:00"
    assert client.delete("Leads", lead["LEAD_ID"])
    assert client.read("Leads") == []


def test_ampersand_reads_custom_objects_and_custom_fields(crm):
    client = Ampersand(crm)
    made = client.write("Fruit__c", {"RECORD_NAME": "Apple"})

    assert client.read("Fruit__c") == [made]
    fields = client.session.get(f"{client.base}CustomFields/Fruit__c", timeout=DEADLINE_S).json()
    assert [one["FIELD_NAME"] for one in fields] == [row["FIELD_NAME"] for row in made["CUSTOMFIELDS"]]
    assert (
        client.session.get(f"{client.base}CustomObjects", timeout=DEADLINE_S).json()[0]["OBJECT_NAME"]
        == "Fruit__c"
    )


def test_small_integrations_do_what_they_do(crm):
    """What w6w's, an MCP server's and Asana's do."""

    def ask(method, path, body=None):
        return requests.request(method, crm[0] + path, json=body, auth=(crm[1], ""), timeout=DEADLINE_S)

    probe = ask("GET", "Users/Me")
    assert probe.json()["ACCOUNT_OWNER"] is True
    assert int(probe.headers["X-RateLimit-Remaining"]) < int(probe.headers["X-RateLimit-Limit"])

    made = ask("POST", "Contacts", {"FIRST_NAME": "Foo", "EMAIL_ADDRESS": "foo@x.example"}).json()
    path = f"Contacts/{made['CONTACT_ID']}"
    found = ask("GET", "Contacts/Search?field_name=EMAIL_ADDRESS&field_value=foo@x.example")
    assert found.json() == [made]
    changed = ask("PUT", "Contacts", {"CONTACT_ID": made["CONTACT_ID"], "LAST_NAME": "Bar"})
    assert (changed.status_code, changed.json()["FIRST_NAME"]) == (200, "Foo")

    tag = {"TAG_NAME": "vip"}
    assert [ask("POST", f"{path}/Tags", tag).status_code for _ in range(2)] == [201, 400]
    company = ask("POST", "Organisations", {"ORGANISATION_NAME": "Acme"}).json()["ORGANISATION_ID"]
    link = {"LINK_OBJECT_NAME": "Organisation", "LINK_OBJECT_ID": company}
    assert [ask("POST", f"{path}/Links", link).status_code for _ in range(2)] == [201, 400]

    gone = ask("DELETE", path)
    assert (gone.status_code, gone.content) == (202, b"")
    assert [ask(method, path).status_code for method in ("GET", "DELETE")] == [404, 404]
