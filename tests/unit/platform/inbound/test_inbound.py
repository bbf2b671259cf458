"""What comes in at ``/events``: for whom it is, and what it means."""

from base64 import b64encode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import pytest
from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st

from elements_local.platform.core.poll import DateField, PollVerdict, Resource
from elements_local.platform.errors import InvalidRequestError
from elements_local.platform.inbound.inbound import decide, instance_id, instance_ids, read_hand_off

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NEEDED = "an entry of events needs objectId and an eventType of CREATED or UPDATED or DELETED or UNKNOWN"
PATTERN = "yyyy-MM-dd HH:mm:ss"
CONTACTS = Resource(
    name="contacts",
    url="/x",
    id_field="ID",
    updated=DateField(path="UPDATED", pattern=PATTERN),
    created=DateField(path="CREATED", pattern=PATTERN),
    filter_by_current_date=True,
)


def hand_off(*records, events=None):
    body = {"instance_id": 1, "objectType": "contacts", "contacts": list(records)}
    return read_hand_off(body if events is None else body | {"events": events})


def verdicts(*records, events=None, resource=CONTACTS, tolerance=0):
    found = decide(
        hand_off(*records, events=events), resource, at=NOON, default_tolerance=timedelta(seconds=tolerance)
    )
    return [(decision.record_id, decision.verdict) for decision, _ in found]


def record(number, updated="2026-03-02 11:00:00", created="2026-03-02 11:00:00"):
    return {"ID": number, "UPDATED": updated, "CREATED": created}


@given(st.integers(0, 10**18 - 1))
def test_an_instance_of_a_path_is_read_back_as_a_number_and_in_each_form_of_base64(number):
    assert instance_id(str(number)) == number
    for form in (b64encode, urlsafe_b64encode):
        text = form(str(number).encode()).decode()
        assert instance_id(text) == instance_id(text.rstrip("=")) == number


@each_row("text", ["", "%%%", "-1", "1.5", "eA==", "LTE=", "é", "MQ==MQ==", "4oKs", "MTIz\0", "OTk5" * 9])
def test_what_is_no_instance_in_base64_is_none(text):
    assert instance_id(text) is None


@given(st.text())
def test_any_text_of_a_path_is_a_number_or_none(text):
    assert instance_id(text) is None or instance_id(text) >= 0


@each_row(
    ("listed", "found"), [("", []), ("7", [7]), ("7, 8,7", [7, 8]), (" ,x,-1,1.5,٣,9", [9]), ("9" * 19, [])]
)
def test_the_instances_of_a_header_are_numbers_each_once(listed, found):
    assert instance_ids(listed) == found


NO_RECORDS = "'a' must hold the records, a list of objects;"


def with_events(*entries):
    return {"objectType": "a", "a": [], "events": list(entries)}


@each_row(
    ("body", "says"),
    [
        (None, "the body must be an object; got null"),
        ([], "the body must be an object; got []"),
        ({}, "objectType must name a resource; it is missing"),
        ({"objectType": 1, "1": []}, "objectType must name a resource; got 1"),
        ({"objectType": "a"}, f"{NO_RECORDS} it is missing"),
        ({"objectType": "a", "a": None}, f"{NO_RECORDS} got null"),
        ({"objectType": "a", "a": [1]}, f"{NO_RECORDS} got [1]"),
        ({"objectType": "a", "a": [], "events": {"x": 1}}, "events must be a list; got {'x': 1}"),
        *[
            (with_events(entry), f"{NEEDED}; got {entry!r}")
            for entry in (
                {"objectId": "1", "eventType": "MOVED"},
                {"objectId": [], "eventType": "CREATED"},
                {"objectId": 1, "eventType": []},
                "x",
            )
        ],
    ],
)
def test_what_is_no_hand_off_is_refused_by_the_key_that_is_wrong(body, says):
    with pytest.raises(InvalidRequestError) as refused:
        read_hand_off(body)

    assert str(refused.value) == says


@each_row(
    ("dates", "how", "verdict"),
    {
        "equal dates": ({}, {}, "CREATED"),
        "updated later": ({"updated": "2026-03-02 11:00:02"}, {}, "UPDATED"),
        "within the tolerance": ({"updated": "2026-03-02 11:00:02"}, {"tolerance": 2}, "CREATED"),
        "chosen, though it is old": ({"updated": "1999-01-01 00:00:00"}, {}, "CREATED"),
        "chosen, though it is to come": ({"updated": "2030-01-01 00:00:00"}, {}, "UPDATED"),
        "no readable date": ({"updated": "soon"}, {}, None),
        "of a resource that is not polled": (
            {},
            {"resource": Resource(name="contacts", url="", id_field="ID")},
            "UPDATED",
        ),
        **{
            f"{kind}, as the hand-off says": (dates, {"events": [{"objectId": 1, "eventType": kind}]}, kind)
            for kind, dates in {
                "CREATED": {"created": "x"},
                "UPDATED": {"updated": "soon"},
                "DELETED": {},
            }.items()
        },
        "said of another": ({}, {"events": [{"objectId": "9", "eventType": "DELETED"}]}, "CREATED"),
    },
)
def test_what_the_hand_off_says_goes_before_what_the_dates_say(dates, how, verdict):
    assert verdicts(record(1, **dates), **how) == ([("1", PollVerdict(verdict))] if verdict else [])
