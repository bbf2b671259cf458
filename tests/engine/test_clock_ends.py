"""A clock goes from 1900 to 9000: it is neither set nor moved beyond, and works at both ends."""

import pytest

from elements_local.errors import CallError
from elements_local.kit.instants import UnreadableTimeError, parse_instant
from elements_local.kit.workspaces.registry import NewWorkspace
from elements_local.start import Options, in_process

FIRST, LAST = "1900-01-01T00:00:00Z", "9000-12-31T23:59:59.999999Z"
BEYOND = ("0001-01-01T00:00:00Z", "1899-12-31T23:59:59Z", "9001-01-01T00:00:00Z", "9999-12-31T23:59:59Z")
SAID = "a clock goes from 1900 to 9000"
TOO_LONG_S = 221_000_000_000


@pytest.mark.parametrize("instant", BEYOND)
def test_no_clock_is_set_or_moved_beyond(clients, instant):
    before, snapshot = clients.clock.show(), clients.platform.call("POST", "/_local/snapshot")
    there = {"now": instant, "mode": "virtual"}
    asked = [
        ("PUT", "/_local/clock", {"now": instant}),
        ("POST", "/_local/clock/advance", {"to": instant}),
        ("POST", "/_local/workspaces", {"start": instant}),
    ]
    for place in ({"start": instant}, {"clock": snapshot["memory"]["workspace"]["clock"] | there}):
        memory = snapshot["memory"] | {"workspace": snapshot["memory"]["workspace"] | place}
        asked.append(("PUT", "/_local/snapshot", snapshot | {"memory": memory}))

    replies = [clients.platform.send(method, path, json=body) for method, path, body in asked]

    assert [(reply.status, SAID in reply.body.decode()) for reply in replies] == [(400, True)] * len(asked)
    assert clients.clock.show() == before
    for make in (NewWorkspace, lambda start: in_process(Options(start=start)).__enter__()):
        with pytest.raises(UnreadableTimeError, match=SAID):
            make(start=parse_instant(instant))


@pytest.mark.parametrize(
    "how_far",
    [
        {"duration": TOO_LONG_S},
        {"idle": "1m", "limit": f"{TOO_LONG_S}s"},
        {"until": {"callbacks": 1}, "limit": f"{TOO_LONG_S}s"},
    ],
)
def test_no_duration_leads_beyond(clients, how_far):
    with pytest.raises(CallError, match=SAID):
        clients.platform.call("POST", "/_local/clock/advance", json=how_far)


@pytest.mark.parametrize("end", [FIRST, LAST])
def test_at_its_ends_everything_works(stack_in_process, poll_contacts, end):
    clients = stack_in_process.new_workspace(start=end)
    instance = poll_contacts(clients)
    clients.crm.seed(2)
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.platform.poll(instance["id"])
    clients.crm.create("Contacts", {"FIRST_NAME": "Grace"})

    for how_far in ({"duration": "1h"}, {"next": True}, {"idle": "1m"}):
        reply = clients.platform.send("POST", "/_local/clock/advance", json=how_far)
        assert reply.status in (200, 400), reply.body

    assert clients.platform.call("GET", f"/_local/audit?instanceId={instance['id']}")["lost"] == []
    stack_in_process.delete_workspace(clients.credentials.name)
