"""HubSpot's own ways: what a record looks like, what becomes of what is written, and what there is not."""

from dataclasses import replace

import pytest

from elements_local.guide import instance_body
from elements_local.kit.api.json_text import decode
from elements_local.start import Options, in_process

OBJECTS = "/crm/v3/objects"


@pytest.fixture(scope="module")
def clients():
    with in_process(Options(vendors=("hubspotcrm",))) as stack:
        yield stack.workspace()


@pytest.fixture(scope="module")
def call(clients):
    """Return a function that calls the fake with a token, and returns status and body."""
    token = clients.credentials.crms["hubspotcrm"]["credentials"]["access.token"]
    vendor = replace(clients.fakes["hubspotcrm"], headers={"Authorization": f"Bearer {token}"})

    def send(method, path, **properties):
        body = {"json": {"properties": properties}} if properties else {}
        reply = vendor.send(method, f"{OBJECTS}{path}", **body)
        return reply.status, decode(reply.body) if reply.body else None

    return send


def test_lint_finds_nothing_in_the_elements_own_blocks(clients):
    body = instance_body(clients.credentials, element="hubspotcrm")

    assert clients.platform.call_object("POST", "/_local/lint", json=body)["findings"] == []


def test_a_record_is_as_hubspot_shows_it(call):
    _, made = call("POST", "/contacts", lastname="King", email="ada@example.com")
    _, read = call("GET", f"/contacts/{made['id']}")
    at = made["createdAt"]

    assert (at[:18], len(at)) == ("2026-03-02T10:00:0", len("2026-03-02T10:00:00Z"))
    assert [*read] == ["id", "properties", "createdAt", "updatedAt", "archived", "url"]
    assert [*read["properties"].items()] == [
        ("createdate", at),
        ("email", "ada@example.com"),
        ("firstname", None),
        ("hs_object_id", made["id"]),
        ("lastmodifieddate", at),
        ("lastname", "King"),
    ]
    assert (read["createdAt"], read["updatedAt"], read["archived"]) == (at, at, False)
    assert read["url"] == f"https://app.hubspot.com/contacts/1/record/0-1/{made['id']}"
    assert made["properties"]["lifecyclestage"] == "lead"


@pytest.mark.parametrize(
    ("kind", "sent", "kept"),
    [
        ("companies", {"domain": "acme.example"}, {"website": "acme.example", "lifecyclestage": "lead"}),
        ("companies", {"domain": "a.example", "website": "b.example"}, {"website": "b.example"}),
        ("deals", {"dealname": "x", "closedate": "2026-12-31"}, {"closedate": "2026-12-31T00:00:00Z"}),
        ("deals", {"dealname": "x", "amount": 5}, {"amount": "5", "dealstage": "appointmentscheduled"}),
    ],
)
def test_what_is_written_becomes_what_hubspot_makes_of_it(call, kind, sent, kept):
    status, made = call("POST", f"/{kind}", **sent)

    assert (status, made["properties"].items() >= kept.items()) == (201, True)


def test_ids_do_not_grow_with_time(call):
    ids = [int(call("POST", "/deals", dealname=f"{number}")[1]["id"]) for number in range(6)]

    assert (ids == sorted(ids), len({*ids})) == (False, 6)


def test_the_hub_refuses_a_condition_on_what_no_record_has(clients):
    instance = clients.platform.create_instance(instance_body(clients.credentials, element="hubspotcrm"))
    hub = clients.platform.hub(instance["token"])
    unknown = hub.send("GET", "/contacts?where=lastnam='King'")

    assert (unknown.status, b"did you mean lastname?" in unknown.body) == (400, True)
    assert hub.call("GET", "/contacts?where=hs_lastmodifieddate>'2020-01-01T00:00:00Z'") == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("DELETE", "/deals/7", 204),
        ("GET", "/deals/7", 404),
        ("POST", "/contacts/batch/upsert", 404),
        ("GET", "/contacts/101/associations/companies", 404),
    ],
)
def test_what_is_not_there(call, method, path, status):
    assert call(method, path)[0] == status
