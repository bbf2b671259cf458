"""``/_local/clock`` and ``/_local/snapshot`` of the platform: a clock that turns real, and what cannot be said of a workspace."""

import pytest

from elements_local.kit.api.json_text import decode, encode
from elements_local.kit.instants import parse_instant

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def take(clients):
    def taken():
        reply = clients.platform.send("POST", "/_local/snapshot")
        assert reply.status == 200, reply.body
        return reply.body

    return taken


@pytest.fixture
def put(clients):
    def send(raw, query=""):
        return clients.platform.send("PUT", f"/_local/snapshot{query}", body=raw, headers=JSON)

    return send


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


def test_a_real_clock_comes_back_as_one_and_has_no_instant(clients, take, put):
    virtual = take()
    clients.clock.set(mode="real")
    real = take()
    assert decode(real)["memory"]["workspace"]["clock"] == {"mode": "real", "now": None}

    put(virtual)
    assert clients.clock.show() == {"mode": "virtual", "now": "2026-03-02T10:00:00Z"}
    assert take() == virtual

    put(real)
    assert clients.clock.show()["mode"] == "real"
    assert take() == real


OF_THE_WORKSPACE = {
    "a clock that stands nowhere": ({"clock": {"mode": "virtual", "now": None}}, "needs an instant"),
    "a clock of no known mode": ({"clock": {"mode": "slow", "now": None}}, "memory.workspace.clock.mode"),
    "an instant without a zone": (
        {"clock": {"mode": "virtual", "now": "2026-03-02T10:00:00"}},
        "memory.workspace.clock.now",
    ),
    "a seed beyond the database": ({"seed": 2**63}, "memory.workspace.seed"),
    "a secret that could be any word": ({"user_secret": "a"}, "memory.workspace.user_secret"),
    "an unknown key": ({"colour": "red"}, "unknown key 'colour'"),
}


def test_what_cannot_be_said_of_a_workspace_is_refused_and_nothing_changes(clients, make_instance, take, put):
    make_instance()
    taken = take()
    clients.clock.advance("20m")
    before = take()

    for changed, told in OF_THE_WORKSPACE.values():
        document = decode(taken) | {"tables": {}}
        document["memory"]["workspace"] |= changed
        refused = put(encode(document))

        assert refused.status == 400
        assert told in decode(refused.body)["message"]
    assert take() == before
