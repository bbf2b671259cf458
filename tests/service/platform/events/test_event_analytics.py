"""``/instances/events/analytics``: how many events there were, by time, by instance and by account."""

import pytest

from elements_local.kit.api.json_text import decode

HOUR = "from=2026-03-02T10:00:00Z&to=2026-03-02T11:00:00Z"


@pytest.fixture
def analytics(instances):
    return lambda query="", kind="": decode(instances("GET", f"/events/analytics{kind}?{query}").body)


@pytest.fixture
def two(clients, make_instance):
    """Two instances; the first has an event that was taken at 10:15, the second one that was not, at 10:15 and :30."""
    taken = make_instance({"event.notification.callback.url": clients.credentials.callback_url})
    failing = make_instance({"event.notification.callback.url": "http://127.0.0.1:1/nobody"})
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("14m")
    clients.platform.patch_instance(taken["id"], {"configuration": {"event.notification.enabled": False}})
    clients.crm.create("Contacts", {"FIRST_NAME": "Eve"})
    clients.clock.advance("1s")
    clients.crm.create("Contacts", {"FIRST_NAME": "Eve"})
    clients.clock.advance("15m")
    return taken, failing


@pytest.mark.usefixtures("two")
def test_an_hour_by_the_minute_has_61_entries_the_empty_ones_included(analytics):
    found = analytics(f"{HOUR}&interval=minute")

    assert [entry["timestamp"] for entry in found] == [f"2026-03-02T10:{m:02}:00Z" for m in range(60)] + [
        "2026-03-02T11:00:00Z"
    ]
    assert {entry["timestamp"][11:16]: entry["count"] for entry in found if entry["count"]} == {
        "10:15": 2,
        "10:30": 1,
    }
    assert all(set(entry) == {"timestamp", "count", "total"} for entry in found)
    assert all(entry["count"] == entry["total"] for entry in found)


@pytest.mark.assumed
@pytest.mark.usefixtures("two")
def test_without_a_word_the_last_24_hours_are_counted_by_the_hour(analytics):
    found = analytics()

    assert len(found) == 25
    assert (found[0]["timestamp"], found[0]["count"]) == ("2026-03-01T10:00:00Z", 0)
    assert (found[-1]["timestamp"], found[-1]["count"]) == ("2026-03-02T10:00:00Z", 3)


@pytest.mark.parametrize("path", ["analytics", "analytics/instances", "analytics/accounts", "dispositions"])
def test_nothing_has_to_be_said_to_be_answered_with_a_list(instances, path):
    reply = instances("GET", f"/events/{path}")

    assert (reply.status, type(decode(reply.body))) == (200, list)


def test_events_are_counted_by_instance_with_those_that_were_taken_and_those_that_failed(two, analytics):
    taken, failing = two

    (entry,) = analytics("from=2026-03-02&to=2026-03-03T00:00:00Z&interval=month", "/instances")

    assert (entry["timestamp"], entry["count"], entry["total"]) == ("2026-03-01T00:00:00Z", 3, 3)
    assert entry["records"] == [
        {"instanceId": taken["id"], "count": 1, "success": 1, "failed": 0},
        {"instanceId": failing["id"], "count": 2, "success": 0, "failed": 2},
    ]


@pytest.mark.usefixtures("two")
def test_events_are_counted_by_the_account_that_owns_their_instances(analytics):
    entries = analytics(f"{HOUR}&interval=hour", "/accounts")

    assert [entry["total"] for entry in entries] == [3, 0]
    (record,) = entries[0]["records"]
    assert {key: record[key] for key in ("count", "success", "failed")} == {
        "count": 3,
        "success": 1,
        "failed": 2,
    }
    assert entries[1]["records"] == []


@pytest.mark.usefixtures("two")
def test_the_ends_of_a_range_count_in_and_what_lies_outside_does_not(analytics):
    def total(query):
        return sum(entry["count"] for entry in analytics(query))

    assert total("from=2026-03-02T10:15:00Z&to=2026-03-02T10:30:00Z") == 3
    assert total("from=2026-03-02T10:15:01Z&to=2026-03-02T10:30:00Z") == 1
    assert total("from=2026-03-02T10:15:00Z&to=2026-03-02T10:29:59Z") == 2


@pytest.mark.parametrize("kind", ["", "/instances", "/accounts"])
class TestRefusals:
    def test_an_end_before_the_start(self, instances, refused, kind):
        query = "from=2026-03-02T11:00:00Z&to=2026-03-02T10:00:00Z"

        assert refused(instances("GET", f"/events/analytics{kind}?{query}"), 400).startswith(
            "to must not lie before from"
        )

    def test_an_interval_that_is_too_fine(self, instances, refused, kind):
        query = "from=2026-03-01T10:00:00Z&to=2026-03-02T10:00:00Z&interval=second"

        assert "too fine" in refused(instances("GET", f"/events/analytics{kind}?{query}"), 400)

    @pytest.mark.parametrize(
        "query", ["from=yesterday", "to=%00", "interval=fortnight", "interval=", "from="]
    )
    def test_what_is_no_instant_or_no_interval(self, instances, refused, kind, query):
        refused(instances("GET", f"/events/analytics{kind}?{query}"), 400)

    @pytest.mark.parametrize("account", ["0", "x", "-1"])
    def test_an_account_that_is_not_the_callers(self, instances, refused, kind, account):
        refused(instances("GET", f"/events/analytics{kind}?accountIds[]={account}"), 403)

    def test_a_stranger(self, instances, refused, kind):
        refused(instances("GET", f"/events/analytics{kind}", headers={"Authorization": "User x"}), 401)


def test_the_callers_own_account_may_be_named(two, clients, analytics):
    (callback, *_) = clients.sink.callbacks()
    account = callback["json"]["message"]["accountId"]

    found = analytics(f"{HOUR}&accountIds[]={account}", "/accounts")

    assert two
    assert found[0]["records"][0]["accountId"] == account


def test_the_limit_of_entries_can_be_set(own_stack):
    stack = own_stack({"ELEMENTS_LOCAL_PLATFORM_ANALYTICS_LIMIT": "2"})
    clients = stack.workspace()
    path = "/elements/api-v2/instances/events/analytics"

    assert clients.platform.send("GET", f"{path}?{HOUR}&interval=hour").status == 200
    assert clients.platform.send("GET", f"{path}?{HOUR}&interval=minute").status == 400


@pytest.mark.usefixtures("two")
def test_events_that_are_too_old_to_be_shown_are_not_counted(clients, analytics):
    clients.clock.advance("6d 23h 50m")

    entries = analytics("from=2026-03-02T10:00:00Z&to=2026-03-02T10:59:59Z&interval=hour")

    assert [entry["count"] for entry in entries] == [1]
