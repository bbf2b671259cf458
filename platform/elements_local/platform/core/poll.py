"""What is polled, and what came of a poll."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum

from msgspec import Struct


class EventType(Enum):
    """What happened to a record, in the callback's words.

    Source: ``UNKNOWN`` is what fits none of the others, as a handler of a provider's event states (documented).
    """

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    DELETED = "DELETED"
    UNKNOWN = "UNKNOWN"


class DateField(Struct, frozen=True, kw_only=True):
    """Where a record keeps a date, and how it writes it.

    Attributes:
        zone: of a text that names none itself.
    """

    path: str
    pattern: str
    zone: str = "GMT"


class Resource(Struct, frozen=True, kw_only=True):
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

    def tolerance(self, default: timedelta) -> timedelta:
        """Return how far a new record's two dates may lie apart."""
        return default if self.created_check_tolerance is None else self.created_check_tolerance


class PollVerdict(Enum):
    """What a poll made of a record; that one was deleted, or what happened is unknown, only a provider's event can say."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    DELETED = "DELETED"
    UNKNOWN = "UNKNOWN"
    IGNORED = "ignored"


class Decision(Struct, frozen=True, kw_only=True):
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


class PollCall(Struct, frozen=True, kw_only=True):
    """A call that was made for a poll.

    Attributes:
        service: ``crm``, or ``platform`` of the poll's own call to the hub, which is kept if a fault rule struck it.
        target: path and query.
        status: of the answer; None if none came.
        effect: what a scripted fault made of it, and what the vendor's fake noted of it; empty if there is nothing.
    """

    service: str
    method: str
    target: str
    status: int | None
    effect: Mapping[str, object]


class Poll(Struct, frozen=True, kw_only=True):
    """One poll of one resource, with every decision it took.

    Attributes:
        window_from: the time from which it asked, the poll delay already taken off.
        request_status: of the first page that failed, else of the last; None if no answer came.
        events: changes found.
        error: why the poll failed, or None.
        calls: those that explain what it saw, or that it saw nothing; none of a poll that is idle and that no fault struck. None
            if they are not known, as of a snapshot that an earlier release took.
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
    calls: tuple[PollCall, ...] | None = ()

    @property
    def is_idle(self) -> bool:
        """Whether it saw no record and did not fail, as nearly all do."""
        return not self.seen and not self.error


class LastPoll(Struct, frozen=True, kw_only=True):
    """How far a resource has been polled, and how often in a row that has failed since."""

    at: datetime
    failures: int = 0
