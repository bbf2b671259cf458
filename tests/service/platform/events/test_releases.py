"""``/notifications/subscriptions/deliveries``: what became of callbacks, found by clauses and sent again."""

from urllib.parse import quote

import pytest

from elements_local.clients import BASE_PATH
from elements_local.kit.api.json_text import decode

PATH = f"{BASE_PATH}/notifications/subscriptions/deliveries"


@pytest.fixture
def deliveries(clients):
    """Call the deliveries that a clause describes."""

    def send(method, where=None, *, more=""):
        query = "" if where is None else f"?where={quote(where)}{more}"
        return clients.platform.send(method, PATH + query)

    return send


@pytest.fixture
def statuses(deliveries):
    """Return the states of the deliveries that a clause describes."""

    def found(where=None):
        reply = deliveries("GET", where)
        assert reply.status == 200, reply.body
        return [one["status"] for one in decode(reply.body)]

    return found


@pytest.fixture
def told(clients):
    """Return a function that subscribes URLs to a topic and posts a notification to it; gives its id."""

    def post(*paths):
        base = f"{BASE_PATH}/notifications"
        for path in paths:
            config = {"url": clients.credentials.callback_url + path}
            body = {"channel": "webhook", "topics": ["leaks"], "config": config}
            clients.platform.call("POST", f"{base}/subscriptions", json=body)
        return clients.platform.call("POST", base, json={"topic": "leaks", "message": "Drip"})["id"]

    return post


def test_a_dead_subscription_queues_what_comes_and_a_release_sends_all_of_it_in_order_and_revives_it(
    stack_set_to,
):
    clients = stack_set_to({"ELEMENTS_LOCAL_PLATFORM_RETRY_SCHEDULE": "open-connectors"}).new_workspace()
    base = f"{BASE_PATH}/notifications"
    config = {"url": clients.credentials.callback_url}
    made = clients.platform.call(
        "POST", f"{base}/subscriptions", json={"channel": "webhook", "topics": ["leaks"], "config": config}
    )

    def post(message):
        return clients.platform.call("POST", base, json={"topic": "leaks", "message": message})

    def subscription():
        return clients.platform.call("GET", f"{base}/subscriptions/{made['id']}")

    clients.sink.respond({"status": 503})
    post("first")
    clients.clock.advance("10h")
    dead = subscription()
    post("second")
    post("third")
    silent = clients.clock.advance("1h")
    clients.sink.respond({"status": 200})
    before = len(clients.sink.callbacks())

    where = quote("channel='webhook' and status='queued'")
    released = clients.platform.call("PUT", f"{PATH}?where={where}&hydrate=true")
    ran = clients.clock.advance(0)

    assert (before, dead["active"], silent["attempts"]) == (6, False, 0)
    assert [one["notification"]["message"] for one in released] == ["first", "second", "third"]
    assert {one["subscription"]["active"] for one in released} == {True}
    assert (ran["attempts"], ran["deliveries"]) == (3, 3)
    assert [each["json"]["message"] for each in clients.sink.callbacks()[before:]] == [
        "first",
        "second",
        "third",
    ]
    post("fourth")
    assert clients.clock.advance(0)["deliveries"] == 1


def test_tries_that_were_planned_when_the_subscription_died_are_queued_and_not_made(clients, told, statuses):
    clients.sink.respond({"status": 503})
    told("/a")
    clients.clock.advance("3 days")
    told()
    clients.clock.advance("2 days")

    shown = clients.platform.call("GET", "/_local/deliveries")["deliveries"]

    assert statuses() == ["queued", "queued"]
    assert [len(one["attempts"]) for one in shown] == [10, 6]
    assert clients.clock.advance("10 days")["attempts"] == 0


@pytest.mark.parametrize(
    ("clause", "paths"),
    [
        ("config.url='{base}/a'", ["a"]),
        ("channel='webhook' and config.url='{base}/b'", ["b"]),
        ("channel='WEBHOOK'", ["a", "b", "c"]),
        ("config.url LIKE '%/c'", ["c"]),
        ("status='delivered' and config.url IN ('{base}/a', '{base}/c')", ["a", "c"]),
        ("status != 'delivered'", []),
        ("channel='email'", []),
    ],
)
def test_a_clause_finds_and_releases_the_same_deliveries(clients, told, deliveries, clause, paths):
    told("/a", "/b", "/c")
    clients.clock.advance(0)
    where = clause.format(base=clients.credentials.callback_url)

    found = decode(deliveries("GET", where, more="&hydrate=true").body)
    released = decode(deliveries("PUT", where).body)
    ran = clients.clock.advance(0)

    assert [one["subscription"]["config"]["url"].rpartition("/")[2] for one in found] == paths
    assert [one["subscriptionId"] for one in released] == [one["subscriptionId"] for one in found]
    assert ran["deliveries"] == len(paths)


def test_a_delivery_that_waits_for_its_next_try_is_made_at_once_and_once(clients, told, deliveries):
    clients.sink.respond({"status": 503, "times": 1})
    told("/a")
    clients.clock.advance("1s")

    deliveries("PUT", "status='retry'")
    ran = clients.clock.advance("10 days")

    assert (ran["attempts"], ran["deliveries"]) == (1, 1)
    (shown,) = clients.platform.call("GET", "/_local/deliveries")["deliveries"]
    assert [(one["number"], one["at"][17:], one["outcome"]) for one in shown["attempts"]] == [
        (1, "00Z", "answered 503"),
        (2, "01Z", "delivered"),
    ]


def test_when_all_tries_are_used_the_owner_is_written_to_once_and_the_email_names_the_instance(
    clients, make_instance
):
    instance = make_instance({"event.poller.refresh_interval": 100_000}, name="Ours")
    clients.sink.respond({"status": 503})
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.platform.poll(instance["id"])
    clients.clock.advance("4 days")

    (email,) = clients.platform.call("GET", "/_local/emails")["emails"]

    assert (email["to"], email["cause"]) == (clients.credentials.crm_username, "delivery failed")
    assert f"Ours (instance {instance['id']})" in email["subject"]
    assert "answered 503" in email["message"]
    assert email["at"] == "2026-03-05T10:50:04Z"
