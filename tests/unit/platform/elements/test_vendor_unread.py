"""What a request to a vendor's fake has that nothing reads: the answer and the journal say so."""

import json
from dataclasses import replace

import pytest

from elements_local.start import Options, in_process
from tests.support.each_row import each_row


@pytest.fixture(scope="module")
def fake():
    with in_process(Options(vendors=("hubspotcrm",))) as stack:
        clients = stack.workspace()
        token = clients.credentials.crms["hubspotcrm"]["credentials"]["access.token"]
        yield replace(clients.fakes["hubspotcrm"], headers={"Authorization": f"Bearer {token}"})


def unread_of(reply):
    return [each["path"] for each in json.loads(reply.header("Elements-Local-Warnings") or "[]")]


@each_row(
    ("method", "path", "body", "unread"),
    {
        "a list": ("GET", "contacts?limit=5&sort=asc&order_by=x", None, ["query.sort", "query.order_by"]),
        "all that a list reads": (
            "GET",
            "contacts?limit=5&after=1&properties=city&associations=deals&archived=false&propertiesWithHistory=zip",
            None,
            [],
        ),
        "all that a search reads": (
            "POST",
            "contacts/search",
            {
                "filterGroups": [],
                "filters": [],
                "query": "x",
                "sorts": [],
                "properties": [],
                "limit": 1,
                "after": "0",
            },
            [],
        ),
        "a search": ("POST", "contacts/search", {"where": 1}, ["body.where"]),
        "a new record": (
            "POST",
            "deals",
            {"properties": {"dealname": "x", "createdate": "2020-01-01"}, "objectWriteTraceId": "1"},
            ["body.objectWriteTraceId", "fields.createdate"],
        ),
        "a batch, each name once": (
            "POST",
            "deals/batch/read",
            {"inputs": [{"id": "1", "x": 1}, {"id": "2", "x": 1}], "properties": []},
            ["body.inputs.x"],
        ),
        "a fixed answer": ("GET", "/crm/v3/owners?limit=5&email=a&sort=x", None, ["query.sort"]),
        "properties that the fake has not": (
            "GET",
            "contacts?properties=city,hs_email_domain&propertiesWithHistory=nope",
            None,
            ["asked.hs_email_domain", "asked.nope"],
        ),
        "of a search": ("POST", "contacts/search", {"properties": ["email", "nope"]}, ["asked.nope"]),
        "of a batch": (
            "POST",
            "contacts/batch/read",
            {"inputs": [{"id": "1"}], "properties": ["nope"], "propertiesWithHistory": ["old"]},
            ["asked.nope", "asked.old"],
        ),
        "associations of kinds that are not modelled": (
            "GET",
            "contacts?associations=deals,products,quotes",
            None,
            ["associations.products", "associations.quotes"],
        ),
        "a filter and a sort": (
            "POST",
            "contacts/search",
            {
                "filterGroups": [
                    {"filters": [{"propertyName": "city", "operator": "IN", "values": ["x"], "case": 1}]},
                    {"filters": [], "not": 1},
                ],
                "sorts": [{"propertyName": "city", "direction": "ASCENDING", "nulls": 1}],
            },
            ["body.filterGroups.filters.case", "body.filterGroups.not", "body.sorts.nulls"],
        ),
        "a route of a hook": (
            "GET",
            "/crm/v3/properties/deals?archived=false&limit=5",
            None,
            ["query.limit"],
        ),
    },
)
def test_what_nothing_reads_is_in_the_answers_header(fake, method, path, body, unread):
    sent = {} if body is None else {"json": body}
    reply = fake.send(method, path if path.startswith("/") else f"/crm/v3/objects/{path}", **sent)

    assert unread_of(reply) == unread


def test_the_journal_has_it_as_well(fake):
    fake.send("GET", "/crm/v3/objects/contacts?sort=asc")
    (last,) = fake.call("GET", "/_local/journal?limit=1")["exchanges"]

    assert last["effect"]["noted"]["unread"] == ["query.sort"]
