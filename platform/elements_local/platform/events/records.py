"""Notifications, who subscribed to them, and how far each delivery is."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum

from msgspec import Struct

from elements_local.platform.core.poll import EventType


class ChangeEvent(Struct, frozen=True, kw_only=True):
    """One entry of a callback's ``events``."""

    change: EventType
    date: datetime
    object_id: str


class Notification(Struct, frozen=True, kw_only=True):
    """One callback to be: up to ten changes of one resource of one poll.

    Attributes:
        raw: all changed records of the poll, as the hub gave them; the same in each of its notifications.
        payload: what a provider sent, in the place of records; None where something was polled.
    """

    id: int
    event_id: str
    created: datetime
    poll_at: datetime
    object_type: str
    events: tuple[ChangeEvent, ...]
    raw: tuple[Mapping[str, object], ...]
    payload: Mapping[str, object] | None = None


class DeliveryStatus(Enum):
    """Where a delivery stands.

    Source: the words (observed: the vendor's test suite and schemas); that ``notified`` is for channels other than
        webhooks is assumed.
    """

    CREATED = "created"
    DELIVERED = "delivered"
    NOTIFIED = "notified"
    RETRY = "retry"
    QUEUED = "queued"


class Delivery(Struct, frozen=True, kw_only=True):
    """What is to be sent of one notification to one subscription.

    Attributes:
        tries: all attempts so far.
        failures: attempts that failed since it was made, or last released.
        first_failure: when the first of them did.
    """

    notification_id: int
    subscription_id: int
    status: DeliveryStatus
    created: datetime
    updated: datetime
    tries: int = 0
    failures: int = 0
    first_failure: datetime | None = None

    @property
    def key(self) -> tuple[int, int]:
        """The ids of its notification and its subscription."""
        return self.notification_id, self.subscription_id


class Channel(Enum):
    """How a subscriber is notified (observed: the vendor's schemas)."""

    WEBHOOK = "webhook"
    EMAIL = "email"
    SMS = "sms"
    PUSH = "push"


class Subscription(Struct, frozen=True, kw_only=True):
    """Who gets the notifications of some topics.

    Attributes:
        instance_id: whose event settings it stands for; None for one that was made by itself.
        config: ``url`` for webhooks.
        active: False once all tries of a delivery were in vain.
    """

    id: int
    topics: tuple[str, ...]
    config: Mapping[str, object]
    channel: Channel = Channel.WEBHOOK
    instance_id: int | None = None
    active: bool = True

    @property
    def url(self) -> str:
        """Where its callbacks go; empty if they go nowhere."""
        return str(self.config.get("url") or "")


class Attempt(Struct, frozen=True, kw_only=True):
    """One try to deliver.

    Attributes:
        number: counted from 1 for each delivery.
        status: of the receiver's answer; None if none came.
        reason: why it does not count as success; empty if it does.
    """

    number: int
    at: datetime
    url: str
    status: int | None
    reason: str
    elapsed: timedelta = timedelta(0)

    @property
    def is_unheard(self) -> bool:
        """Whether the receiver may have the callback, though its answer did not come."""
        return self.reason.startswith(("timed out", "connection closed", "connection reset"))
