"""What a polled instance's receiver should get, computed from what happened in the CRM and when it was polled. Pure.

It shares no code with the poller, and knows none of its dates, patterns, filters or verdicts: it takes the CRM's
own log for the truth, and what a reader of the callbacks wants for the measure.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from itertools import groupby


class ExpectedEventType(Enum):
    """What was made of a record, and what a callback calls it; UNKNOWN is never expected, only reported."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    DELETED = "DELETED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, kw_only=True)
class LoggedChange:
    """A change of the CRM's own log.

    Attributes:
        seq: its place in the log.
        at: when it really happened, regardless of the CRM's stamp on the record.
    """

    seq: int
    record_id: str
    kind: ExpectedEventType
    at: datetime


@dataclass(frozen=True, kw_only=True)
class PollingHistory:
    """How one resource of an instance was polled.

    Attributes:
        since: when that began.
        polls: when it was polled, ascending, with any result.
        until: up to when polls count that should have been and were not: now, unless it is polled no more.
        missing_every: the interval at which it should be polled; None while its poller is paused.
        delay: each poll asks once more for what had changed within this time before the poll before it.
        seen_at_once: changes, by their seq, that a poll of about the same instant is known to have seen, and that poll.
    """

    since: datetime
    polls: tuple[datetime, ...]
    until: datetime
    missing_every: timedelta | None = None
    delay: timedelta = timedelta(0)
    seen_at_once: Mapping[int, datetime] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ExpectedEvent:
    """An event that a receiver should get.

    Attributes:
        kind: what it has to be called.
        at: when that happened: the creation, or the latest of the changes.
        due: the first poll that had the chance to see it.
        by: the last poll that may report it and is not late; None if that is still to come.
        changes: how many of the log's it stands for.
    """

    record_id: str
    kind: ExpectedEventType
    at: datetime
    due: datetime
    by: datetime | None
    changes: int = 1


def expected_events(changes: Iterable[LoggedChange], watch: PollingHistory) -> list[ExpectedEvent]:
    """Return the events that are expected for the changes of a collection, in the order in which they fell due.

    - A change is due at the first poll after it. One in the very instant of a poll counts as after it, unless the poll
      is known to have seen it (assumed; that what is dated at a poll's own time is not reported by the next one is how
      the vendor's rule reads, but a receiver knows of nothing yet, so it is expected all the same).
    - Nothing is expected for what happened up to the moment in which events were enabled (assumed: no source speaks of a
      back-fill), nor before the next poll that is to see it, nor while a poller is paused. That there is no poll is no
      excuse otherwise: what an interval after the last one should have seen is expected, whether the poller was switched
      off after failures (documented), its interval was changed again and again, or its resource was taken out of the
      configuration in the midst of it (assumed).
    - What had changed within the delay before a poll is asked for once more by the next one, and is not late there
      (assumed: a delay is set where a CRM's list may not have it at once).
    - What is due at one poll is one event for each record, as polling sees states and no history (inferred from the
      worked timeline): CREATED if the record was made since the poll before, even if it was changed afterwards, for its
      receiver has never heard of it (assumed: what the receiver wants; the documented rule holds two dates against a
      tolerance, and may call it otherwise).
    - A record that is gone has DELETED expected if the receiver may have it, although polling this CRM never says so (that
      only elements whose lists hold deleted rows can report them is documented); one that was made and deleted between
      two polls has nothing expected.

    Args:
        changes: of records of one collection, in any order; of a record that the log begins to know with something else
            than its creation, there was something before.

    >>> from datetime import UTC, timedelta
    >>> ten = datetime(2026, 3, 2, 10, tzinfo=UTC)
    >>> made = LoggedChange(seq=1, record_id="7", kind=ExpectedEventType.CREATED, at=ten + timedelta(minutes=1))
    >>> poll = ten + timedelta(minutes=15)
    >>> [(event.kind.value, event.due == poll) for event in expected_events([made], PollingHistory(since=ten, polls=(poll,), until=poll))]
    [('CREATED', True)]
    """
    ordered = sorted(changes, key=lambda change: (change.record_id, change.seq))
    events = [
        event
        for _, of_record in groupby(ordered, key=lambda change: change.record_id)
        for event in _expected_of_record([change for change in of_record if change.at > watch.since], watch)
    ]
    return sorted(events, key=lambda event: (event.due, event.at))


def _expected_of_record(changes: list[LoggedChange], watch: PollingHistory) -> Iterator[ExpectedEvent]:
    """Yield what is expected for one record, poll by poll."""
    # A record that the log begins with anything but its creation was there before, and its receiver may have it.
    exists = not changes or changes[0].kind is not ExpectedEventType.CREATED
    for due, group in groupby(changes, key=lambda change: _due(change, watch)):
        together = list(group)
        if due is None:
            return
        kind = _kind(together)
        if kind is not ExpectedEventType.DELETED or exists:
            yield ExpectedEvent(
                record_id=together[0].record_id,
                kind=kind,
                at=max(change.at for change in together if change.kind is kind),
                due=due,
                by=due if kind is ExpectedEventType.DELETED else _by(together[-1], due, watch),
                changes=len(together),
            )
        exists = kind is not ExpectedEventType.DELETED


def _due(change: LoggedChange, watch: PollingHistory) -> datetime | None:
    """Return the first poll that had the chance to see a change, or that was missed; None if there was none so far."""
    if change.seq in watch.seen_at_once:
        return watch.seen_at_once[change.seq]
    # Right of it: a change in the very instant of a poll is due at the next one.
    after = bisect_right(watch.polls, change.at)
    if after < len(watch.polls):
        return watch.polls[after]
    return None if watch.missing_every is None else _missed(change.at, watch, watch.missing_every)


def _by(change: LoggedChange, due: datetime, watch: PollingHistory) -> datetime | None:
    """Return the last poll that may report a change and is not late; None if that is still to come."""
    at = change.at + watch.delay
    if at <= due:
        return due
    after = bisect_left(watch.polls, at)
    if after < len(watch.polls):
        return watch.polls[after]
    return None if watch.missing_every is None else _missed(at, watch, watch.missing_every)


def _missed(at: datetime, watch: PollingHistory, every: timedelta) -> datetime | None:
    """Return the first poll after an instant that was missed; None if there was none so far."""
    last = watch.polls[-1] if watch.polls else watch.since
    if every > watch.until - last:
        return None
    # As if polls had gone on at their interval since the last one.
    due = last + ((at - last) // every + 1) * every
    return due if due <= watch.until else None


def _kind(together: list[LoggedChange]) -> ExpectedEventType:
    """Say what the changes come to that one poll has to tell of."""
    if together[-1].kind is ExpectedEventType.DELETED:
        return ExpectedEventType.DELETED
    created = any(change.kind is ExpectedEventType.CREATED for change in together)
    return ExpectedEventType.CREATED if created else ExpectedEventType.UPDATED
