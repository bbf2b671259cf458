"""What happened, in a line each: what is told of instances, polls, callbacks and time to whoever watches.

A line says no instant of its own, since it is shown beside the one it belongs to. Who hands in a URL masks its secrets.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from mock_platform.callbacks.delivery import Outcome
from mock_platform.callbacks.retry import Ladder
from mock_platform.configuration import instance_configuration as configuration
from mock_platform.core.models import Instance, Poll, Ran, Resource
from mock_platform.dates import date_template
from mock_platform.dates.iso_dates import iso_date_exact
from mock_platform.instances.schedule import Plan
from mock_platform.lint.warning import ConfigWarning

_NAMES_SHOWN = 8
_CHANGES_SHOWN = 10
_PARTS = {
    "name": "name",
    "tags": "tags",
    "element_key": "element",
    "trace_logging_until": "trace logging",
    "objects": "objects",
}
"""What an instance has beside its configuration, and how that is called."""


class Kind(Enum):
    """What sort of thing happened."""

    INSTANCE = "instance"
    POLL = "poll"
    CALLBACK = "callback"
    RETRY = "retry"
    WARNING = "warning"
    POLLER = "poller"
    CLOCK = "clock"
    RESET = "reset"


@dataclass(frozen=True, kw_only=True)
class Activity:
    """Something that happened.

    Attributes:
        text: one line.
        about: what the line is about, for programs; the keys are those of JSON.
    """

    kind: Kind
    text: str
    about: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Subject:
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
        return _of(self.instance_id) | resource | {"events": len(self.changes), "changes": changes}


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One attempt to deliver a callback.

    Attributes:
        url: as it may be shown.
        status: of the answer; None if none came.
        reason: why it does not count as success; empty if it does.
        number: of the attempt, counted from 1.
    """

    url: str
    status: int | None
    reason: str
    number: int
    subject: Subject


def made(instance: Instance, plan: Plan, *, now: datetime) -> Iterator[Activity]:
    """Tell of a new instance, and of its events if they are enabled."""
    yield _instance(f"instance {instance.id} made: {instance.name}", instance)
    if configuration.events_enabled(instance.configuration):
        yield _enabled(instance, plan, now)


def changed(before: Instance, after: Instance, plan: Plan, *, now: datetime) -> Iterator[Activity]:
    """Tell what of an instance is another; nothing if all of it is as it was."""
    names = list(_names_changed(before, after))
    if names:
        shown = ", ".join(names[:_NAMES_SHOWN]) + (" and more" if names[_NAMES_SHOWN:] else "")
        yield _instance(f"instance {after.id} changed: {shown}", after)
    if after.disabled != before.disabled:
        yield _instance(f"instance {after.id} {'disabled' if after.disabled else 'enabled'}", after)
    was, is_now = (configuration.events_enabled(each.configuration) for each in (before, after))
    if is_now and not was:
        yield _enabled(after, plan, now)
    elif was and not is_now:
        yield _instance(f"events disabled (instance {after.id})", after)
    elif before.polling_disabled and not after.polling_disabled:
        yield Activity(
            kind=Kind.POLLER, text=f"poller switched on again (instance {after.id})", about=_of(after.id)
        )


def deleted(instance: Instance) -> Activity:
    """Tell that an instance is gone."""
    return _instance(f"instance {instance.id} deleted: {instance.name}", instance)


def polled(poll: Poll, resource: Resource) -> Activity | None:
    """Tell of a poll that found changes, failed, or passed over what the provider gave it as changed; else nothing."""
    about = _of(poll.instance_id) | {"resource": poll.resource, "seen": poll.seen, "reported": poll.events}
    if poll.error:
        text = f"poll of {poll.resource} failed (instance {poll.instance_id}): {poll.error}"
        return Activity(kind=Kind.POLL, text=text, about=about | {"error": poll.error})
    if not poll.events and not (poll.seen and date_template.has_placeholder(resource.url)):
        return None
    text = f"poll of {poll.resource}: {poll.seen} seen, {poll.events} reported (instance {poll.instance_id})"
    why = "" if poll.events else f": {poll.decisions[0].why}"
    return Activity(kind=Kind.POLL, text=text + why, about=about)


def switched_off(poll: Poll, *, failures: int) -> Activity:
    """Tell that a poller failed so often that it was switched off."""
    text = (
        f"poller switched off (instance {poll.instance_id}): {poll.resource} failed {failures} times in a row"
    )
    about = _of(poll.instance_id) | {"resource": poll.resource, "failures": failures}
    return Activity(kind=Kind.POLLER, text=text, about=about)


def attempted(sent: Sent, outcome: Outcome, *, ladder: Ladder, now: datetime) -> Iterator[Activity]:
    """Tell of an attempt to deliver, and of what follows from it."""
    subject, taken = sent.subject, not sent.reason
    came = f"no answer: {sent.reason}" if sent.status is None else str(sent.status)
    nth = "" if taken and sent.number == 1 else f", attempt {sent.number}"
    yield Activity(
        kind=Kind.CALLBACK,
        text=f"callback POST {sent.url} -> {came} ({subject.text}){nth}",
        about=subject.about
        | {"url": sent.url, "status": sent.status, "attempt": sent.number}
        | {"outcome": "delivered" if taken else "failed"},
    )
    if outcome.again is not None:
        yield _retry(subject, outcome.again, outcome.delivery.failures, ladder, now)
    elif not taken:
        yield _queued(subject, outcome)


def put_aside(subject: Subject) -> Activity:
    """Tell that a callback was queued without an attempt."""
    text = f"callback queued unsent, its subscription is deactivated ({subject.text})"
    return Activity(kind=Kind.CALLBACK, text=text, about=subject.about | {"outcome": "queued"})


def advanced(start: datetime, end: datetime, ran: Ran) -> Activity:
    """Tell that time was moved, and what ran meanwhile."""
    did = ", ".join(
        [_counted(ran.polls, "poll"), _counted(ran.events, "event"), _counted(ran.attempts, "callback")]
        + ([f"{ran.attempts - ran.deliveries} not taken"] if ran.attempts > ran.deliveries else [])
    )
    return Activity(
        kind=Kind.CLOCK,
        text=f"clock advanced from {_moment(start, end)} to {_moment(end, start)}: {did if ran != Ran() else 'nothing fell due'}",
        about=_times(start, end)
        | {"polls": ran.polls, "events": ran.events, "deliveries": ran.deliveries, "attempts": ran.attempts},
    )


def clock_set(start: datetime, end: datetime, *, follows: bool) -> Activity:
    """Tell that a clock was changed without running anything in between.

    Args:
        follows: whether it follows the machine from now on.
    """
    text = "clock follows the machine" if follows else f"clock set from {_moment(start)} to {_moment(end)}"
    return Activity(kind=Kind.CLOCK, text=text, about=_times(start, end))


def reset(name: str) -> Activity:
    """Tell that a workspace is at its start again."""
    return Activity(kind=Kind.RESET, text=f"workspace {name} reset")


def restored(name: str) -> Activity:
    """Tell that a workspace was put back to a snapshot."""
    return Activity(kind=Kind.RESET, text=f"workspace {name} put back to a snapshot")


def warned(instance: Instance, warning: ConfigWarning) -> Activity:
    """Tell of a slip in an instance's configuration."""
    where = ", ".join(filter(None, [warning.path, f"instance {instance.id}"]))
    text = f"warning {warning.rule.value}: {warning.message} ({where})"
    return Activity(kind=Kind.WARNING, text=text, about=_of(instance.id) | dict(warning.to_json()))


def _instance(text: str, instance: Instance) -> Activity:
    return Activity(kind=Kind.INSTANCE, text=text, about=_of(instance.id))


def _enabled(instance: Instance, plan: Plan, now: datetime) -> Activity:
    if not plan.polled:
        return _instance(f"events enabled, nothing is polled (instance {instance.id})", instance)
    interval = _span(configuration.refresh_interval(instance.configuration))
    begins = "" if plan.poll_at is None else f", first at {_moment(plan.poll_at, now)}"
    polled = f"{', '.join(plan.resources)} every {interval}{begins}"
    return _instance(f"events enabled, polls {polled} (instance {instance.id})", instance)


def _names_changed(before: Instance, after: Instance) -> Iterator[str]:
    yield from (name for part, name in _PARTS.items() if getattr(before, part) != getattr(after, part))
    was, is_now = before.configuration, after.configuration
    keys = (key for key in {**was, **is_now} if key != configuration.ENABLED)  # which has a line of its own
    yield from (key for key in keys if was.get(key) != is_now.get(key))


def _retry(subject: Subject, due: datetime, number: int, ladder: Ladder, now: datetime) -> Activity:
    return Activity(
        kind=Kind.RETRY,
        text=f"retry at {_moment(due, now)} ({number} of {ladder.tries}) of {subject.text}",
        about=subject.about | {"due": iso_date_exact(due), "retry": number, "retries": ladder.tries},
    )


def _queued(subject: Subject, outcome: Outcome) -> Activity:
    """Tell of a callback that is not tried again by itself."""
    tries = _counted(outcome.delivery.failures, "attempt")
    text = (
        f"callback given up after {tries} ({subject.text}): its subscription is deactivated, what comes now is queued"
        if outcome.gives_up
        else f"callback queued after {tries}, as the account's failure policy says ({subject.text})"
    )
    about = subject.about | {"outcome": "given up" if outcome.gives_up else "queued"}
    return Activity(kind=Kind.CALLBACK, text=text, about=about)


def _of(instance_id: int | None) -> dict[str, object]:
    return {} if instance_id is None else {"instanceId": instance_id}


def _times(start: datetime, end: datetime) -> dict[str, object]:
    return {"from": iso_date_exact(start), "now": iso_date_exact(end)}


def _moment(instant: datetime, beside: datetime | None = None) -> str:
    """Write an instant beside another, without the day if that is the same."""
    same_day = beside is not None and instant.date() == beside.date()
    return f"{instant:%H:%M:%S}" if same_day else f"{instant.date()} {instant:%H:%M:%S}"


def _span(interval: timedelta) -> str:
    """Write whole minutes.

    >>> _span(timedelta(minutes=15)), _span(timedelta(minutes=90)), _span(timedelta(days=2))
    ('15 min', '1 h 30 min', '2 d')
    """
    hours, minutes = divmod(interval // timedelta(minutes=1), 60)
    parts = ((hours // 24, "d"), (hours % 24, "h"), (minutes, "min"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")
