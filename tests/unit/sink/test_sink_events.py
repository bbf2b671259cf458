"""Which events a callback reports, and what is kept of them beside its body."""

import json

import pytest
from examples import examples
from hypothesis import given, settings
from reported_events import bodies, reported_by

from callback_sink.events import events_of, kept_events, read_events


def envelope(*events, **message):
    return json.dumps({"message": {"instanceId": 5, "events": list(events), "raw": {}, **message}}).encode()


def test_an_event_without_a_type_has_that_of_the_raw_message():
    body = envelope({"objectId": "1"}, {"objectType": None}, raw={"objectType": "contacts"})

    assert [event["objectType"] for event in events_of(body)] == ["contacts", None]


def test_records_stand_in_for_events_where_there_are_none():
    record = {"CONTACT_ID": 1, "objectId": 1, "eventType": "CREATED"}
    body = envelope(raw={"contacts": [record], "pollDate": 1579083300412})

    assert events_of(body) == [
        {"objectType": "contacts", "eventType": "CREATED", "objectId": "1", "instanceId": "5"}
    ]


def test_an_instance_may_be_named_by_its_second_name_alone():
    assert events_of(b'{"message": {"instance_id": 5}}')[0]["instanceId"] == "5"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"message": {"events": [{"objectId": 1}]}, "message": {}}', id="a key twice"),
        pytest.param(b'{"mess\\u0061ge": {"events": [{"object\\u0049d": 1}]}}', id="escapes in keys"),
        pytest.param(b'{"message": {"events": [{"objectId": 1}]}, "x": "\xff"}', id="not UTF-8"),
        pytest.param(b'{"message": {"events": [{"objectId": 1}]}} x', id="more than JSON"),
        pytest.param(b'{"message": {"events": [{"objectId": 100000000000000000000}]}}', id="a large id"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_odd_bodies_are_read_as_json_is(body):
    assert events_of(body) == reported_by(body)


@settings(max_examples=examples(300))
@given(body=bodies())
def test_what_is_passed_over_changes_nothing(body):
    assert events_of(body) == reported_by(body)


@settings(max_examples=examples(100))
@given(body=bodies())
def test_what_is_kept_is_each_different_event_in_order(body):
    kept, different = kept_events(body), []
    for event in reported_by(body):
        different += [event] if event not in different else []

    assert kept is None or read_events(kept) == different


def test_events_that_are_longer_than_the_body_are_not_kept():
    """They repeat what the message says of all of them: of a large body they might fill the disk."""
    shared = "x" * 1000
    few, many = ([{"objectId": number} for number in range(count)] for count in (1, 200))

    assert kept_events(envelope(*few, raw={"objectType": shared})) is not None
    assert kept_events(envelope(*many, raw={"objectType": shared})) is None
