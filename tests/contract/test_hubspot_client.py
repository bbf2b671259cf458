"""HubSpot's own client for Python, unchanged but for the host, reads, searches, pages and writes a few hundred records."""

import json

import pytest

from elements_local.start import Options, on_ports

hubspot = pytest.importorskip("hubspot", reason="hubspot-api-client is not installed; the extra dev has it")
from hubspot.crm.contacts import (  # noqa: E402 - only there is what it comes from
    ApiException,
    BatchInputSimplePublicObjectBatchInput,
    BatchInputSimplePublicObjectBatchInputForCreate,
    BatchInputSimplePublicObjectId,
    BatchReadInputSimplePublicObjectId,
    PublicObjectSearchRequest,
    SimplePublicObjectInput,
    SimplePublicObjectInputForCreate,
)


@pytest.fixture(scope="module")
def stack():
    with on_ports(Options(vendors=("hubspotcrm",))) as started:
        yield started


@pytest.fixture
def clients(stack):
    made = stack.new_workspace(seed=7)
    yield made
    stack.delete_workspace(made.credentials.name)


@pytest.fixture
def crm(clients):
    own = clients.credentials.crms["hubspotcrm"]
    return hubspot.Client(access_token=own["credentials"]["access.token"], host=own["url"]).crm


def contact(number):
    return {"email": f"ada{number}@example.com", "firstname": "Ada", "lastname": f"King {number}"}


def test_it_writes_pages_and_searches_a_few_hundred_records(clients, crm):
    contacts = crm.contacts
    for start in range(0, 240, 80):
        inputs = [{"properties": contact(number)} for number in range(start, start + 80)]
        made = contacts.batch_api.create(BatchInputSimplePublicObjectBatchInputForCreate(inputs=inputs))
        assert (made.status, len(made.results)) == ("COMPLETE", 80)
    clients.clock.advance("1m")
    since = str(round(made.results[0].updated_at.timestamp() * 1000) + 1)
    changed = contacts.batch_api.update(
        BatchInputSimplePublicObjectBatchInput(
            inputs=[{"id": each.id, "properties": {"jobtitle": "Countess"}} for each in made.results[:30]]
        )
    )
    every = contacts.get_all(properties=["lastname", "jobtitle"])
    filters = [{"propertyName": "lastmodifieddate", "operator": "GTE", "value": since}]
    asked = {"filterGroups": [{"filters": filters}], "limit": 20, "sorts": ["-createdate"]}
    first = contacts.search_api.do_search(PublicObjectSearchRequest(**snake(asked)))
    second = contacts.search_api.do_search(
        PublicObjectSearchRequest(**snake(asked), after=first.paging.next.after)
    )

    assert len({each.id for each in every}) == 240
    assert [int(each.id) for each in every] == sorted(int(each.id) for each in every)
    assert sum(each.properties["jobtitle"] == "Countess" for each in every) == 30
    assert every[0].properties.keys() >= {"createdate", "hs_object_id", "lastmodifieddate", "lastname"}
    assert (first.total, len(first.results), len(second.results), second.paging) == (30, 20, 10, None)
    assert {each.id for each in [*first.results, *second.results]} == {each.id for each in changed.results}
    some = [made.results[0].id, "7"]
    read = contacts.batch_api.read(
        BatchReadInputSimplePublicObjectId(
            inputs=[{"id": each} for each in some], properties=["lastname"], properties_with_history=[]
        )
    )
    assert ([each.id for each in read.results], read.errors[0].context) == (some[:1], {"ids": ["7"]})
    contacts.batch_api.archive(
        BatchInputSimplePublicObjectId(inputs=[{"id": each.id} for each in made.results[:5]])
    )
    assert len(contacts.get_all()) == 235
    assert len(contacts.get_all(archived=True)) == 5


def test_it_makes_changes_reads_and_archives_each_kind(crm):
    for kind, fields, changes in (
        (crm.contacts, contact(1), {"jobtitle": "Countess"}),
        (crm.companies, {"name": "Acme", "domain": "acme.example"}, {"industry": "AEROSPACE"}),
        (crm.deals, {"dealname": "Big", "amount": "5"}, {"dealstage": "closedwon"}),
    ):
        made = kind.basic_api.create(SimplePublicObjectInputForCreate(properties=fields, associations=[]))
        changed = kind.basic_api.update(made.id, SimplePublicObjectInput(properties=changes))
        read = kind.basic_api.get_by_id(made.id, properties=[*fields, *changes], archived=False)
        kind.basic_api.archive(made.id)

        assert made.properties.items() >= fields.items()
        assert changed.properties.items() >= changes.items()
        assert read.properties.items() >= {**fields, **changes}.items()
        assert (read.archived, made.created_at) == (False, read.created_at)
        with pytest.raises(Exception, match="resource not found") as refused:
            kind.basic_api.get_by_id(made.id)
        assert refused.value.status == 404
        assert {"name", "type"} <= crm.properties.core_api.get_all(
            {crm.contacts: "contacts", crm.companies: "companies"}.get(kind, "deals")
        ).results[0].to_dict().keys()


def test_it_reads_by_e_mail_address_and_what_it_is_refused(clients, crm):
    basic = crm.contacts.basic_api
    made = basic.create(SimplePublicObjectInputForCreate(properties=contact(1), associations=[]))
    stranger = hubspot.Client(access_token="nobody's", host=clients.credentials.crms["hubspotcrm"]["url"])

    assert basic.get_by_id("ADA1@example.com", id_property="email").id == made.id
    with pytest.raises(ApiException) as taken:
        basic.create(SimplePublicObjectInputForCreate(properties=contact(1), associations=[]))
    with pytest.raises(ApiException) as unknown:
        basic.create(SimplePublicObjectInputForCreate(properties={"lastnam": "King"}, associations=[]))
    with pytest.raises(Exception, match="INVALID_AUTHENTICATION"):
        stranger.crm.contacts.basic_api.get_page()
    body = json.loads(taken.value.body)
    assert (taken.value.status, body["message"]) == (409, f"Contact already exists. Existing ID: {made.id}")
    assert json.loads(unknown.value.body)["errors"][0]["code"] == "PROPERTY_DOESNT_EXIST"


def snake(asked):
    return {{"filterGroups": "filter_groups"}.get(name, name): value for name, value in asked.items()}
