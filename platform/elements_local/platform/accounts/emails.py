"""E-mails that the platform would send. They are kept and shown, and never sent."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum

from msgspec import Struct

from elements_local.platform.core.instance import Instance, User
from elements_local.platform.core.poll import Poll

SENDER = "notifications@cloud-elements.com"


class EmailCause(Enum):
    """Why an e-mail was written."""

    ASKED = "asked for"
    SUBSCRIPTION = "subscription"
    POLLER_DISABLED = "poller disabled"
    DELIVERY_FAILED = "delivery failed"


class Email(Struct, frozen=True, kw_only=True):
    """One e-mail."""

    at: datetime
    cause: EmailCause
    recipient: str
    subject: str
    message: str
    sender: str = SENDER


def poller_disabled(instance: Instance, owner: User, poll: Poll, *, limit: int) -> Email:
    """Write to the owner of an instance whose poller was switched off, since a poll failed once too often.

    Source: there is such an e-mail (documented); its words are ours.
    """
    return Email(
        at=poll.at,
        cause=EmailCause.POLLER_DISABLED,
        recipient=owner.email,
        subject=f"Polling of {instance.name} (instance {instance.id}) was disabled",
        message=(
            f"Polling {poll.resource!r} failed {limit} times in a row, the last time with: {poll.error}. "
            "No resource of the instance is polled any more until its events are enabled again."
        ),
    )


def delivery_failed(  # noqa: PLR0913 - what the e-mail says
    name: str, *, to: str, url: str, tries: int, reason: str, at: datetime
) -> Email:
    """Write that a subscription was deactivated.

    Args:
        name: of the instance, or of the subscription if it is nobody's.

    Source: failure e-mails name the instance (documented); its words, and that it is written when all tries are
        used, are assumed.
    """
    return Email(
        at=at,
        cause=EmailCause.DELIVERY_FAILED,
        recipient=to,
        subject=f"Notifications of {name} are no longer delivered",
        message=(
            f"{tries} attempts to deliver to {url} failed, the last one with: {reason}. "
            "The subscription was deactivated; what comes now is queued until it is released."
        ),
    )


def of_notification(  # noqa: PLR0913 - as above
    config: Mapping[str, object], owner: User, *, topic: str, sender: str, message: str, at: datetime
) -> Email:
    """Write what a subscriber by e-mail gets.

    Source: there is such a channel (observed); which key of ``config`` has the address is assumed, and that a user who
        gives none is the owner.
    """
    addresses = (config.get(key) for key in ("to", "email", "emailAddress"))
    to = next((address for address in addresses if isinstance(address, str) and address), owner.email)
    return Email(
        at=at, cause=EmailCause.SUBSCRIPTION, recipient=to, sender=sender, subject=topic, message=message
    )
