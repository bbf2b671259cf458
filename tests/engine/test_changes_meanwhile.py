"""What happens to an instance while a change of it, a poll or a delivery is under way: nothing of it is lost."""

import pytest

from elements_local.clients import BASE_PATH
from mock_kit.json_text import decode

POLL_FAILURE = {"match": {"path": "*/contacts*"}, "effect": {"status": 500}}


@pytest.fixture
def doors(own_stack):
    """A workspace whose pollers are switched off by their second failure in a row."""
    return own_stack(PLATFORM_POLL_FAILURE_LIMIT="2").workspace()


@pytest.fixture
def call(doors):
    def send(method, path, **given):
        return doors.platform.send(method, f"{BASE_PATH}{path}", **given)

    return send


CHANGES = {
    "a patch": lambda url: ("PATCH", "", {"configuration": {"base.url": url}, "tags": ["moved"]}),
    "an entry": lambda url: ("PATCH", "/configuration/5993002", {"propertyValue": url}),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_poller_that_is_switched_off_while_the_crm_is_asked_stays_off(
    *, doors, call, poll_contacts, receiver, change
):
    instance = poll_contacts(doors)
    doors.crm.script_faults([POLL_FAILURE])
    receiver.meanwhile = lambda: doors.clock.advance("30m")
    method, path, body = change(receiver.url)

    changed = call(method, f"/instances/{instance['id']}{path}", json=body)
    ran = doors.clock.advance("1h")

    assert changed.status == 200
    shown = decode(call("GET", f"/instances/{instance['id']}").body)
    assert shown["configuration"]["base.url"] == receiver.url
    assert [each["id"] for each in decode(call("GET", "/instances/polling-disabled").body)] == [
        instance["id"]
    ]
    assert len(doors.platform.polls()) == 2
    assert ran["polls"] == 0


def test_failures_of_a_poller_while_the_crm_is_asked_are_still_counted(doors, call, poll_contacts, receiver):
    instance = poll_contacts(doors)
    doors.crm.script_faults([POLL_FAILURE])
    receiver.meanwhile = lambda: doors.clock.advance("15m")

    call("PATCH", f"/instances/{instance['id']}", json={"configuration": {"base.url": receiver.url}})
    receiver.status = 500
    receiver.meanwhile = lambda: None
    ran = doors.clock.advance("1h")

    assert ran["polls"] == 1


def test_two_changes_at_once_are_both_kept(doors, call, poll_contacts, receiver):
    instance = poll_contacts(doors)
    path = f"/instances/{instance['id']}"
    receiver.meanwhile = lambda: call("PATCH", path, json={"name": "Renamed", "configuration": {"mine": "1"}})

    answered = call("PATCH", path, json={"configuration": {"base.url": receiver.url}})

    kept = decode(call("GET", path).body)
    assert decode(answered.body) == kept
    assert (kept["name"], kept["configuration"]["mine"], kept["configuration"]["base.url"]) == (
        "Renamed",
        "1",
        receiver.url,
    )


def test_an_instance_that_is_deleted_while_the_crm_is_asked_is_not_found(
    doors, call, poll_contacts, receiver
):
    instance = poll_contacts(doors)
    path = f"/instances/{instance['id']}"
    receiver.meanwhile = lambda: call("DELETE", path)

    answered = call("PATCH", path, json={"configuration": {"base.url": receiver.url}})

    assert answered.status == 404
    assert call("GET", "/instances").status == 404
    assert doors.clock.advance("1h")["polls"] == 0
