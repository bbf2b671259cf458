"""What came of a scenario, in the order of its time: changes, polls, attempts, and the events in them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum
from itertools import groupby
from typing import Any, TypeVar

from msgspec import Struct

from elements_local.clients.records import RESOURCES, RecordNames
from elements_local.clients.workspace_clients import WorkspaceClients
from elements_local.kit.instants import parse_instant
from elements_local.kit.values import replace

T = TypeVar("T")


class MomentKind(Enum):
    """What happened."""

    CHANGE = "change"
    POLL = "poll"
    ATTEMPT = "attempt"


class TimelineEntry(Struct, frozen=True, kw_only=True):
    """Something that happened.

    Attributes:
        after: since the scenario's start.
        good: false for a poll that failed and for a callback that was not taken.
        idle: true for a poll that saw nothing.
        until: when the last was, of several that are shown as one entry.
    """

    kind: MomentKind
    after: timedelta
    text: str
    good: bool = True
    idle: bool = False
    until: timedelta | None = None


def taken(callback: Mapping[str, Any]) -> bool:
    """Say whether a callback's receiver took it."""
    return callback["status"] is not None and 200 <= callback["status"] < 300


def message_of(callback: Mapping[str, Any]) -> dict[str, Any]:
    """Return the message of a callback, whose body may be anything; empty if it has none."""
    body = callback.get("json")
    message = body.get("message") if isinstance(body, dict) else None
    return message if isinstance(message, dict) else {}


def event_lines(names: RecordNames, callback: Mapping[str, Any]) -> list[str]:
    """Return a callback's events as scenarios write them: ``contacts/ada CREATED``."""
    return [
        f"{names.shown(event['objectType'], event.get('objectId', ''))} {event['eventType']}"
        for event in message_of(callback).get("events", [])
    ]


def clock_text(after: timedelta) -> str:
    """Return a time since the start as ``T+00:15:00``; whole days come before the hours.

    >>> clock_text(timedelta(days=3, minutes=15))
    'T+3d 00:15:00'
    """
    seconds = int(after.total_seconds())
    days, rest = divmod(abs(seconds), 86400)
    clock = f"{rest // 3600:02}:{rest % 3600 // 60:02}:{rest % 60:02}"
    return f"T{'-' if seconds < 0 else '+'}{f'{days}d ' if days else ''}{clock}"


def moments(clients: WorkspaceClients, names: RecordNames, *, start: datetime) -> list[TimelineEntry]:
    """Ask a workspace for all that happened in it, in the order of time."""
    entries = [
        *(_change(change, names, start) for change in clients.changes()),
        *(_poll(poll, start) for poll in clients.platform.polls()),
        *(_attempt(callback, names, start) for callback in clients.sink.callbacks()),
    ]
    return sorted(entries, key=lambda entry: entry.after)


def condensed(entries: Iterable[TimelineEntry]) -> list[TimelineEntry]:
    """Return the entries with each run of polls that saw nothing as one, so that the others stand out."""
    return condensed_runs(entries, lambda entry: entry.idle, _as_one)


def condensed_runs(
    items: Iterable[T], is_idle: Callable[[T], bool], as_one: Callable[[Sequence[T]], T]
) -> list[T]:
    """Return items with each run of several idle ones as one."""
    result: list[T] = []
    for idle, group in groupby(items, key=is_idle):
        run = list(group)
        result += [as_one(run)] if idle and len(run) > 1 else run
    return result


def _as_one(run: Sequence[TimelineEntry]) -> TimelineEntry:
    until = run[-1].after
    return replace(
        run[0], text=f"{len(run)} polls saw nothing", until=until if until > run[0].after else None
    )


def _change(change: dict[str, Any], names: RecordNames, start: datetime) -> TimelineEntry:
    resource = RESOURCES.get(change["resource"], change["resource"])
    record = names.shown(resource, change["recordId"])
    return TimelineEntry(
        kind=MomentKind.CHANGE, after=parse_instant(change["at"]) - start, text=f"{record} {change['change']}"
    )


def _poll(poll: dict[str, Any], start: datetime) -> TimelineEntry:
    outcome = poll["error"] or f"{poll['seen']} seen, {poll['events']} reported"
    return TimelineEntry(
        kind=MomentKind.POLL,
        after=parse_instant(poll["at"]) - start,
        text=f"{poll['resource']}: {outcome}",
        good=poll["error"] is None,
        idle=poll["error"] is None and not poll["seen"],
    )


def _attempt(callback: dict[str, Any], names: RecordNames, start: datetime) -> TimelineEntry:
    lines = ", ".join(event_lines(names, callback)) or callback["path"]
    return TimelineEntry(
        kind=MomentKind.ATTEMPT,
        after=parse_instant(callback["received_at"]) - start,
        text=f"{lines} ({callback['status'] or 'dropped'})",
        good=taken(callback),
    )
