"""``/_local/deliveries`` and ``/_local/emails``: all that was sent, attempt by attempt, and what never is."""

from datetime import datetime
from typing import Annotated, TypedDict

from flask import Blueprint
from msgspec import Meta, Struct

from elements_local.kit.api.operations import Answer, operation, page_json
from elements_local.kit.api.pages import PAGE, Limit, ListQuery, PageJson
from elements_local.kit.instants import format_instant
from elements_local.kit.masks import mask_url
from elements_local.kit.storage.retention import Pruned
from elements_local.kit.text import record_name
from elements_local.platform.accounts.emails import Email
from elements_local.platform.accounts.store import Emails
from elements_local.platform.call import AdminCall
from elements_local.platform.callbacks.activity_messages import subject_of
from elements_local.platform.callbacks.store import Deliveries, Key
from elements_local.platform.callbacks.store_attempts import Attempts
from elements_local.platform.events.records import Attempt
from elements_local.platform.events.subscription import KeptDelivery
from elements_local.platform.jobs.store import JobKind, Jobs

bp = Blueprint("outbox", __name__, url_prefix="/_local")

_Id = Annotated[int, Meta(ge=0, le=10**18)]


class OutboxQuery(Struct, rename="camel"):
    """Which deliveries are asked for.

    Attributes:
        before: only those that come before this one, ``<notificationId>/<subscriptionId>``, as ``next`` says it.
        limit: the latest of them.
    """

    notification_id: _Id | None = None
    subscription_id: _Id | None = None
    before: Annotated[str, Meta(pattern=r"^[0-9]{1,18}/[0-9]{1,18}$(?!\n)")] | None = None
    limit: Limit = PAGE


class AttemptJson(TypedDict):
    """One try: when, where to, and what came of it."""

    number: int
    at: str
    url: str
    status: int | None
    outcome: str
    elapsedSeconds: float


class OutboxDeliveryJson(TypedDict):
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


class OutboxJson(PageJson):
    """Deliveries by notification and subscription; ``pruned`` says which are no longer kept."""

    pruned: Pruned | None
    deliveries: list[OutboxDeliveryJson]


EmailJson = TypedDict(
    "EmailJson", {"at": str, "cause": str, "from": str, "to": str, "subject": str, "message": str}
)
"""An e-mail; ``from`` is a word of Python's."""


class EmailsJson(PageJson):
    """E-mails, oldest first; ``pruned`` says which are no longer kept."""

    pruned: Pruned | None
    emails: list[EmailJson]


@bp.get("/deliveries")
@operation(problems=(401, 403))
def deliveries(call: AdminCall, query: OutboxQuery) -> Answer[OutboxJson]:
    """List deliveries with every attempt; the latest ``limit`` of them."""
    with call.read() as tx:
        page = Deliveries(tx).page(
            notification_id=query.notification_id,
            subscription_id=query.subscription_id,
            before=_key(query.before),
            limit=query.limit,
        )
        tries = Attempts(tx).of_each({one.delivery.notification_id for one in page.items})
        dues = Jobs(tx).dues(JobKind.DELIVER)
        pruned = call.platform.history.pruned(tx)
    shown = [_delivery(one, tries.get(one.key, []), dues.get(one.name)) for one in reversed(page.items)]
    return Answer(
        {
            "deliveries": shown,
            "pruned": pruned,
            **page_json(page, "before"),
        }
    )


@bp.get("/emails")
@operation(problems=(401, 403))
def emails(call: AdminCall, query: ListQuery) -> Answer[EmailsJson]:
    """List the e-mails that would have been sent; the latest ``limit`` of them."""
    with call.read() as tx:
        page = Emails(tx).page(before=query.before, limit=query.limit)
        pruned = call.platform.history.pruned(tx)
    return Answer(
        {
            "emails": [_email(one) for _, one in reversed(page.items)],
            "pruned": pruned,
            **page_json(page, "before"),
        }
    )


def _key(name: str | None) -> Key | None:
    if name is None:
        return None
    notification_id, _, subscription_id = name.partition("/")
    return int(notification_id), int(subscription_id)


def _delivery(stored: KeptDelivery, attempts: list[Attempt], due: datetime | None) -> OutboxDeliveryJson:
    subject = subject_of(stored.notification.body)
    return {
        "notificationId": stored.delivery.notification_id,
        "subscriptionId": stored.delivery.subscription_id,
        "instanceId": subject.instance_id,
        "topic": stored.notification.topic,
        "channel": stored.subscription.channel.value,
        "url": mask_url(stored.subscription.url),
        "active": stored.subscription.active,
        "status": stored.delivery.status.value,
        "created": format_instant(stored.delivery.created),
        "due": format_instant(due) if due else None,
        "events": [
            f"{record_name(resource, record_id)} {change}" for resource, change, record_id in subject.changes
        ],
        "attempts": [_attempt(attempt) for attempt in attempts],
    }


def _attempt(attempt: Attempt) -> AttemptJson:
    return {
        "number": attempt.number,
        "at": format_instant(attempt.at),
        "url": mask_url(attempt.url),
        "status": attempt.status,
        "outcome": attempt.reason or "delivered",
        "elapsedSeconds": attempt.elapsed.total_seconds(),
    }


def _email(email: Email) -> EmailJson:
    return {
        "at": format_instant(email.at),
        "cause": email.cause.value,
        "from": email.sender,
        "to": email.recipient,
        "subject": email.subject,
        "message": email.message,
    }
