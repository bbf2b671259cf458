"""``/_local/clock``: telling the time, setting it, and advancing it."""

import pytest

from elements_local.kit.api.json_text import decode
from elements_local.kit.instants import parse_instant

NOW = {"mode": "virtual", "now": "2026-03-02T10:00:00Z"}


@pytest.fixture
def advance(clients):
    return lambda body: clients.platform.send("POST", "/_local/clock/advance", json=body)


@pytest.fixture
def put(clients):
    return lambda body: clients.platform.send("PUT", "/_local/clock", json=body)


def test_a_virtual_clock_stands_still_until_it_is_moved(clients):
    assert [clients.clock.show() for _ in range(3)] == [NOW] * 3


@pytest.mark.parametrize(
    ("body", "now"),
    [
        ({"duration": "15m"}, "2026-03-02T10:15:00Z"),
        ({"duration": 90}, "2026-03-02T10:01:30Z"),
        ({"duration": 0.5}, "2026-03-02T10:00:00.500000Z"),
        ({"duration": "1h 30m"}, "2026-03-02T11:30:00Z"),
        ({"duration": "2 days"}, "2026-03-04T10:00:00Z"),
        ({"duration": 0}, "2026-03-02T10:00:00Z"),
        ({"to": "2026-03-02T10:15:00Z"}, "2026-03-02T10:15:00Z"),
        ({"to": "2026-03-02 10:15:00"}, "2026-03-02T10:15:00Z"),
        ({"to": "2026-03-02T12:15:00+02:00"}, "2026-03-02T10:15:00Z"),
        ({"to": "2026-03-02T10:00:00Z"}, "2026-03-02T10:00:00Z"),
        ({"to": "9999-12-31T23:59:59Z"}, "9999-12-31T23:59:59Z"),
    ],
)
def test_time_is_moved_by_a_duration_or_to_an_instant(clients, advance, body, now):
    ran = decode(advance(body).body)

    nothing = {"polls": 0, "events": 0, "deliveries": 0, "attempts": 0}
    assert ran == {"from": "2026-03-02T10:00:00Z", "now": now} | nothing
    assert clients.clock.show() == {"mode": "virtual", "now": now}


REFUSED = {
    "both": ({"duration": "15m", "to": "2026-03-02T10:15:00Z"}, "one of the two"),
    "neither": ({}, "one of the two"),
    "nulls": ({"duration": None, "to": None}, "one of the two"),
    "back by a duration": ({"duration": "-1s"}, "time only moves forward: it is 2026-03-02T10:00:00Z"),
    "back by a number": ({"duration": -0.000001}, "time only moves forward"),
    "back to an instant": ({"to": "2026-03-02T09:59:59.999999Z"}, "time only moves forward"),
    "no duration": ({"duration": "soon"}, "expected a duration such as 15m"),
    "an empty duration": ({"duration": ""}, "expected a duration such as 15m"),
    "half a duration": ({"duration": "1.2.3s"}, "expected a duration such as 15m"),
    "a duration that is a flag": (
        {"duration": True},
        "duration must be a text or a whole number or a number; got true",
    ),
    "a duration that is a list": (
        {"duration": [15]},
        "duration must be a text or a whole number or a number; got a list of 1 value",
    ),
    "no instant": ({"to": "tomorrow"}, "expected an instant such as 2026-03-02T10:00:00Z"),
    "an empty instant": ({"to": ""}, "expected an instant such as"),
    "an instant that is a number": ({"to": 1772445600}, "to must be a text; got 1772445600"),
    "a day that is none": ({"to": "2026-02-30T10:00:00Z"}, "expected an instant such as"),
    "beyond the calendar": ({"duration": "3000000 days"}, "lies beyond the calendar"),
    "beyond the calendar by a second": ({"duration": 252455616000}, "lies beyond the calendar"),
    "beyond all durations": ({"duration": 1e300}, "a duration that a calendar can hold"),
    "an instant beyond the calendar": ({"to": "9999-12-31T23:59:59-01:00"}, "expected an instant such as"),
    "another key": ({"duration": "15m", "until": "x"}, "unknown key 'until'"),
    "an array": ([], "the body must be an object; got an empty list"),
}


@pytest.mark.parametrize(("body", "words"), REFUSED.values(), ids=REFUSED)
@pytest.mark.usefixtures("instance")
def test_an_advance_that_cannot_be_is_refused_and_nothing_moves(
    *, clients, advance, refused, unchanged, body, words
):
    with unchanged():
        reply = advance(body)

    assert words in refused(reply, 400)
    assert clients.clock.show() == NOW


@pytest.mark.parametrize("body", [b"", b"{", b"15m"])
def test_an_advance_without_json_is_refused(clients, refused, body):
    assert refused(clients.platform.send("POST", "/_local/clock/advance", body=body), 400).startswith(
        "Malformed JSON"
    )


def test_a_real_clock_is_not_advanced(stack_in_process, refused):
    clients = stack_in_process.new_workspace(clock="real")

    reply = clients.platform.send("POST", "/_local/clock/advance", json={"duration": "15m"})

    assert "the clock is real and moves by itself" in refused(reply, 409)
    stack_in_process.delete_workspace(clients.credentials.name)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ({}, NOW),
        ({"mode": None, "now": None}, NOW),
        ({"mode": "virtual"}, NOW),
        ({"now": "2026-03-02T12:00:00Z"}, {"mode": "virtual", "now": "2026-03-02T12:00:00Z"}),
        ({"now": "2020-01-01T00:00:00Z"}, {"mode": "virtual", "now": "2020-01-01T00:00:00Z"}),
        ({"mode": "virtual", "now": "2027-01-01"}, {"mode": "virtual", "now": "2027-01-01T00:00:00Z"}),
    ],
)
def test_a_clock_is_set_to_any_instant_while_nothing_is_planned(clients, put, body, shown):
    assert decode(put(body).body) == shown
    assert clients.clock.show() == shown


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"mode": "lunar"}, "mode must be one of "),
        ({"mode": ""}, "mode must be one of "),
        ({"mode": 1}, "mode must be one of real, virtual; got 1"),
        ({"now": "soon"}, "expected an instant such as"),
        ({"now": 5}, "now must be a text; got 5"),
        ({"mode": "real", "now": "2026-03-02T10:00:00Z"}, "a real clock follows the machine"),
        ({"then": "x"}, "unknown key 'then'"),
        ([], "the body must be an object; got an empty list"),
    ],
)
@pytest.mark.usefixtures("clients", "instance")
def test_a_clock_that_cannot_be_is_refused(put, refused, unchanged, body, words):
    with unchanged():
        reply = put(body)

    assert words in refused(reply, 400)


@pytest.mark.usefixtures("instance")
def test_setting_a_clock_ahead_runs_nothing_until_time_is_moved(clients, put):
    put({"now": "2026-03-02T12:00:00Z"})
    polled = clients.platform.polls()

    ran = clients.clock.advance(0)

    assert polled == []
    assert ran["polls"] == 4
    assert {poll["at"] for poll in clients.platform.polls()} == {"2026-03-02T12:00:00Z"}


@pytest.mark.usefixtures("instance")
def test_a_clock_does_not_go_back_while_something_is_planned(put, refused, unchanged):
    with unchanged():
        reply = put({"now": "2026-03-02T09:59:59Z"})

    assert refused(reply, 409) == (
        "the clock cannot go back from 2026-03-02T10:00:00Z to 2026-03-02T09:59:59Z while 1 polls or deliveries "
        "are planned; reset the workspace first"
    )


def test_a_clock_that_is_ahead_of_the_machines_does_not_turn_real_while_something_is_planned(
    stack_in_process, body_of, refused
):
    clients = stack_in_process.new_workspace(start="9000-01-01T00:00:00Z")
    body = body_of({"username": "x", "password": clients.credentials.crm_api_key})
    clients.platform.create_instance(body)

    reply = clients.platform.send("PUT", "/_local/clock", json={"mode": "real"})

    assert "the clock cannot go back" in refused(reply, 409)
    assert clients.clock.show() == {"mode": "virtual", "now": "9000-01-01T00:00:00Z"}
    stack_in_process.delete_workspace(clients.credentials.name)


def test_a_clock_turns_real_and_virtual_again_where_it_stands(clients):
    real = clients.clock.set(mode="real")
    virtual = clients.clock.set(mode="virtual")

    assert real["mode"] == "real"
    assert virtual["mode"] == "virtual"
    assert parse_instant(virtual["now"]) >= parse_instant(real["now"])
    assert clients.clock.show() == virtual


@pytest.mark.usefixtures("instance")
def test_a_reset_takes_a_virtual_clock_back_to_its_start(clients):
    clients.clock.advance("2 days")

    clients.reset()

    assert clients.clock.show() == NOW
    assert clients.platform.polls() == []
    assert clients.clock.advance("1h")["polls"] == 0
