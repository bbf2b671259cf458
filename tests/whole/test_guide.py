"""The main job over real ports: the guide's JSON, a change, time, and a signed callback of the captured shape."""

import hmac
import json
from base64 import b64encode
from hashlib import sha256

from elements_local.guide import instance_body

KEY = "s3cret of the tester"


def test_a_change_comes_in_a_callback_of_the_captured_shape_signed_over_its_exact_bytes(stack_on_ports):
    world = stack_on_ports.new_workspace()
    instance = world.platform.create_instance(instance_body(world.credentials, signature_key=KEY))
    world.clock.advance("1m")
    contact = world.crm.create("Contacts", {"FIRST_NAME": "Ada", "LAST_NAME": "Lovelace"})
    world.clock.advance("14m")

    (callback,) = world.sink.callbacks()
    stack_on_ports.delete_workspace(world.credentials.name)

    digest = hmac.new(KEY.encode(), callback["body"].encode(), sha256).digest()
    headers = {name.lower(): value for name, value in callback["headers"].items()}
    assert headers["elements-webhook-signature"] == "sha256=" + b64encode(digest).decode()
    assert callback["signature"] == "valid"
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
