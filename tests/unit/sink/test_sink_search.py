"""Which callbacks a search means, and what it says of those it nearly means."""

import json
from dataclasses import replace

import pytest
from each_row import each_row
from msgspec import ValidationError, convert
from recorded_callbacks import recorded

from callback_sink.search import Filters, closest, differences, matches
from elements_local.kit.api.shape_words import refusal

CREATED = {"eventType": "CREATED", "objectType": "contacts", "objectId": "1"}
UPDATED = {"eventType": "UPDATED", "objectType": "contacts", "objectId": "2"}


def envelope(*events, **message):
    return {
        "topic": "instance-123456-insightly-events",
        "message": {"instanceId": 123456, "events": list(events), "raw": {}, **message},
    }


def callback(body=b"", **differs):
    return recorded(body if isinstance(body, bytes) else json.dumps(body).encode(), **differs)


@each_row(
    "wanted",
    {
        "nothing asked": {},
        "bin": {"bin": "default"},
        "objectType": {"object_type": "contacts"},
        "eventType": {"event_type": "UPDATED"},
        "objectId": {"object_id": "2"},
        "objectId as a number": {"object_id": 2},
        "instanceId": {"instance_id": "123456"},
        "instanceId as a number": {"instance_id": 123456},
        "of one event": {"event_type": "UPDATED", "object_id": "2", "instance_id": "123456"},
        "a text, case aside": {"q": "INSIGHTLY"},
        "method": {"method": "POST"},
        "path, its query aside": {"path": "/default"},
        "path, with a star": {"path": "/def*"},
        "status": {"status": 200},
        "signature": {"signature": "absent"},
        "a header that is there": {"header": ["X-Thing"]},
        "a header with its value": {"header": ["x-thing: Blue"]},
        "two headers": {"header": ["X-Thing:Blue", "X-Empty:"]},
        "a path that leads somewhere": {"json": ["$.message.events"]},
        "a path and its value": {"json": ['$..objectId == "2"']},
        "from this very instant": {"from_": "2026-03-02T12:00:00Z"},
        "to this very instant, in another zone": {"to": "2026-03-02T13:00:00+01:00"},
        "what it is not": {"not_": ["objectType: leads", "status:503", "q:nobody"]},
        "one thing and not another": {"object_type": "contacts", "not_": ["header:X-A"]},
    },
)
def test_a_callback_is_meant(wanted):
    headers = [("X-Thing", "Blue"), ("X-Empty", "")]

    assert matches(
        Filters(**wanted), callback(envelope(CREATED, UPDATED), path="/default?a=1", headers=headers)
    )


@each_row(
    ("wanted", "differs"),
    {
        "bin": ({"bin": "other"}, "bin: expected other, was default"),
        "the root's bin": ({"bin": ""}, "bin: expected , was default"),
        "objectType": ({"object_type": "leads"}, "objectType: expected leads, was contacts"),
        "an empty text is a text": ({"object_type": ""}, "objectType: expected , was contacts"),
        "case counts": ({"object_type": "Contacts"}, "objectType: expected Contacts, was contacts"),
        "the whole id counts": ({"object_id": "11"}, "objectId: expected 11, was 1"),
        "instanceId": ({"instance_id": 7}, "instanceId: expected 7, was 123456"),
        "method": ({"method": "PUT"}, "method: expected PUT, was POST"),
        "path": ({"path": "/defaul"}, "path: expected /defaul, was /default"),
        "a path's case counts": ({"path": "/D*"}, "path: expected /D*, was /default"),
        "status": ({"status": 503}, "status: expected 503, was 200"),
        "signature": ({"signature": "valid"}, "signature: expected valid, was absent"),
        "header": ({"header": ["X-A"]}, "header: expected X-A, was absent"),
        "json": (
            {"json": ["$.topic == 1"]},
            'json: expected $.topic == 1, was "instance-123456-insightly-events"',
        ),
        "from": (
            {"from_": "2026-03-02T12:00:01Z"},
            "from: expected 2026-03-02T12:00:01Z or later, was 2026-03-02T12:00:00Z",
        ),
        "to": (
            {"to": "2026-03-02T11:59:59.999Z"},
            "to: expected 2026-03-02T11:59:59.999Z or earlier, was 2026-03-02T12:00:00Z",
        ),
        "an event of a kind": ({"not_": ["objectType:contacts"]}, "not: objectType:contacts"),
        "a path of the JSON": ({"not_": ["method:PUT", "json:$.topic"]}, "not: json:$.topic"),
        "text": ({"q": "leads"}, "q: expected leads in path, headers or body, was in none"),
    },
)
def test_a_callback_is_not_meant_and_says_why(wanted, differs):
    assert differences(Filters(**wanted), callback(envelope(CREATED))) == [differs]


def test_a_header_is_held_against_what_is_shown():
    there = callback(headers=[("Authorization", "User abc="), ("X-A", "b")])

    assert not matches(Filters(header=["Authorization: User abc="]), there)
    assert matches(Filters(header=["authorization"]), there)
    assert differences(Filters(header=["X-A: c"]), there) == ["header: expected X-A: c, was b"]


def test_a_callback_without_an_answer_has_no_status():
    dropped = replace(callback(), status=None)

    assert differences(Filters(status=200), dropped) == ["status: expected 200, was none"]


@each_row(
    ("wanted", "reason"),
    [
        ({"json": ["topic"]}, "it does not start with $"),
        ({"from": "yesterday"}, "expected an instant such as 2026-03-02T10:00:00Z"),
        ({"to": ""}, "expected an instant"),
        ({"from": "2026-03-03", "to": "2026-03-02"}, "from 2026-03-03 is after to 2026-03-02"),
        ({"header": ["a b"]}, "header[0] must be "),
        ({"header": [": x"]}, "header[0] must be "),
        ({"header": ["X-A: b\r\nX-C: d"]}, "header[0] must be "),
        ({"json": ["$"] * 21}, "json must be a list of up to 20 texts"),
        ({"status": 99}, "status must be a whole number from 200 to 599"),
        ({"signature": "good"}, "signature must be one of "),
        ({"from_": "2026-03-03"}, "unknown key 'from_'"),
        ({"not": ["leads"]}, "not 'leads' is not a filter with its value, such as objectType:leads"),
        (
            {"eventType": "created"},
            "event types are in capitals: expected eventType 'CREATED'; got 'created'",
        ),
        ({"method": "post"}, "methods are in capitals: expected method 'POST'; got 'post'"),
        ({"not": ["method: Put"]}, "expected method 'PUT'"),
        ({"not": ["eventType: Updated"]}, "expected eventType 'UPDATED'"),
        ({"not": ["status:many"]}, "not 'status:many' is not a filter with its value"),
        ({"not": ["not:status:200"]}, "not 'not:status:200' is not a filter with its value"),
    ],
)
def test_a_search_for_nothing_that_could_be_is_refused(wanted, reason):
    with pytest.raises(ValidationError):
        convert(wanted, Filters)

    assert reason in refusal(wanted, Filters)


def test_one_event_must_have_all_that_is_asked():
    mixed = callback(envelope(CREATED, UPDATED))

    assert differences(Filters(event_type="CREATED", object_id="2"), mixed) == ["objectId: expected 2, was 1"]


def test_the_differences_are_those_of_the_nearest_event():
    mixed = callback(envelope({**CREATED, "objectType": "leads"}, UPDATED))
    wanted = Filters(object_type="contacts", event_type="CREATED", object_id="2")

    assert differences(wanted, mixed) == ["eventType: expected CREATED, was UPDATED"]


@each_row(
    "body",
    [
        b"",
        b"\xff\x00",
        b"not JSON",
        b"null",
        b"[1, 2]",
        b'"text"',
        b'{"message": "a plain text"}',
        b'{"message": null}',
        b'{"message": {}}',
        b'{"message": {"events": {}, "raw": []}}',
        b'{"message": {"events": [null, 1, "x", []], "raw": {"contacts": [null, 1]}}}',
        b'{"message": {"events": [{"objectType": null}]}}',
        b'{"message": {"events": [{"objectType": true}]}}',
        b'{"message": {"events": [{"objectType": {"a": 1}}]}}',
    ],
)
def test_a_body_that_is_no_envelope_tells_of_no_object(body):
    wanted = Filters(object_type="contacts")

    assert differences(wanted, callback(body)) == ["objectType: expected contacts, was absent"]


@each_row(
    ("text", "found"),
    {
        "in the path": ("hook?a=1", True),
        "in a header": ("x-thing: blue", True),
        "in the body": ("zoë", True),
        "nothing is everywhere": ("", True),
        "not in what is masked": ("user abc", False),
        "nowhere": ("green", False),
    },
)
def test_a_text_is_looked_for_in_what_is_shown(text, found):
    headers = [("X-Thing", "Blue"), ("Authorization", "User abc=")]
    there = callback('{"name": "Zoë"}'.encode(), path="/default/hook?a=1", headers=headers)

    assert matches(Filters(q=text), there) is found


def test_those_that_differ_least_come_closest_and_of_equals_the_latest():
    wanted = Filters(object_type="contacts", event_type="CREATED", object_id="9")
    there = [
        callback(envelope(CREATED), id=1),
        callback(b"something else", id=2),
        callback(envelope(UPDATED), id=3),
        callback(envelope(CREATED), id=4),
        callback(envelope({**CREATED, "objectId": "9"}), id=5),
    ]

    misses = closest(wanted, there)

    assert [miss.callback.id for miss in misses] == [4, 1, 3]
    assert misses[0].differs == ["objectId: expected 9, was 1"]


def test_where_nothing_is_asked_nothing_comes_close():
    assert closest(Filters(), [callback(), callback(id=2)]) == []
