"""Clients that are out there and speak v3.1, imitated call by call: what they send, and what they must get.

How they read whole, by pages and slices, and come again when they are told to, is in the corpus.
"""

from base64 import urlsafe_b64encode

import pytest
import requests
from deadline import DEADLINE_S


@pytest.fixture
def ask(elements_workspace):
    """Return a function that sends a call as most clients do: with the key as the user's name."""
    key = elements_workspace.credentials.crm_api_key

    def send(method, path, body=None, *, headers=None, **query):
        auth = None if headers else (key, "")
        url = f"{elements_workspace.crm.url}/v3.1/{path}"
        return requests.request(
            method, url, json=body, params=query, headers=headers, auth=auth, timeout=DEADLINE_S
        )

    return send


def test_airbyte_may_send_its_parameter_empty_and_to_lists_that_do_not_know_it(ask, elements_crm):
    """Source: Airbyte's source-insightly."""
    elements_crm.seed(3)

    assert len(ask("GET", "Contacts/Search", updated_after_utc="", top=500).json()) == 3
    for lookup in ("ActivitySets", "LeadSources", "LeadStatuses", "Pipelines", "PipelineStages", "Countries"):
        assert ask("GET", lookup, updated_after_utc="2026-01-01 00:00:00", top=500, skip=0).json(), lookup


def test_go_reads_limits_and_the_message_of_an_error_and_links_one_record_to_another(ask, elements_workspace):
    """Its key stands alone, in the alphabet for URLs. Source: lib-go-insightly."""
    key = urlsafe_b64encode(elements_workspace.credentials.crm_api_key.encode()).decode()

    def go(method, path, body=None):
        answer = ask(method, path, body, headers={"Authorization": f"Basic {key}"})
        remaining = int(answer.headers["X-RateLimit-Remaining"])
        assert int(answer.headers["X-RateLimit-Limit"]) >= remaining > 0, "or it would send no more"
        return answer.json()

    deal = go("POST", "Opportunities", {"OPPORTUNITY_NAME": "Deal"})["OPPORTUNITY_ID"]
    company = go("POST", "Organisations", {"ORGANISATION_NAME": "Acme"})["ORGANISATION_ID"]

    link = {"LINK_OBJECT_NAME": "Organisation", "LINK_OBJECT_ID": company}
    assert go("POST", f"Opportunities/{deal}/Links", link)["OBJECT_ID"] == deal
    pipeline = next(one for one in go("GET", "Pipelines") if one["FOR_OPPORTUNITIES"])
    moved = go("PUT", f"Opportunities/{deal}/Pipeline", {"PIPELINE_ID": pipeline["PIPELINE_ID"]})
    assert (moved["OPPORTUNITY_ID"], moved["PIPELINE_ID"]) == (deal, pipeline["PIPELINE_ID"])
    assert "No Opportunity" in go("GET", "Opportunities/1")["Message"]


def test_ampersand_changes_a_record_by_its_path(ask, elements_clock):
    """The id in the body is a text. Source: amp-labs/connectors."""
    lead = ask("POST", "Leads", {"LAST_NAME": "Foo"}).json()
    elements_clock.advance("2m")
    path = f"Leads/{lead['LEAD_ID']}"

    changed = ask("PUT", path, {"LEAD_ID": str(lead["LEAD_ID"]), "FIRST_NAME": "Bar"}).json()

    assert (changed["FIRST_NAME"], changed["LAST_NAME"]) == ("Bar", "Foo")
    assert changed["DATE_UPDATED_UTC"] == "2026-03-02 10:02:00"
    assert ask("DELETE", path).ok
    assert ask("GET", "Leads/Search", top=500).json() == []


def test_small_integrations_do_what_they_do(ask):
    """What w6w's, an MCP server's and Asana's do."""
    probe = ask("GET", "Users/Me")
    assert probe.json()["ACCOUNT_OWNER"] is True
    assert int(probe.headers["X-RateLimit-Remaining"]) < int(probe.headers["X-RateLimit-Limit"])

    made = ask("POST", "Contacts", {"FIRST_NAME": "Foo", "EMAIL_ADDRESS": "foo@x.example"}).json()
    path = f"Contacts/{made['CONTACT_ID']}"
    found = ask("GET", "Contacts/Search", field_name="EMAIL_ADDRESS", field_value="foo@x.example")
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
