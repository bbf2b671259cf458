"""The main job, in process and over real ports: the guide's JSON, changes, time, signed callbacks."""

import hmac
import json
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256

import pytest

from elements_local.clients import WorkspaceClients
from elements_local.guide import instance_body

KEY = "s3cret of the tester"


@pytest.fixture(params=["stack_in_process", "stack_on_ports"], ids=["in process", "over ports"])
def world(request: pytest.FixtureRequest) -> Iterator[WorkspaceClients]:
    stack = request.getfixturevalue(request.param)
    clients = stack.new_workspace()
    yield clients
    stack.delete_workspace(clients.credentials.name)


def make_all(world: WorkspaceClients) -> dict[str, dict]:
    return {
        "contacts": world.crm.create("Contacts", {"FIRST_NAME": "Ada"}),
        "accounts": world.crm.create("Organisations", {"ORGANISATION_NAME": "Initech"}),
        "leads": world.crm.create("Leads", {"LAST_NAME": "Babbage"}),
        "opportunities": world.crm.create(
            "Opportunities", {"OPPORTUNITY_NAME": "Engine", "OPPORTUNITY_STATE": "OPEN"}
        ),
    }


def events(world: WorkspaceClients) -> list[tuple[str, str, str]]:
    return [
        (event["objectType"], event["objectId"], event["eventType"])
        for callback in world.sink.callbacks()
        for event in callback["json"]["message"]["events"]
    ]


IDS = {
    "contacts": "CONTACT_ID",
    "accounts": "ORGANISATION_ID",
    "leads": "LEAD_ID",
    "opportunities": "OPPORTUNITY_ID",
}
COLLECTIONS = {
    "contacts": ("Contacts", {"TITLE": "Countess"}),
    "accounts": ("Organisations", {"BACKGROUND": "prints"}),
    "leads": ("Leads", {"TITLE": "Engineer"}),
    "opportunities": ("Opportunities", {"PROBABILITY": 5}),
}


def test_the_guides_instance_reports_created_then_updated_for_all_four_resources_and_nothing_twice(
    world: WorkspaceClients,
) -> None:
    world.platform.create_instance(instance_body(world.credentials, signature_key=KEY))
    world.clock.advance("1m")
    made = make_all(world)
    ids = {resource: str(record[IDS[resource]]) for resource, record in made.items()}

    world.clock.advance("15m")
    created = events(world)
    world.clock.advance("15m")
    for resource, (collection, fields) in COLLECTIONS.items():
        world.crm.update(collection, int(ids[resource]), fields)
    world.clock.advance("1h")

    assert created == [(resource, ids[resource], "CREATED") for resource in IDS]
    assert events(world)[4:] == [(resource, ids[resource], "UPDATED") for resource in IDS]


def test_every_callback_carries_a_signature_over_its_exact_bytes(world: WorkspaceClients) -> None:
    world.platform.create_instance(instance_body(world.credentials, signature_key=KEY))
    world.clock.advance("1m")
    make_all(world)

    world.clock.advance("15m")

    callbacks = world.sink.callbacks()
    assert len(callbacks) == 4
    for callback in callbacks:
        digest = hmac.new(KEY.encode(), callback["body"].encode(), sha256).digest()
        headers = {name.lower(): value for name, value in callback["headers"].items()}
        assert headers["elements-webhook-signature"] == "sha256=" + b64encode(digest).decode()
        assert callback["signature"] == "valid"


def test_the_callback_has_the_captured_shape_to_the_letter(world: WorkspaceClients) -> None:
    instance = world.platform.create_instance(instance_body(world.credentials, signature_key=KEY))
    world.clock.advance("1m")
    contact = world.crm.create("Contacts", {"FIRST_NAME": "Ada", "LAST_NAME": "Lovelace"})
    world.clock.advance("14m")

    (callback,) = world.sink.callbacks()

    envelope = json.loads(callback["body"])
    message = envelope["message"]
    assert callback["body"] == json.dumps(envelope, separators=(",", ":"), ensure_ascii=False)
    assert list(envelope) == ["severity", "createdDate", "topic", "action", "id", "message", "user"]
    assert list(message) == [
        "elementKey", "accountId", "eventId", "companyId", "instanceId", "instance_id", "instanceName",
        "instanceTags", "raw", "userId", "events",
    ]  # fmt: skip
    assert (envelope["severity"], envelope["action"]) == ("medium", "create")
    assert envelope["createdDate"] == "Mon Mar 02 10:15:00 UTC 2026"
    assert envelope["topic"] == f"instance-{instance['id']}-insightly-events"
    assert envelope["user"] == "notifications@cloud-elements.com"
    assert message["events"] == [
        {
            "date": "2026-03-02T10:01:00Z",
            "elementKey": "insightly",
            "pollDate": "2026-03-02T10:15:00Z",
            "eventType": "CREATED",
            "hubKey": "crm",
            "objectId": str(contact["CONTACT_ID"]),
            "objectType": "contacts",
        }
    ]
    assert list(message["raw"]) == ["contacts", "pollDate", "objectType"]
    assert message["raw"]["pollDate"] == 1772446500000
    assert message["raw"]["contacts"][0]["FIRST_NAME"] == "Ada"
    assert message["raw"]["contacts"][0]["DATE_CREATED_UTC"] == "2026-03-02 10:01:00"
