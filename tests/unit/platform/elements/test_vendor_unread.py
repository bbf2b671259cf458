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
            "contacts?limit=5&after=1&properties=a&associations=deals&archived=false&propertiesWithHistory=b",
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
        "a fixed answer": ("GET", "/crm/v3/owners?limit=5&email=a", None, ["query.limit"]),
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
