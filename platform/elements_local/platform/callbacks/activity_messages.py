"""What the activity says of callbacks: what each is about, read from its body, and where it goes, as far as that may be shown."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import DecodeError, Struct
from msgspec.json import Decoder

from elements_local.kit.instants import format_instant
from elements_local.kit.masks import mask_url
from elements_local.platform.activity.store import (
    Activity,
    ActivityKind,
    counted,
    moment,
    of_instance,
)
from elements_local.platform.callbacks.delivery import AttemptOutcome
from elements_local.platform.core.settings import RetrySchedule
from elements_local.platform.events.records import Attempt

_CHANGES_SHOWN = 10


class CallbackSubject(Struct, frozen=True, kw_only=True):
    """What a callback is about.

    Attributes:
        changes: resource, change and record id of each of its events.
        instance_id: None if it is no instance's.
    """

    changes: tuple[tuple[str, str, str], ...] = ()
    instance_id: int | None = None

    @property
    def text(self) -> str:
        """Its first change, and how many more there are."""
        if not self.changes:
            return "no events"
        first = " ".join(filter(None, self.changes[0]))
        return first + (f" and {len(self.changes) - 1} more" if self.changes[1:] else "")

    @property
    def about(self) -> dict[str, object]:
        """The same for programs."""
        names = ("resource", "change", "recordId")
        changes = [dict(zip(names, change, strict=True)) for change in self.changes[:_CHANGES_SHOWN]]
        resource = {"resource": self.changes[0][0]} if self.changes else {}
        return of_instance(self.instance_id) | resource | {"events": len(self.changes), "changes": changes}


def attempted(
    attempt: Attempt, subject: CallbackSubject, outcome: AttemptOutcome, *, schedule: RetrySchedule
) -> Iterator[Activity]:
    """Tell of an attempt to deliver, and of what follows from it."""
    succeeded, url = not attempt.reason, mask_url(attempt.url)
    answer = f"no answer: {attempt.reason}" if attempt.status is None else str(attempt.status)
    nth = "" if succeeded and attempt.number == 1 else f", attempt {attempt.number}"
    yield Activity(
        kind=ActivityKind.CALLBACK,
        text=f"callback POST {url} -> {answer} ({subject.text}){nth}",
        about=subject.about
        | {"url": url, "status": attempt.status, "attempt": attempt.number}
        | {"outcome": "delivered" if succeeded else "failed"},
    )
    if outcome.again is not None:
        yield _retry(subject, outcome.again, outcome.delivery.failures, schedule, attempt.at)
    elif not succeeded:
        yield _queued(subject, outcome)


def queue_undelivered(subject: CallbackSubject) -> Activity:
    """Tell that a callback was queued without an attempt."""
    text = f"callback queued unsent, its subscription is deactivated ({subject.text})"
    return Activity(kind=ActivityKind.CALLBACK, text=text, about=subject.about | {"outcome": "queued"})


def _retry(
    subject: CallbackSubject, due: datetime, number: int, schedule: RetrySchedule, now: datetime
) -> Activity:
    return Activity(
        kind=ActivityKind.RETRY,
        text=f"retry at {moment(due, now)} ({number} of {schedule.tries}) of {subject.text}",
        about=subject.about | {"due": format_instant(due), "retry": number, "retries": schedule.tries},
    )


def _queued(subject: CallbackSubject, outcome: AttemptOutcome) -> Activity:
    """Tell of a callback that is not tried again by itself."""
    tries = counted(outcome.delivery.failures, "attempt")
    text = (
        f"callback given up after {tries} ({subject.text}): its subscription is deactivated, what comes now is queued"
        if outcome.gives_up
        else f"callback queued after {tries}, as the account's failure policy says ({subject.text})"
    )
    about = subject.about | {"outcome": "given up" if outcome.gives_up else "queued"}
    return Activity(kind=ActivityKind.CALLBACK, text=text, about=about)


class _Event(Struct, rename="camel"):
    """One of a callback's events."""

    object_type: str
    event_type: str
    object_id: str = ""


class _Message(Struct, rename="camel"):
    """What is inside a callback's envelope."""

    instance_id: int
    events: tuple[_Event, ...] = ()


class _Envelope(Struct):
    """A callback's body; all else in it, the records too, is passed over unread."""

    message: _Message


_envelope = Decoder(_Envelope)


def subject_of(body: bytes) -> CallbackSubject:
    """Return what a callback is about; nothing of one that is no instance's."""
    try:
        message = _envelope.decode(body).message
    except (DecodeError, UnicodeDecodeError):
        return CallbackSubject()
    changes = tuple((each.object_type, each.event_type, each.object_id) for each in message.events)
    return CallbackSubject(changes=changes, instance_id=message.instance_id)
