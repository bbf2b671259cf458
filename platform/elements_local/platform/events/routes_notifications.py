"""``/notifications``: what subscribers get, of events or in somebody's own words."""

from typing import Annotated

from flask import Blueprint
from msgspec import Meta, Struct, field, structs

from elements_local.kit.api.operations import Answer, Link, links, operation
from elements_local.kit.storage.transaction import Transaction
from elements_local.kit.text import whole_number
from elements_local.kit.values import replace
from elements_local.platform.accounts.directory import user_of
from elements_local.platform.accounts.emails import SENDER, Email, EmailCause
from elements_local.platform.accounts.store import Emails
from elements_local.platform.call import Call
from elements_local.platform.core import identities
from elements_local.platform.core.paging import PAGE_HEADERS, PageQuery, paging, part_of
from elements_local.platform.errors import NotFoundError
from elements_local.platform.events import store_notifications as rules
from elements_local.platform.events.store_notifications import (
    KeptNotification,
    NewNotification,
    NotificationJson,
    Notifications,
    Severity,
)

bp = Blueprint("notifications", __name__, url_prefix="/notifications")

_ID = "$response.body#/id"
Text = Annotated[str, Meta(min_length=1, max_length=100_000)]

_LINKS = {
    **links("notifications", "get", "acknowledge", "delete", notification_id=_ID),
    "deliveries": Link(operation="deliveries.index_of_notification", parameters={"notification_id": _ID}),
}


class TopicsQuery(PageQuery, rename="camel", kw_only=True):
    """Which notifications are asked for.

    Attributes:
        topics: one of them at least.
    """

    topics: list[str] = field(name="topics[]")


class NotificationRequest(Struct):
    """What somebody wants to be notified of.

    Attributes:
        topic: whose subscribers are notified.
        sender: ``from``, a word of Python's.
    """

    topic: Text
    message: str = ""
    severity: Severity = "medium"
    sender: str = field(name="from", default=SENDER)


class EmailRequest(Struct):
    """An e-mail to be kept; ``from`` is a word of Python's.

    Attributes:
        to: one address, or several with commas between.
    """

    to: Text
    sender: str = field(name="from", default=SENDER)
    subject: str = ""
    message: str = ""


@bp.get("")
@operation(headers=PAGE_HEADERS)
def index(call: Call, query: TopicsQuery) -> Answer[list[NotificationJson]]:
    """List the notifications of some topics by ascending id (assumed); an unknown topic has none (observed)."""
    page = paging(query)
    with call.read() as tx:
        rows = Notifications(tx).list(query.topics, offset=page.offset, limit=page.size)
        total = Notifications(tx).count(query.topics)
    return part_of([rules.as_json(one) for one in rows], page, total=total)


@bp.post("")
@operation(links=_LINKS)
def create(call: Call, body: NotificationRequest) -> Answer[NotificationJson]:
    """Tell everybody who subscribed to a topic; callbacks go out apart from this call."""
    now = call.now

    with call.transaction() as tx:
        notifications = Notifications(tx)
        number = notifications.take_ids(first=identities.first_notification_id(call.workspace))
        callback = rules.plain_body(notification_id=number, created=now, **structs.asdict(body))
        new = NewNotification(
            id=number, topic=body.topic, created=now, body=callback, owner=user_of(call.workspace)
        )
        notifications.publish(new)
        call.platform.history.forget(tx, now)
    call.platform.engine.wake()
    return Answer(rules.as_json(new))


@bp.post("/emails")
@operation()
def send_email(call: Call, body: EmailRequest) -> Answer[None]:
    """Take an e-mail, and keep it: none is ever sent. ``GET /_local/emails`` shows them."""
    email = Email(
        at=call.now,
        cause=EmailCause.ASKED,
        recipient=body.to,
        sender=body.sender,
        subject=body.subject,
        message=body.message,
    )
    with call.transaction() as tx:
        Emails(tx).add(email)
    return Answer(None)


@bp.get("/<notification_id>")
@operation(problems=(404,))
def get(call: Call, notification_id: str) -> Answer[NotificationJson]:
    """Show one notification."""
    return Answer(rules.as_json(notification_named(call, notification_id)))


@bp.put("/<notification_id>/acknowledge")
@operation(problems=(404,))
def acknowledge(call: Call, notification_id: str) -> Answer[NotificationJson]:
    """Mark a notification as seen; the answer shows it (assumed)."""
    with call.transaction() as tx:
        notification = _named(tx, notification_id)
        Notifications(tx).acknowledge(notification.id)
    return Answer(rules.as_json(replace(notification, acknowledged=True)))


@bp.delete("/<notification_id>")
@operation(problems=(404,))
def delete(call: Call, notification_id: str) -> Answer[None]:
    """Delete a notification: what is still due of it is not sent any more (assumed); its event stays."""
    with call.transaction() as tx:
        Notifications(tx).delete(_named(tx, notification_id).id)
    return Answer(None)


def notification_named(call: Call, notification_id: str) -> KeptNotification:
    """Return a notification by the id in a path.

    Raises:
        NotFoundError: there is none, or no longer.
    """
    with call.read() as tx:
        return _named(tx, notification_id)


def _named(tx: Transaction, notification_id: str) -> KeptNotification:
    number = whole_number(notification_id)
    notification = None if number is None else Notifications(tx).get(number)
    if notification is None:
        raise NotFoundError("notification", notification_id)
    return notification
