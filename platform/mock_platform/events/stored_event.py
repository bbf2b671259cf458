"""An event as the events API shows it."""

from collections.abc import Sequence
from typing import TypedDict

from mock_platform.core.models import StoredEvent
from mock_platform.dates.iso_dates import iso_date_exact


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
