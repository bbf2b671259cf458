"""An event as the events API shows it."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import TypedDict

from msgspec import Struct

from elements_local.platform.dates.iso_dates import iso_date_exact


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
        "eventDate": iso_date_exact(event.date),
        "status": event.status.value,
        "providerData": event.provider_data,
        "notifiedData": list(event.notified_data),
        "eventElementInstances": [
            {
                "eventId": event.id,
                "elementInstanceId": event.instance_id,
                "notificationId": event.notification_id,
                "notifiedData": event.notified_data[0] if event.notified_data else None,
                "createdDate": iso_date_exact(event.date),
                "updatedDate": iso_date_exact(event.updated),
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
