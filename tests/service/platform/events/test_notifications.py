"""``/notifications`` and its subscriptions: who is told of what, in whose words, and what is shown of it."""

import json

import pytest

from elements_local.clients import BASE_PATH
from elements_local.kit.api.json_text import decode

BASE = f"{BASE_PATH}/notifications"


@pytest.fixture
def notifications(clients):
    """Call ``/notifications`` and what is below it."""

    def send(method, path="", **given):
        return clients.platform.send(method, BASE + path, **given)

    return send


@pytest.fixture
def call(notifications):
    """Call it, expect success, and return the JSON of the answer."""

    def send(method, path="", **given):
        reply = notifications(method, path, **given)
        assert reply.status == 200, reply.body
        return decode(reply.body) if reply.body else None

    return send


@pytest.fixture
def subscribe(call, clients):
    """Return a function that subscribes to topics, by webhook to the test's sink unless told otherwise."""

    def make(*topics, **body):
        config = {"url": f"{clients.credentials.callback_url}/{len(call('GET', '/subscriptions'))}"}
        return call(
            "POST", "/subscriptions", json={"channel": "webhook", "topics": topics, "config": config} | body
        )

    return make


def ids(found):
    return [one["id"] for one in found]


def test_a_subscription_is_made_shown_listed_and_deleted(call, notifications, subscribe, refused):
    made = subscribe("leaks", "fires")

    shown = call("GET", f"/subscriptions/{made['id']}")
    listed = call("GET", "/subscriptions")
    gone = notifications("DELETE", f"/subscriptions/{made['id']}")

    assert list(made) == ["id", "channel", "topics", "config", "active"]
    assert (made["channel"], made["topics"], made["active"]) == ("webhook", ["leaks", "fires"], True)
    assert made == shown == listed[0]
    assert (gone.status, gone.body) == (200, b"")
    refused(notifications("GET", f"/subscriptions/{made['id']}"), 404)
    assert call("GET", "/subscriptions") == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"config": {"url": None}}, "config.url"),
        ({"config": {}}, "config.url"),
        ({"config": {"url": " "}}, "config.url"),
        ({"config": {"url": 5}}, "config.url"),
        ({"config": None}, "config"),
        ({"topics": []}, "topics"),
        ({"topics": [" "]}, "topics"),
        ({"topics": "leaks"}, "topics"),
        ({"topics": [1]}, "topics"),
        ({"channel": "pigeon"}, "channel"),
        ({"channel": None}, "channel"),
    ],
)
def test_a_subscription_that_could_tell_nobody_is_refused(notifications, refused, change, words):
    body = {"channel": "webhook", "topics": ["leaks"], "config": {"url": "http://127.0.0.1/"}} | change

    assert words in refused(notifications("POST", "/subscriptions", json=body), 400)
    assert decode(notifications("GET", "/subscriptions").body) == []


def test_an_empty_subscription_is_refused(notifications, refused):
    refused(notifications("POST", "/subscriptions", body=b"{}"), 400)


@pytest.mark.parametrize("unknown", ["1", "0", "x", "99999999999999999999", "-1"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/subscriptions/{}"),
        ("DELETE", "/subscriptions/{}"),
        ("GET", "/{}"),
        ("DELETE", "/{}"),
        ("PUT", "/{}/acknowledge"),
        ("GET", "/{}/subscriptions/deliveries"),
        ("GET", "/{}/subscriptions/1/deliveries"),
    ],
)
def test_an_unknown_id_is_not_found(notifications, refused, method, path, unknown):
    assert unknown in refused(notifications(method, path.format(unknown)), 404)


def test_a_notification_is_posted_shown_acknowledged_and_deleted(call, notifications, refused):
    posted = call(
        "POST", "", json={"topic": "leaks", "message": "Drip ✓", "severity": "high", "from": "plumber"}
    )
    number = posted["id"]

    acknowledged = call("PUT", f"/{number}/acknowledge")
    shown = call("GET", f"/{number}")
    listed = call("GET", "?topics[]=leaks")
    gone = notifications("DELETE", f"/{number}")

    assert posted == {
        "id": number,
        "from": "plumber",
        "topic": "leaks",
        "severity": "high",
        "message": "Drip ✓",
        "createdDate": "2026-03-02T10:00:00Z",
        "active": True,
        "acknowledged": False,
    }
    assert acknowledged == shown == listed[0] == posted | {"acknowledged": True}
    assert (gone.status, gone.body) == (200, b"")
    refused(notifications("GET", f"/{number}"), 404)
    assert call("GET", "?topics[]=leaks") == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"message": "no topic"},
        {"topic": ""},
        {"topic": None},
        {"topic": "x", "severity": "dire"},
        {"topic": "x", "message": 1},
        [],
    ],
)
def test_a_notification_without_a_topic_or_with_nonsense_is_refused(notifications, refused, body):
    refused(notifications("POST", "", body=json.dumps(body).encode()), 400)


def test_what_is_left_out_of_a_notification_has_a_default(call):
    posted = call("POST", "", json={"topic": "leaks"})

    assert (posted["from"], posted["severity"], posted["message"]) == (
        "notifications@cloud-elements.com",
        "medium",
        "",
    )


def test_notifications_are_listed_by_topic_in_stretches(call, notifications, refused):
    leaks = [call("POST", "", json={"topic": "leaks"}) for _ in range(3)]
    fire = call("POST", "", json={"topic": "fires"})

    first = notifications("GET", "?topics[]=leaks&topics[]=fires&pageSize=3")
    token = first.headers["Elements-Next-Page-Token"]
    second = notifications("GET", f"?topics[]=leaks&topics[]=fires&pageSize=3&nextPage={token}")

    assert ids(call("GET", "?topics[]=leaks")) == ids(leaks)
    assert ids(decode(first.body)) + ids(decode(second.body)) == [*ids(leaks), fire["id"]]
    assert first.headers["Elements-Total-Count"] == "4"
    assert "Elements-Next-Page-Token" not in second.headers
    assert call("GET", "?topics[]=nobody-ever-named-this") == []
    assert "topics[]" in refused(notifications("GET", ""), 400)


def test_each_subscription_of_a_topic_is_told_once_and_none_of_another(call, clients, subscribe):
    both, one, _ = subscribe("leaks", "fires"), subscribe("leaks"), subscribe("floods")

    posted = call("POST", "", json={"topic": "leaks", "message": "Drip"})
    before = clients.sink.callbacks()
    clients.clock.advance(0)
    told = clients.sink.callbacks()

    assert before == []
    assert sorted(callback["path"].rpartition("/")[2] for callback in told) == ["0", "1"]
    assert {callback["body"] for callback in told} == {told[0]["body"]}
    assert told[0]["json"] == {
        "severity": "medium",
        "createdDate": "Mon Mar 02 10:00:00 UTC 2026",
        "topic": "leaks",
        "action": "create",
        "id": str(posted["id"]),
        "message": "Drip",
        "user": "notifications@cloud-elements.com",
    }
    deliveries = call("GET", f"/{posted['id']}/subscriptions/deliveries")
    assert {one["subscriptionId"]: one["status"] for one in deliveries} == {
        both["id"]: "delivered",
        one["id"]: "delivered",
    }


def test_a_subscription_that_ends_is_told_nothing_more_not_even_what_it_is_owed(call, clients, subscribe):
    made = subscribe("leaks")
    posted = call("POST", "", json={"topic": "leaks"})
    call("DELETE", f"/subscriptions/{made['id']}")

    ran = clients.clock.advance("1h")

    assert (ran["attempts"], clients.sink.callbacks()) == (0, [])
    assert call("GET", f"/{posted['id']}/subscriptions/deliveries") == []


def test_a_notification_that_is_deleted_is_not_sent_any_more(call, clients, subscribe):
    subscribe("leaks")
    posted = call("POST", "", json={"topic": "leaks"})
    call("DELETE", f"/{posted['id']}")

    assert clients.clock.advance("1h")["attempts"] == 0


def test_a_delivery_shows_what_it_is_about_only_when_asked(call, subscribe):
    made = subscribe("leaks")
    posted = call("POST", "", json={"topic": "leaks"})
    path = f"/{posted['id']}/subscriptions/{made['id']}/deliveries"

    plain, full = call("GET", path), call("GET", f"{path}?hydrate=true")

    assert list(plain) == ["notificationId", "subscriptionId", "status", "createdDate", "updatedDate"]
    assert (plain["notificationId"], plain["subscriptionId"], plain["status"]) == (
        posted["id"],
        made["id"],
        "created",
    )
    assert full == plain | {"notification": posted, "subscription": made}


def test_somebody_else_may_subscribe_to_an_instances_topic(call, clients, make_instance):
    instance = make_instance()
    url = f"{clients.credentials.callback_url}/else"
    topic = f"instance-{instance['id']}-insightly-events"
    call("POST", "/subscriptions", json={"channel": "webhook", "topics": [topic], "config": {"url": url}})
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("14m")

    own, other = sorted(clients.sink.callbacks(), key=lambda callback: callback["path"])

    assert own["body"] == other["body"]
    assert (own["signature"], other["signature"]) == ("valid", "absent")
    (shown,) = call("GET", f"?topics[]={topic}")
    assert json.loads(shown["message"]) == own["json"]["message"]
    assert str(shown["id"]) == own["json"]["id"]


def test_an_instances_subscription_is_there_under_its_id_with_its_topic(call, clients, make_instance):
    instance = make_instance()

    shown = call("GET", f"/subscriptions/{instance['subscriptionId']}")

    assert shown["topics"] == [f"instance-{instance['id']}-insightly-events"]
    assert shown["config"] == {"url": clients.credentials.callback_url}


@pytest.mark.parametrize(
    ("config", "to"),
    [({"to": "a@b.example"}, "a@b.example"), ({"email": "c@d.example"}, "c@d.example"), ({}, None)],
)
def test_a_subscriber_by_email_is_written_to_and_nothing_is_sent(call, clients, subscribe, config, to):
    subscribe("leaks", channel="email", config=config)
    posted = call("POST", "", json={"topic": "leaks", "message": "Drip", "from": "plumber"})

    ran = clients.clock.advance(0)

    (email,) = clients.platform.call("GET", "/_local/emails")["emails"]
    assert ran["attempts"] == 0
    assert email == {
        "at": "2026-03-02T10:00:00Z",
        "cause": "subscription",
        "from": "plumber",
        "to": to or clients.credentials.crm_username,
        "subject": "leaks",
        "message": "Drip",
    }
    (delivery,) = call("GET", f"/{posted['id']}/subscriptions/deliveries")
    assert delivery["status"] == "notified"


@pytest.mark.parametrize("channel", ["sms", "push"])
def test_other_channels_count_as_told(call, subscribe, channel):
    subscribe("leaks", channel=channel, config={})
    posted = call("POST", "", json={"topic": "leaks"})

    (delivery,) = call("GET", f"/{posted['id']}/subscriptions/deliveries")

    assert delivery["status"] == "notified"


def test_an_email_is_kept_and_shown_and_answered_with_nothing(notifications, clients):
    body = {"to": "a@b.example, c@d.example", "from": "me", "subject": "Hi", "message": "Hello"}

    reply = notifications("POST", "/emails", json=body)

    assert (reply.status, reply.body) == (200, b"")
    (kept,) = clients.platform.call("GET", "/_local/emails")["emails"]
    assert kept == {"at": "2026-03-02T10:00:00Z", "cause": "asked for", **body}


@pytest.mark.parametrize("body", [b"{}", b'{"to": ""}', b'{"to": null}', b'{"subject": "x"}', b""])
def test_an_email_to_nobody_is_refused(notifications, refused, body):
    refused(notifications("POST", "/emails", body=body), 400)


def test_the_latest_emails_come_last(notifications, clients):
    for number in range(3):
        notifications("POST", "/emails", json={"to": f"{number}@b.example"})

    shown = clients.platform.call("GET", "/_local/emails?limit=2")["emails"]

    assert [email["to"] for email in shown] == ["1@b.example", "2@b.example"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "?topics[]=x"),
        ("POST", ""),
        ("POST", "/emails"),
        ("GET", "/subscriptions"),
        ("POST", "/subscriptions"),
        ("GET", "/subscriptions/deliveries"),
        ("PUT", "/subscriptions/deliveries"),
        ("GET", "/1"),
    ],
)
def test_strangers_are_refused_before_anything_is_looked_at(stranger, refused, method, path):
    refused(stranger.send(method, BASE + path), 401)


def test_another_workspace_sees_none_of_it(call, subscribe, stack_in_process):
    made = subscribe("leaks")
    posted = call("POST", "", json={"topic": "leaks"})
    other = stack_in_process.new_workspace()

    assert other.platform.call("GET", f"{BASE}/subscriptions") == []
    assert other.platform.call("GET", f"{BASE}?topics[]=leaks") == []
    assert other.platform.call("GET", f"{BASE}/subscriptions/deliveries") == []
    assert other.platform.send("GET", f"{BASE}/{posted['id']}").status == 404
    assert other.platform.send("DELETE", f"{BASE}/subscriptions/{made['id']}").status == 404
    stack_in_process.delete_workspace(other.credentials.name)
