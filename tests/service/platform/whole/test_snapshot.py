"""``/_local/snapshot`` of the platform: whatever it knows comes back, time included, and what was due is due again."""

import pytest

from elements_local.kit.api.json_text import decode, encode

JSON = {"Content-Type": "application/json"}
ADDED = {
    "attempts",
    "bulk_jobs",
    "bulk_rows",
    "counters",
    "deliveries",
    "instance_tags",
    "instances",
    "jobs",
    "last_polls",
    "notifications",
    "polls",
    "sessions",
    "subscribed_topics",
    "subscriptions",
    "traces",
    "accounts",
}


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


@pytest.fixture
def busy(clients, make_instance, directory):
    """A workspace in which something of nearly every kind has happened; returns the headers of who signed in."""
    clients.clock.advance("1m")
    instance = make_instance(providerData={"code": "x", "debug": True})
    hub = clients.platform.hub(instance["token"])
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    hub.call("POST", "/bulk/query?q=select * from contacts".replace(" ", "%20"))
    config = {"url": f"{clients.credentials.callback_url}/news"}
    directory.json(
        "POST",
        "/notifications/subscriptions",
        json={"channel": "webhook", "topics": ["news"], "config": config},
    )
    signed = directory.json(
        "POST", "/authentication", json={"username": clients.credentials.crm_username, "password": "any"}
    )
    clients.sink.respond({"status": 503, "times": 2})
    clients.clock.advance("15m")
    return {"Authorization": f"Bearer {signed['token']}"}


@pytest.mark.usefixtures("busy")
def test_whatever_the_platform_knows_comes_back_to_the_byte(clients, take, put):
    before = take()
    shown = clients.platform.polls(), clients.clock.show()
    clients.platform.call("POST", "/_local/reset")
    clients.clock.advance("3h")

    assert put(before).status == 200

    assert take() == before
    assert (clients.platform.polls(), clients.clock.show()) == shown
    assert {name.removeprefix("platform_") for name in decode(before)["tables"]} >= ADDED


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


def test_what_cannot_be_said_of_a_workspace_is_refused_and_nothing_changes(
    clients, make_instance, take, put, unchanged
):
    make_instance()
    taken = take()
    clients.clock.advance("20m")

    with unchanged():
        for changed, told in OF_THE_WORKSPACE.values():
            document = decode(taken) | {"tables": {}}
            document["memory"]["workspace"] |= changed
            refused = put(encode(document))

            assert refused.status == 400
            assert told in decode(refused.body)["message"]
