"""Of a tenant's callbacks a scenario sees what is about its own records alone."""

from datetime import UTC, datetime

from each_row import each_row

from elements_local.commands.tenant_replay.own_data import OwnCallbacks

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


class _Reader:
    can_fail = False

    def __init__(self, *callbacks):
        self.come = list(callbacks)

    def callbacks(self):
        return self.come


def callback(*records, instance=1, kind="contacts"):
    events = [{"objectType": kind, "objectId": str(each), "eventType": "CREATED"} for each in records]
    raw = {"objectType": kind, kind: [{"CONTACT_ID": each} for each in records]}
    return {"json": {"message": {"instanceId": instance, "events": events, "raw": raw}}, "body": ""}


def seen(*callbacks, records=("7", "8")):
    reader = _Reader()
    own = OwnCallbacks(reader, lambda: NOW, instances=lambda: {1, 2}, records=lambda: {*records})
    reader.come += callbacks
    return own.callbacks()


def test_what_came_before_is_not_seen():
    own = OwnCallbacks(_Reader(callback(7)), lambda: NOW, instances=lambda: {1}, records=lambda: {"7"})

    assert own.callbacks() == []


@each_row(
    "foreign",
    [
        callback(9),
        callback(7, instance=3),
        callback(),
        {"json": None, "body": "x"},
        {"json": [], "body": "[]"},
    ],
)
def test_what_is_about_others_is_not_seen(foreign):
    assert seen(foreign) == []


def test_of_a_callback_about_both_the_own_part_is_seen_with_the_own_records():
    (only,) = seen(callback(9, 7, 10))

    message = only["json"]["message"]
    assert [each["objectId"] for each in message["events"]] == ["7"]
    assert message["raw"] == {"objectType": "contacts", "contacts": [{"CONTACT_ID": 7}]}


def test_one_that_was_taken_and_comes_again_counts_once_and_one_that_was_refused_does_not():
    def coming(event_id, status):
        told = callback(7)
        told["json"]["message"]["eventId"] = event_id
        return {**told, "status": status}

    come = [("a", 200), ("a", 200), ("b", 503), ("b", 200), ("b", 200), ("c", 200)]

    assert [each["status"] for each in seen(*(coming(*each) for each in come))] == [200, 503, 200, 200]


def test_they_are_numbered_in_their_order_and_have_what_a_collector_does_not_show():
    first, second = seen(callback(9), callback(7), callback(8, instance=2))

    assert first["id"] < second["id"]
    assert first["received_at"] == "2026-03-02T10:00:00Z"
    assert (first["status"], first["signature"]) == (200, "unseen")
