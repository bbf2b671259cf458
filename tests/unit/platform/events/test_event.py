"""From what a poll found to the bytes of its callbacks; deliveries, and the e-mails about them."""

import json
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st

from elements_local.kit.instants import format_instant, format_to_second
from elements_local.kit.values import replace
from elements_local.platform.accounts.emails import EmailCause, of_notification
from elements_local.platform.ceql import matches, parse
from elements_local.platform.core.instance import Instance, User
from elements_local.platform.core.poll import Decision, EventType, PollVerdict
from elements_local.platform.core.settings import RawForm
from elements_local.platform.events.event import CallbackForm, body, java_text, notifications, raw_body
from elements_local.platform.events.records import (
    ChangeEvent,
    Delivery,
    DeliveryStatus,
    Notification,
    Subscription,
)
from elements_local.platform.events.store_notifications import KeptNotification, plain_body
from elements_local.platform.events.subscription import KeptDelivery, filtered_by

POLL_AT = datetime(2020, 1, 15, 10, 15, 0, 412_000, tzinfo=UTC)
CHANGED = datetime(2020, 1, 15, 10, 13, 42, 999_999, tzinfo=UTC)
INSTANCE = Instance(
    id=123456,
    token="t",
    name="My Insightly",
    tags=("My Insightly", "b"),
    element_key="insightly",
    configuration={},
    created=POLL_AT,
)
OWNER = User(
    id=33, account_id=11, company_id=22, email="ada@example.com", first_name="Ada", last_name="Byron"
)
NOTIFICATION = Notification(
    id=1234567,
    event_id="AXabcdEFGH1234ijklMN",
    created=datetime(2020, 1, 15, 10, 15, 21, tzinfo=UTC),
    poll_at=POLL_AT,
    object_type="contacts",
    events=(ChangeEvent(change=EventType.CREATED, date=CHANGED, object_id="1"),),
    raw=({"CONTACT_ID": 1, "LAST_NAME": "Zoë 名前 🙂"},),
)


def decision(number: int, verdict: PollVerdict = PollVerdict.UPDATED) -> Decision:
    return Decision(
        record_id=str(number), updated=None, created=None, date=CHANGED, verdict=verdict, why="because"
    )


def batched(found, batch_size=10, raw=RawForm.BESIDE_RECORDS) -> list[Notification]:
    form = CallbackForm(batch_size=batch_size, raw=raw)
    ids = ((number, f"event-{number}") for number in count(1))
    return list(notifications("contacts", found, poll_at=POLL_AT, form=form, ids=ids))


def sent(form=CallbackForm(), **changes) -> bytes:  # noqa: B008 - a frozen value
    return body(replace(NOTIFICATION, **changes), INSTANCE, OWNER, hub="crm", form=form)


def test_a_callbacks_exact_bytes():
    assert sent().decode() == (
        '{"severity":"medium","createdDate":"Wed Jan 15 10:15:21 UTC 2020",'
        '"topic":"instance-123456-insightly-events","action":"create","id":"1234567",'
        '"message":{"elementKey":"insightly","accountId":11,"eventId":"AXabcdEFGH1234ijklMN","companyId":22,'
        '"instanceId":123456,"instance_id":123456,"instanceName":"My Insightly",'
        '"instanceTags":["My Insightly","b"],'
        '"raw":{"contacts":[{"CONTACT_ID":1,"LAST_NAME":"Zoë 名前 🙂"}],"pollDate":1579083300412,'
        '"objectType":"contacts"},"userId":33,'
        '"events":[{"date":"2020-01-15T10:13:42Z","elementKey":"insightly","pollDate":"2020-01-15T10:15:00Z",'
        '"eventType":"CREATED","hubKey":"crm","objectId":"1","objectType":"contacts"}]},'
        '"user":"notifications@cloud-elements.com"}'
    )


@pytest.mark.parametrize("change", list(EventType))
def test_an_event_of_any_change_is_a_create_and_has_no_id_without_one(
    change,
):
    envelope = json.loads(sent(events=(ChangeEvent(change=change, date=CHANGED, object_id=""),)))
    (event,) = envelope["message"]["events"]

    assert (envelope["action"], event["eventType"]) == ("create", change.value)
    assert " ".join(event) == "date elementKey pollDate eventType hubKey objectType"


@each_row("name", ["contacts", "Fruit__c", "activities-calls", "名前"])
def test_the_object_type_is_the_resources_name_everywhere(name):
    message = json.loads(sent(object_type=name))["message"]

    assert list(message["raw"]) == [name, "pollDate", "objectType"]
    assert message["raw"]["objectType"] == message["events"][0]["objectType"] == name


def test_in_the_newer_form_each_record_says_what_became_of_it_and_nothing_stands_beside():
    found = [(decision(1, PollVerdict.CREATED), {"CONTACT_ID": 1}), (decision(2), {"CONTACT_ID": 2})]
    newer = CallbackForm(raw=RawForm.INSIDE_RECORDS)

    (made,) = batched(found, raw=RawForm.INSIDE_RECORDS)
    raw = json.loads(sent(form=newer, raw=made.raw))["message"]["raw"]

    assert raw == {
        "contacts": [
            {"CONTACT_ID": 1, "objectId": "1", "eventType": "CREATED"},
            {"CONTACT_ID": 2, "objectId": "2", "eventType": "UPDATED"},
        ]
    }
    assert found[0][1] == {"CONTACT_ID": 1}


@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.sampled_from([PollVerdict.CREATED, PollVerdict.UPDATED])), max_size=60
    ),
    st.integers(1, 25),
)
def test_batches_are_the_found_list_cut_into_pieces(changes, batch_size):
    found = [(decision(number, verdict), {"ID": number}) for number, verdict in changes]

    made = batched(found, batch_size)

    events = [event for notification in made for event in notification.events]
    assert [(event.object_id, event.change.value) for event in events] == [
        (str(number), verdict.value) for number, verdict in changes
    ]
    assert all(1 <= len(notification.events) <= batch_size for notification in made)
    assert all(len(notification.events) == batch_size for notification in made[:-1])
    assert all(notification.raw == tuple(record for _, record in found) for notification in made)
    assert [(each.id, each.event_id, each.created, each.poll_at, each.object_type) for each in made] == [
        (number, f"event-{number}", POLL_AT, POLL_AT, "contacts") for number in range(1, len(made) + 1)
    ]


json_values = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False),
        st.text(st.characters(codec="utf-8")),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=2)
    ),
    max_leaves=6,
)  # fmt: skip


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), json_values, max_size=3))
def test_any_record_goes_out_as_compact_utf8(record):
    raw = sent(raw=(record,))

    envelope = json.loads(raw.decode("utf-8"))
    assert [[*each.items()] for each in envelope["message"]["raw"]["contacts"]] == [[*record.items()]]
    assert raw_body(replace(NOTIFICATION, raw=(record,)), CallbackForm()) == envelope["message"]["raw"]
    assert raw == json.dumps(envelope, separators=(",", ":"), ensure_ascii=False).encode()


@given(st.datetimes(datetime(1900, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_javas_text_of_a_date_is_padded_and_reads_back_to_the_second(instant):
    text = java_text(instant)

    assert len(text) == len("Wed Jan 05 01:05:01 UTC 2020")
    read = datetime.strptime(text, "%a %b %d %H:%M:%S UTC %Y").replace(tzinfo=UTC)
    assert read == instant.replace(microsecond=0)


@each_row(
    ("microseconds", "to_the_second", "exact"),
    [
        (0, "2020-01-15T10:15:00Z", "2020-01-15T10:15:00Z"),
        (1, "2020-01-15T10:15:00Z", "2020-01-15T10:15:00.000001Z"),
        (999_999, "2020-01-15T10:15:00Z", "2020-01-15T10:15:00.999999Z"),
    ],
)
def test_instants_are_cut_to_the_second_or_exact(microseconds, to_the_second, exact):
    instant = POLL_AT.replace(microsecond=0) + timedelta(microseconds=microseconds)

    assert format_to_second(instant) == to_the_second
    assert format_instant(instant) == exact


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
OLIVE = User(
    id=1, account_id=2, company_id=3, email="olive@acme.example", first_name="Olive", last_name="Owner"
)
MADE = Subscription(id=9, topics=("leaks",), config={"url": "http://127.0.0.1/o'neil"})
OWED = Delivery(
    notification_id=7, subscription_id=9, status=DeliveryStatus.QUEUED, created=NOON, updated=NOON
)
ABOUT = KeptNotification(
    id=7, topic="leaks", created=NOON, body=plain_body(topic="leaks", notification_id=7, created=NOON)
)
KEPT = KeptDelivery(delivery=OWED, subscription=MADE, notification=ABOUT)


@each_row(
    ("clause", "holds"),
    [
        ("channel='webhook' and status='queued' and config.url='http://127.0.0.1/o''neil'", True),
        ("status='retry' or notificationId=7", True),
        ("subscriptionId in (8, 9)", True),
        ("topic='leaks' and active=true", True),
        ("config.secret='x'", False),
    ],
)
def test_a_clause_may_name_what_is_documented_and_what_helps(clause, holds):
    assert matches(parse(clause), filtered_by(KEPT)) is holds


@each_row("config", [{}, {"to": ""}, {"to": None}, {"to": 5}, {"elsewhere": "x@y.example"}])
def test_who_gives_no_address_is_the_owner(config):
    email = of_notification(config, OLIVE, topic="leaks", sender="me", message="Drip", at=NOON)

    assert (email.recipient, email.subject) == ("olive@acme.example", "leaks")
    assert email.cause is EmailCause.SUBSCRIPTION
