"""From what a poll found to the bodies of its callbacks, and to events as the events API shows them."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Annotated, Literal, NotRequired, TypedDict

from msgspec import Meta, Struct

from elements_local.kit.instants import format_instant, format_to_second
from elements_local.platform.accounts.emails import SENDER
from elements_local.platform.core.instance import Instance, User
from elements_local.platform.core.poll import Decision
from elements_local.platform.core.settings import RawForm
from elements_local.platform.dates.java_dates import MONTHS, WEEKDAYS, epoch_milliseconds
from elements_local.platform.events.records import ChangeEvent, Notification

Found = tuple[Decision, Mapping[str, object]]


class EventEntry(TypedDict):
    """What a callback says of one change; only ``objectId``, ``objectType`` and ``eventType`` are called normalised.

    ``objectId`` is missing where the record has no id.
    """

    date: str
    elementKey: str
    pollDate: str
    eventType: str
    hubKey: str
    objectId: NotRequired[str]
    objectType: str


class Message(TypedDict):
    """What is inside a callback's envelope."""

    elementKey: str
    accountId: int
    eventId: str
    companyId: int
    instanceId: int
    # twice in each callback: generators of clients make one name of both
    instance_id: Annotated[int, Meta(extra_json_schema={"x-go-name": "InstanceIDTwin"})]
    instanceName: str
    instanceTags: list[str]
    raw: dict[str, object]
    userId: int
    events: list[EventEntry]


class Envelope(TypedDict):
    """The body of a callback, keys in the order of the captures (observed)."""

    severity: str
    createdDate: str
    topic: str
    action: str
    id: str
    message: Message
    user: str


class CallbackForm(Struct, frozen=True, kw_only=True):
    """What callbacks look like where that can be set.

    Attributes:
        batch_size: changes in one notification (documented: 10).
    """

    batch_size: int = 10
    raw: RawForm = RawForm.BESIDE_RECORDS

    def batches(self, changes: int) -> int:
        """Return how many notifications it takes to tell of so many changes."""
        return -(-changes // self.batch_size)


def notifications(
    resource: str,
    changes: Sequence[Found],
    *,
    poll_at: datetime,
    form: CallbackForm,
    ids: Iterable[tuple[int, str]],
) -> Iterator[Notification]:
    """Yield a poll's notifications: its changes by tens, every one with all the changed records.

    Args:
        changes: with the records they are about.
        ids: id and event id of each notification, of which ``form.batches`` says how many there are.

    Source: up to ten entries, a larger set becoming several notifications which each repeat the complete
        ``raw`` (documented).
    """
    raw = tuple(_raw_record(decision, record, form.raw) for decision, record in changes)
    for start, (notification_id, event_id) in zip(range(0, len(changes), form.batch_size), ids, strict=False):
        yield Notification(
            id=notification_id,
            event_id=event_id,
            created=poll_at,
            poll_at=poll_at,
            object_type=resource,
            events=tuple(
                ChangeEvent(change=decision.change, date=decision.date, object_id=decision.record_id)
                for decision, _ in changes[start : start + form.batch_size]
                if decision.change
            ),
            raw=raw,
        )


def received(
    notification_id: int, event_id: str, payload: Mapping[str, object], *, at: datetime
) -> Notification:
    """Return the notification of what a provider sent: its payload as ``raw``, and no normalised events.

    Source: the payload as ``raw`` (observed for other elements); the shipped element's provider sends none, so nothing says
        what its events would be (assumed: none).
    """
    return Notification(
        id=notification_id,
        event_id=event_id,
        created=at,
        poll_at=at,
        object_type="",
        events=(),
        raw=(),
        payload=payload,
    )


def topic(instance: Instance) -> str:
    """Return the topic of an instance's events (observed)."""
    return f"instance-{instance.id}-{instance.element_key}-events"


def raw_body(notification: Notification, form: CallbackForm) -> dict[str, object]:
    """Return the records of a notification as ``message.raw`` holds them."""
    if notification.payload is not None:
        return dict(notification.payload)
    records: dict[str, object] = {notification.object_type: list(notification.raw)}
    if form.raw is RawForm.INSIDE_RECORDS:
        return records
    return {
        **records,
        "pollDate": epoch_milliseconds(notification.poll_at),
        "objectType": notification.object_type,
    }


def raw_text(notification: Notification, form: CallbackForm) -> str:
    """Return ``message.raw`` as it stands in the bytes of a callback."""
    return json.dumps(raw_body(notification, form), separators=(",", ":"), ensure_ascii=False)


def with_raw(apart: bytes, raw: str | None) -> bytes:
    """Return the bytes of a callback whose ``raw`` is kept apart, if it is; nothing quoted looks like its place."""
    return apart if raw is None else apart.replace(b'"raw":{}', f'"raw":{raw}'.encode(), 1)


def body(  # noqa: PLR0913 - what a callback says; most of it by name
    notification: Notification,
    instance: Instance,
    user: User,
    *,
    hub: str,
    form: CallbackForm,
    apart: bool = False,
) -> bytes:
    """Return the exact bytes of a callback.

    Args:
        apart: ``raw`` is empty; see ``with_raw``.

    Source: captured callbacks of 2018 and 2020 for shape and order of keys (observed).
    """
    message: Message = {
        "elementKey": instance.element_key,
        "accountId": user.account_id,
        "eventId": notification.event_id,
        "companyId": user.company_id,
        "instanceId": instance.id,
        "instance_id": instance.id,
        "instanceName": instance.name,
        "instanceTags": list(instance.tags),
        "raw": {} if apart else raw_body(notification, form),
        "userId": user.id,
        "events": [_entry(event, notification, instance, hub) for event in notification.events],
    }
    envelope: Envelope = {
        "severity": "medium",
        "createdDate": java_text(notification.created),
        "topic": topic(instance),
        "action": "create",
        "id": str(notification.id),
        "message": message,
        "user": SENDER,
    }
    return json.dumps(envelope, separators=(",", ":"), ensure_ascii=False).encode()


def java_text(instant: datetime) -> str:
    """Return an instant as Java's ``Date.toString`` writes it, in UTC and English (observed).

    >>> from datetime import UTC
    >>> java_text(datetime(2020, 1, 15, 10, 15, 21, tzinfo=UTC))
    'Wed Jan 15 10:15:21 UTC 2020'
    """
    weekday, month = WEEKDAYS[instant.weekday()][:3], MONTHS[instant.month - 1][:3]
    return f"{weekday} {month} {instant:%d %H:%M:%S} UTC {instant.year}"


def _raw_record(decision: Decision, record: Mapping[str, object], form: RawForm) -> Mapping[str, object]:
    if form is RawForm.BESIDE_RECORDS or decision.change is None:
        return record
    return {**record, "objectId": decision.record_id, "eventType": decision.change.value}


def _entry(event: ChangeEvent, notification: Notification, instance: Instance, hub: str) -> EventEntry:
    identified: dict[Literal["objectId"], str] = {"objectId": event.object_id} if event.object_id else {}
    return {
        "date": format_to_second(event.date),
        "elementKey": instance.element_key,
        "pollDate": format_to_second(notification.poll_at),
        "eventType": event.change.value,
        "hubKey": hub,
        **identified,  # type: ignore[typeddict-item]  # a key that may be missing keeps its place so
        "objectType": notification.object_type,
    }


class EventStatus(Enum):
    """Where an event stands.

    Source: the words are the vendor's (observed); what each of them means, except for the last, is assumed.

    Attributes:
        NEW: found by a poll, and not sent to anybody yet.
        RECEIVED: handed in at ``/events``, and not sent to anybody yet.
        CONSUMED: there is nobody to tell; the event is only kept.
        DISPATCHED: sent, and not taken so far.
        NOTIFIED: taken by its receiver.
    """

    NEW = "NEW"
    RECEIVED = "RECEIVED"
    CONSUMED = "CONSUMED"
    DISPATCHED = "DISPATCHED"
    NOTIFIED = "NOTIFIED"


class StoredEvent(Struct, frozen=True, kw_only=True):
    """A notification as the events API shows it.

    Attributes:
        provider_data: JSON text of what was polled.
        notified_data: the bodies that were delivered.
    """

    id: str
    instance_id: int
    notification_id: int
    date: datetime
    status: EventStatus
    provider_data: str
    notified_data: tuple[str, ...] = ()
    updated: datetime


class EventElementInstanceJson(TypedDict):
    """What became of an event at the instance it is of."""

    eventId: str
    elementInstanceId: int
    notificationId: int
    notifiedData: str | None
    createdDate: str
    updatedDate: str


class EventJson(TypedDict):
    """An event."""

    id: str
    eventDate: str
    status: str
    providerData: str
    notifiedData: list[str]
    eventElementInstances: list[EventElementInstanceJson]


class MessageJson(TypedDict):
    """What happened to an event, in words."""

    message: str


class DispositionJson(TypedDict):
    """Everything that happened to an event."""

    eventId: str
    elementInstanceId: int
    notificationData: list[MessageJson]


def to_json(event: StoredEvent) -> EventJson:
    """Return an event as the platform shows it.

    Source: the vendor's schemas (observed); ``notifiedData`` as a list here, as text inside the entry (observed).
    """
    return {
        "id": event.id,
        "eventDate": format_instant(event.date),
        "status": event.status.value,
        "providerData": event.provider_data,
        "notifiedData": list(event.notified_data),
        "eventElementInstances": [
            {
                "eventId": event.id,
                "elementInstanceId": event.instance_id,
                "notificationId": event.notification_id,
                "notifiedData": event.notified_data[0] if event.notified_data else None,
                "createdDate": format_instant(event.date),
                "updatedDate": format_instant(event.updated),
            }
        ],
    }


def disposition(event: StoredEvent, reasons: Sequence[str]) -> DispositionJson:
    """Return what happened to an event.

    Args:
        reasons: of each attempt to deliver it, why it failed; empty if it did not.

    Source: the keys and "Error delivering event" are the vendor's (documented); that the reason follows it, and
        what is said of an event that was taken, is assumed.
    """
    messages = [f"Error delivering event: {reason}" if reason else "Delivered event" for reason in reasons]
    return {
        "eventId": event.id,
        "elementInstanceId": event.instance_id,
        "notificationData": [{"message": message} for message in messages],
    }
