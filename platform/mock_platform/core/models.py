"""The platform's values: frozen, keyword-only, instants aware and in UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum


@dataclass(frozen=True, kw_only=True)
class DefinedField:
    """A field of an object, as the instance's owner names it."""

    path: str
    type: str = "string"


@dataclass(frozen=True, kw_only=True)
class ObjectDefinition:
    """An object as the instance's owner wants to see it."""

    fields: tuple[DefinedField, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MappedField:
    """A field's own path, and the provider's."""

    path: str
    vendor_path: str
    type: str | None = None


@dataclass(frozen=True, kw_only=True)
class Transformation:
    """Which of the provider's objects is meant, and what its fields are called."""

    vendor_name: str
    fields: tuple[MappedField, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Objects:
    """An instance's definitions and transformations, by the objects' names."""

    definitions: Mapping[str, ObjectDefinition] = field(default_factory=dict)
    transformations: Mapping[str, Transformation] = field(default_factory=dict)

    def transformation_in_force(self, name: str) -> Transformation | None:
        """Return how an object is mapped; it needs both a definition and a transformation."""
        return self.transformations.get(name) if name in self.definitions else None

    def in_force(self) -> dict[str, Transformation]:
        """Return all mapped objects."""
        return {name: mapped for name, mapped in self.transformations.items() if name in self.definitions}


NONE = Objects()


class EventType(Enum):
    """What happened to a record, in the callback's words."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    DELETED = "DELETED"


@dataclass(frozen=True, kw_only=True)
class User:
    """Whose an instance is, as the instance and its events say."""

    id: int
    account_id: int
    company_id: int
    email: str
    first_name: str
    last_name: str


@dataclass(frozen=True, kw_only=True)
class Instance:
    """A customer's connection to the CRM.

    Attributes:
        configuration: all keys of the element; values are texts, None where there is none.
        polling_disabled: its poller was switched off after too many failures.
        user_id: whose it is; None is the user that the workspace began with.
        trace_logging_until: when the logging of traces that was asked for ends; None if there is none.
        objects: what it calls the provider's objects and their fields.
    """

    id: int
    token: str
    name: str
    tags: tuple[str, ...]
    element_key: str
    configuration: Mapping[str, str | None]
    created: datetime
    external_authentication: str = "none"
    disabled: bool = False
    polling_disabled: bool = False
    trace_logging_until: datetime | None = None
    subscription_id: int | None = None
    user_id: int | None = None
    objects: Objects = NONE


@dataclass(frozen=True, kw_only=True)
class DateField:
    """Where a record keeps a date, and how it writes it.

    Attributes:
        zone: of a text that names none itself.
    """

    path: str
    pattern: str
    zone: str = "GMT"


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource that an instance polls: an entry of ``event.poller.configuration``.

    Attributes:
        name: the entry's key; it becomes ``objectType``.
        url: relative to the platform, with date placeholders.
        id_field: a path in the record; empty means that there is no id.
        updated, created: None where the entry names no such field.
        created_check_tolerance: None where the entry leaves it to the platform.
    """

    name: str
    url: str
    id_field: str = ""
    updated: DateField | None = None
    created: DateField | None = None
    filter_by_updated_date: bool = True
    filter_by_current_date: bool = False
    created_check_tolerance: timedelta | None = None
    page_size: int | None = None
    poll_delay: timedelta = timedelta(0)


class PollVerdict(Enum):
    """What a poll made of a record; that one was deleted, only whoever hands it on can say."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    DELETED = "DELETED"
    IGNORED = "ignored"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a poll made of one record, and why.

    Attributes:
        record_id: empty if the record has none where the configuration says.
        date: the date that was held against the window; becomes the event's date.
    """

    record_id: str
    updated: str | None
    created: str | None
    date: datetime
    verdict: PollVerdict
    why: str

    @property
    def change(self) -> EventType | None:
        """The change to report, or None."""
        return None if self.verdict is PollVerdict.IGNORED else EventType(self.verdict.value)


@dataclass(frozen=True, kw_only=True)
class Poll:
    """One poll of one resource, with every decision it took.

    Attributes:
        window_from: the time from which it asked, the poll delay already taken off.
        request_status: of the first page that failed, else of the last; None if no answer came.
        events: changes found.
        error: why the poll failed, or None.
    """

    id: int = 0
    instance_id: int
    resource: str
    window_from: datetime
    at: datetime
    request_url: str
    request_status: int | None
    seen: int = 0
    events: int = 0
    decisions: tuple[Decision, ...] = ()
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class LastPoll:
    """How far a resource has been polled, and how often in a row that has failed since."""

    at: datetime
    failures: int = 0


@dataclass(frozen=True, kw_only=True)
class ChangeEvent:
    """One entry of a callback's ``events``."""

    change: EventType
    date: datetime
    object_id: str


@dataclass(frozen=True, kw_only=True)
class Notification:
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


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What one notification owes one subscription.

    Attributes:
        tries: all attempts so far.
        failures: attempts that failed since it was first owed, or last released.
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
    """How a subscriber is told (observed: the vendor's schemas)."""

    WEBHOOK = "webhook"
    EMAIL = "email"
    SMS = "sms"
    PUSH = "push"


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """Who is told of the notifications of some topics.

    Attributes:
        instance_id: whose event settings it stands for; None for one that was made by itself.
        user_id: whose it is; None is the user that the workspace began with.
        config: ``url`` for webhooks.
        active: False once all tries of a delivery were in vain.
    """

    id: int
    topics: tuple[str, ...]
    config: Mapping[str, object]
    channel: Channel = Channel.WEBHOOK
    instance_id: int | None = None
    user_id: int | None = None
    active: bool = True

    @property
    def url(self) -> str:
        """Where its callbacks go; empty if they go nowhere."""
        return str(self.config.get("url") or "")


@dataclass(frozen=True, kw_only=True)
class Attempt:
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


@dataclass(frozen=True, kw_only=True)
class StoredEvent:
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


class JobKind(Enum):
    """What can fall due."""

    POLL = "poll"
    DELIVER = "deliver"
    BULK = "bulk"
    CALL = "call"
    SCHEDULED = "scheduled"


@dataclass(frozen=True, kw_only=True)
class Job:
    """Something that falls due: jobs of one instant run in the order of their numbers.

    Attributes:
        subject: the instance of a poll; ``notification/subscription`` of a delivery; the id of a bulk job; the number of
            a call that is done later.
    """

    number: int
    workspace: str
    kind: JobKind
    subject: str
    due: datetime


@dataclass(frozen=True, kw_only=True)
class RunSummary:
    """What ran while time was moved.

    Attributes:
        polls: polls of single resources.
        events: changes found.
        deliveries: callbacks that their receiver took.
        attempts: callbacks sent, taken or not.
    """

    polls: int = 0
    events: int = 0
    deliveries: int = 0
    attempts: int = 0

    def __add__(self, other: "RunSummary") -> "RunSummary":
        return RunSummary(
            polls=self.polls + other.polls,
            events=self.events + other.events,
            deliveries=self.deliveries + other.deliveries,
            attempts=self.attempts + other.attempts,
        )
