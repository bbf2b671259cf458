"""Searches by event: what is kept of events finds the callbacks that reading every body finds."""

import json

from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reported_events import IDS, bodies, reported_by
from sqlalchemy import select

from callback_sink import SinkSettings
from callback_sink.tables import callbacks

ASKED = st.fixed_dictionaries(
    {},
    optional={
        "objectId": st.sampled_from([*IDS, "True", "None", "1.0"]),
        "objectType": st.sampled_from(["contacts", "c%s", "1"]),
        "eventType": st.sampled_from(["CREATED", "UPDATED"]),
        "instanceId": st.sampled_from(IDS),
    },
)


def reporting(came, asked):
    """Return the numbers of the bodies of which one event has all that is asked."""
    return [
        number
        for number, body in came.items()
        if any(all(event[name] == value for name, value in asked.items()) for event in reported_by(body))
    ]


def found(sink, asked):
    """Search by a wait for none, which refuses no type of object for its form."""
    answer = sink.client.post("/_local/callbacks/wait", json={"match": asked, "count": 0})
    return [each["id"] for each in answer.json["callbacks"]]


def batch(*ids, **message):
    events = [{"eventType": "CREATED", "objectId": each} for each in ids]
    return json.dumps({"message": {"instanceId": 5, "events": events, **message}}).encode()


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(25), deadline=None
)
@given(bodies=st.lists(bodies(), min_size=1, max_size=8), gone=ASKED.filter(bool), data=st.data())
def test_a_search_finds_what_reading_every_body_finds(sink, bodies, gone, data):
    """Also once some are forgotten, and once all are back from a snapshot, which has bodies alone."""
    sink.client.post("/_local/reset")
    for body in bodies:
        sink.send(body=body)
    came = dict(enumerate(bodies, start=1))
    left = {number: body for number, body in came.items() if number not in reporting(came, gone)}
    searches = data.draw(st.lists(ASKED, min_size=1, max_size=6))

    def all_found():
        return [found(sink, asked) for asked in searches]

    assert all_found() == [reporting(came, asked) for asked in searches]

    snapshot = sink.client.post("/_local/snapshot").data
    sink.client.delete("/_local/callbacks", query_string=gone)
    assert found(sink, {}) == list(left)
    assert all_found() == [reporting(left, asked) for asked in searches]

    sink.client.put("/_local/snapshot", data=snapshot, content_type="application/json")
    assert all_found() == [reporting(came, asked) for asked in searches]


def test_callbacks_of_which_too_much_would_be_kept_are_found_by_their_bodies(sink):
    sink.send(body=batch(*range(200), raw={"objectType": "x" * 1000}))
    sink.send(body=batch(199, 200))

    assert found(sink, {"objectId": "199"}) == [1, 2]


def test_those_that_made_room_are_not_found(make_sink):
    sink = make_sink(SinkSettings(bin_callbacks=2))
    for _ in range(3):
        sink.send(body=batch(7))

    assert found(sink, {"objectId": 7}) == [2, 3]


def test_an_id_may_be_of_any_length(sink):
    long, longer = "%" * 60_000, "%" * 60_001
    sink.send(body=batch(longer))

    assert found(sink, {"objectId": longer}) == [1]
    assert found(sink, {"objectId": long}) == []


def test_events_are_kept_beside_what_a_snapshot_brings_back(sink, database):
    sink.send(body=batch(7))
    snapshot = sink.client.post("/_local/snapshot").data
    sink.client.post("/_local/reset")
    sink.client.put("/_local/snapshot", data=snapshot, content_type="application/json")

    with database.read("default") as tx:
        assert tx.connection.scalars(select(callbacks.c.events)).all() == ['[[null,"CREATED","7","5"]]']
