"""``/_local/deliveries`` and ``/_local/emails``: all that was sent, attempt by attempt, and what never is."""

from datetime import datetime
from typing import Annotated, TypedDict

from flask import Blueprint
from msgspec import DecodeError, Meta, Struct
from msgspec.json import Decoder

from mock_kit.admin import asked_workspace
from mock_kit.instants import format_instant
from mock_kit.operations import Answer, operation
from mock_platform.domain.emails import Email
from mock_platform.domain.models import Attempt, JobKind
from mock_platform.routes.parts import parts
from mock_platform.store.deliveries import KeptDelivery

bp = Blueprint("outbox", __name__, url_prefix="/_local")

_Limit = Annotated[int, Meta(ge=1, le=1_000_000)]
_Id = Annotated[int, Meta(ge=0, le=10**18)]


class DeliveriesQuery(Struct, rename="camel"):
    """Which deliveries are asked for.

    Attributes:
        limit: the latest of them.
    """

    notification_id: _Id | None = None
    subscription_id: _Id | None = None
    limit: _Limit = 1000


class EmailsQuery(Struct):
    """Which e-mails are asked for: the latest so many."""

    limit: _Limit = 1000


class AttemptJson(TypedDict):
    """One try: when, where to, and what came of it."""

    number: int
    at: str
    url: str
    status: int | None
    outcome: str
    elapsedSeconds: float


class DeliveryJson(TypedDict):
    """One delivery with all its tries: ``created`` with its poll, ``due`` again at an instant if it is.

    ``events`` are ``contacts/101 CREATED``.
    """

    notificationId: int
    subscriptionId: int
    instanceId: int | None
    topic: str
    channel: str
    url: str
    active: bool
    status: str
    created: str
    due: str | None
    events: list[str]
    attempts: list[AttemptJson]


class _Event(Struct, rename="camel"):
    object_type: str
    event_type: str
    object_id: str = ""


class _Message(Struct, rename="camel"):
    instance_id: int | None = None
    events: list[_Event] = []


class _Body(Struct):
    message: _Message


_body = Decoder(_Body)


class DeliveriesJson(TypedDict):
    """Deliveries by notification and subscription."""

    deliveries: list[DeliveryJson]


EmailJson = TypedDict(
    "EmailJson", {"at": str, "cause": str, "from": str, "to": str, "subject": str, "message": str}
)
"""An e-mail; ``from`` is a word of Python's."""


class EmailsJson(TypedDict):
    """E-mails, oldest first."""

    emails: list[EmailJson]


@bp.get("/deliveries")
@operation(problems=(401, 403))
def deliveries(query: DeliveriesQuery) -> Answer[DeliveriesJson]:
    """List deliveries with every attempt; the latest ``limit`` of them."""
    workspace = asked_workspace().name
    store = parts().store
    found = store.deliveries.find(
        workspace, notification_id=query.notification_id, subscription_id=query.subscription_id
    )[-query.limit :]
    tries = store.attempts.of_each(workspace, {one.delivery.notification_id for one in found})
    dues = store.jobs.dues(workspace, JobKind.DELIVER)
    shown = [_delivery(one, tries.get(one.key, []), dues.get("{}/{}".format(*one.key))) for one in found]
    return Answer({"deliveries": shown})


@bp.get("/emails")
@operation(problems=(401, 403))
def emails(query: EmailsQuery) -> Answer[EmailsJson]:
    """List the e-mails that would have been sent; the latest ``limit`` of them."""
    found = parts().store.emails.list(asked_workspace().name, limit=query.limit)
    return Answer({"emails": [_email(one) for one in found]})


def _delivery(kept: KeptDelivery, attempts: list[Attempt], due: datetime | None) -> DeliveryJson:
    message = _message(kept.notification.body)
    return {
        "notificationId": kept.delivery.notification_id,
        "subscriptionId": kept.delivery.subscription_id,
        "instanceId": message.instance_id,
        "topic": kept.notification.topic,
        "channel": kept.subscription.channel.value,
        "url": kept.subscription.url,
        "active": kept.subscription.active,
        "status": kept.delivery.status.value,
        "created": format_instant(kept.delivery.created),
        "due": format_instant(due) if due else None,
        "events": [f"{one.object_type}/{one.object_id} {one.event_type}" for one in message.events],
        "attempts": [_attempt(attempt) for attempt in attempts],
    }


def _message(body: bytes) -> _Message:
    """Read what a callback tells of; nothing of one that is in somebody's own words."""
    try:
        return _body.decode(body).message
    except DecodeError:
        return _Message()


def _attempt(attempt: Attempt) -> AttemptJson:
    return {
        "number": attempt.number,
        "at": format_instant(attempt.at),
        "url": attempt.url,
        "status": attempt.status,
        "outcome": attempt.reason or "delivered",
        "elapsedSeconds": attempt.elapsed.total_seconds(),
    }


def _email(email: Email) -> EmailJson:
    return {
        "at": format_instant(email.at),
        "cause": email.cause.value,
        "from": email.sender,
        "to": email.to,
        "subject": email.subject,
        "message": email.message,
    }
