"""An advance that is started and asked for: begun at once or refused, found at its place, ended like any other."""

from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from deadline import DEADLINE_S

from elements_local.clients.errors import CallError
from elements_local.clients.workspace_clients import ServiceClient
from elements_local.kit.api.json_text import decode
from elements_local.platform.errors import ConflictError, InvalidRequestError

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
PLACE = "/_local/clock/advance"


@pytest.fixture
def start(clients):
    """Return a function that asks for an advance and does not wait for it."""
    platform = clients.platform
    asking = ServiceClient(
        http=platform.http, url=platform.url, headers=platform.headers | {"Prefer": "respond-async, wait=1"}
    )
    return lambda goal: asking.send("POST", PLACE, json=goal)


def latest(clients, wait=30):
    return clients.platform.call("GET", f"{PLACE}?wait={wait}")


def test_one_is_answered_as_it_begins_and_is_found_with_its_end_at_its_place(clients, poll_contacts, start):
    poll_contacts(clients)

    told = start({"duration": "1h"})
    ended = latest(clients)

    assert told.status == 202
    assert (told.header("Location"), told.header("Preference-Applied")) == (PLACE, "respond-async")
    begun = decode(told.body)
    assert begun == {
        "from": "2026-03-02T10:00:00Z", "to": "2026-03-02T11:00:00Z", "state": "under way",
        "polls": 0, "events": 0, "deliveries": 0, "attempts": 0,
    }  # fmt: skip
    assert ended == {
        "from": "2026-03-02T10:00:00Z", "to": "2026-03-02T11:00:00Z", "now": "2026-03-02T11:00:00Z", "state": "done",
        "polls": 4, "events": 0, "deliveries": 0, "attempts": 0,
    }  # fmt: skip
    assert clients.clock.advance("15m")["polls"] == 1
    assert latest(clients)["now"] == "2026-03-02T11:00:00Z"


def test_one_is_under_way_until_it_is_ended_by_whoever_asks(clients, poll_contacts, receiver, start):
    called, go_on = Event(), Event()
    receiver.meanwhile = lambda: (called.set(), go_on.wait(DEADLINE_S))
    poll_contacts(clients, configuration={"event.notification.callback.url": receiver.url})
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})

    start({"to": "2026-03-02T11:00:00Z"})
    assert called.wait(DEADLINE_S)
    try:
        meanwhile, second = latest(clients, wait=0), start({"duration": "1h"})
        clients.platform.call("DELETE", PLACE)
    finally:
        go_on.set()
    ended = latest(clients)

    assert (meanwhile["state"], "now" in meanwhile) == ("under way", False)
    assert second.status == 409
    assert (ended["state"], ended["stopped"], ended["now"]) == ("done", "asked", "2026-03-02T10:15:00Z")
    assert (ended["events"], ended["deliveries"]) == (1, 1)


BAD = {
    "a goal that cannot be": ({"idle": "-1m"}, 400, "idle must be"),
    "a time that has been": ({"to": "2026-03-02T09:00:00Z"}, 400, "time only moves forward"),
}


@pytest.mark.parametrize(("goal", "status", "said"), BAD.values(), ids=BAD)
def test_one_that_is_refused_is_refused_at_once_and_leaves_nothing_to_look_at(
    clients, start, goal, status, said
):
    refused = start(goal)

    assert refused.status == status
    assert said in decode(refused.body)["message"]
    assert clients.clock.show()["now"] == "2026-03-02T10:00:00Z"
    with pytest.raises(CallError) as none:
        latest(clients)
    assert none.value.status == 404
    assert "respond-async" in none.value.body


def test_a_wait_is_a_minute_at_the_most(clients):
    with pytest.raises(CallError) as refused:
        latest(clients, wait=61)

    assert refused.value.status == 400


def test_a_reset_forgets_it(clients, poll_contacts, start):
    poll_contacts(clients)
    start({"duration": "15m"})
    latest(clients)

    clients.platform.call("POST", "/_local/reset")

    with pytest.raises(CallError) as none:
        latest(clients)
    assert none.value.status == 404


def test_what_breaks_it_off_is_told_with_where_time_stands(bench, found):
    workspace = bench.workspace()
    bench.instance(workspace, url="http://broken.test/")
    bench.wire.answer = lambda method, *_: found((1, 1, 1)) if method == "GET" else 1 / 0

    run = bench.engine.start_advance(workspace, START + timedelta(hours=1))

    assert bench.engine.started_advance(workspace, patience_s=DEADLINE_S) is run
    assert run.failure.startswith("ZeroDivisionError; this is a defect")
    assert run.ended == START + timedelta(minutes=15)


def test_a_stop_of_the_stack_waits_for_its_job_to_end(bench, found):
    workspace = bench.workspace()
    bench.instance(workspace)
    called = Event()

    def answer_once_it_is_to_stop(*_):
        called.set()
        while bench.engine.run_of(workspace).stopped is None:
            Event().wait(0.001)
        return found()

    bench.wire.answer = answer_once_it_is_to_stop
    run = bench.engine.start_advance(workspace, START + timedelta(hours=1))
    assert called.wait(DEADLINE_S)
    bench.engine.stop()

    assert (run.stopped, run.failure) == ("shutdown", "")
    assert run.ended is not None


def test_a_second_one_and_one_on_a_real_clock_are_refused_as_any_advance_is(bench):
    workspace = bench.workspace()

    with pytest.raises(InvalidRequestError):
        bench.engine.start_advance(workspace, START - timedelta(seconds=1))
    with bench.engine.exclusive(workspace), pytest.raises(ConflictError):
        bench.engine.start_advance(workspace, START + timedelta(hours=1))

    assert bench.engine.started_advance(workspace) is None
