"""Notifications that somebody posts, and how the API shows these and the ones of events."""

import json
from datetime import datetime
from typing import Literal, TypedDict

from msgspec import Struct

from elements_local.platform.accounts.emails import SENDER
from elements_local.platform.dates.iso_dates import iso_date
from elements_local.platform.events.event import java_text

Severity = Literal["low", "medium", "high"]
"""How grave a notification is (observed)."""


class KeptNotification(Struct, frozen=True, kw_only=True):
    """A notification as it is kept, whether it was posted or tells of events.

    Attributes:
        body: the exact bytes of its callbacks.
    """

    id: int
    topic: str
    created: datetime
    body: bytes
    acknowledged: bool = False


NotificationJson = TypedDict(
    "NotificationJson",
    {
        "id": int,
        "from": str,
        "topic": str,
        "severity": str,
        "message": str,
        "createdDate": str,
        "active": bool,
        "acknowledged": bool,
    },
)
"""A notification as the API shows it; ``from`` is a word of Python's. All of it is required (observed)."""


def plain_body(  # noqa: PLR0913 - what a notification says; all of it by name
    *,
    notification_id: int,
    created: datetime,
    topic: str,
    message: str = "",
    severity: Severity = "medium",
    sender: str = SENDER,
) -> bytes:
    """Return the exact bytes of a posted notification's callback.

    Source: the envelope of captured callbacks (observed), with the caller's text as the message (assumed).
    """
    envelope = {
        "severity": severity,
        "createdDate": java_text(created),
        "topic": topic,
        "action": "create",
        "id": str(notification_id),
        "message": message,
        "user": sender,
    }
    return json.dumps(envelope, separators=(",", ":"), ensure_ascii=False).encode()


def as_json(notification: KeptNotification) -> NotificationJson:
    """Return a notification as the API shows it.

    Source: the keys (observed); that the message of events is their JSON as text, and the form of the date, is
        assumed. A notification that was deleted is not shown, so what is shown is active.
    """
    envelope = json.loads(notification.body)
    message = envelope["message"]
    return {
        "id": notification.id,
        "from": str(envelope["user"]),
        "topic": notification.topic,
        "severity": str(envelope["severity"]),
        "message": message if isinstance(message, str) else _compact(message),
        "createdDate": iso_date(notification.created),
        "active": True,
        "acknowledged": notification.acknowledged,
    }


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
