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


@pytest.mark.usefixtures("instance")
def test_setting_a_clock_ahead_runs_nothing_until_time_is_moved(clients, put):
    put({"now": "2026-03-02T12:00:00Z"})
    polled = clients.platform.polls()

    ran = clients.clock.advance(0)

    assert polled == []
    assert ran["polls"] == 4
    assert {poll["at"] for poll in clients.platform.polls()} == {"2026-03-02T12:00:00Z"}


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
    clients.clock.advance("30m")

    clients.reset()

    assert clients.clock.show() == NOW
    assert clients.platform.polls() == []
    assert clients.clock.advance("1h")["polls"] == 0
