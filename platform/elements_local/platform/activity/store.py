"""What happened lately, of each workspace and of all: lines in memory, which observers follow by their numbers.

The oldest make room for new ones, and a restart begins anew: what has to last is in the tables. A line says no instant of
its own, since it is shown beside the one it belongs to. Who hands in a URL masks its secrets.
"""

import dataclasses
import re
from collections import OrderedDict, deque
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from enum import Enum
from itertools import islice, takewhile
from threading import Condition

from msgspec import Struct, field

from elements_local.kit.api.pages import Page
from elements_local.kit.instants import format_instant
from elements_local.kit.text import shortened
from elements_local.kit.workspaces.registry import Workspace
from elements_local.platform.core.instance import Instance
from elements_local.platform.core.run_control import RunSummary


class ActivityKind(Enum):
    """What sort of thing happened."""

    INSTANCE = "instance"
    POLL = "poll"
    CALLBACK = "callback"
    RETRY = "retry"
    WARNING = "warning"
    POLLER = "poller"
    CLOCK = "clock"
    RESET = "reset"


class Activity(Struct, frozen=True, kw_only=True):
    """Something that happened.

    Attributes:
        text: one line.
        about: what the line is about, for programs; the keys are those of JSON.
    """

    kind: ActivityKind
    text: str
    about: Mapping[str, object] = field(default_factory=dict)


def advanced(start: datetime, end: datetime, ran: RunSummary) -> Activity:
    """Tell that time was moved, and what ran meanwhile."""
    did = ", ".join(
        [counted(ran.polls, "poll"), counted(ran.events, "event"), counted(ran.attempts, "callback")]
        + ([f"{ran.attempts - ran.deliveries} not taken"] if ran.attempts > ran.deliveries else [])
    )
    return Activity(
        kind=ActivityKind.CLOCK,
        text=f"clock advanced from {moment(start, end)} to {moment(end, start)}: {did if ran != RunSummary() else 'nothing fell due'}",
        about=_times(start, end)
        | {"polls": ran.polls, "events": ran.events, "deliveries": ran.deliveries, "attempts": ran.attempts},
    )


def clock_set(start: datetime, end: datetime, *, follows: bool) -> Activity:
    """Tell that a clock was changed without running anything in between.

    Args:
        follows: whether it follows the machine from now on.
    """
    text = "clock follows the machine" if follows else f"clock set from {moment(start)} to {moment(end)}"
    return Activity(kind=ActivityKind.CLOCK, text=text, about=_times(start, end))


def reset(name: str) -> Activity:
    """Tell that a workspace is at its start again."""
    return Activity(kind=ActivityKind.RESET, text=f"workspace {name} reset")


def restored(name: str) -> Activity:
    """Tell that a workspace was put back to a snapshot."""
    return Activity(kind=ActivityKind.RESET, text=f"workspace {name} put back to a snapshot")


def about_instance(text: str, instance: Instance) -> Activity:
    """Return what happened to an instance."""
    return Activity(kind=ActivityKind.INSTANCE, text=text, about=of_instance(instance.id))


def of_instance(instance_id: int | None) -> dict[str, object]:
    """Return what an activity is about, for programs; nothing of one that is no instance's."""
    return {} if instance_id is None else {"instanceId": instance_id}


def _times(start: datetime, end: datetime) -> dict[str, object]:
    return {"from": format_instant(start), "now": format_instant(end)}


def moment(instant: datetime, beside: datetime | None = None) -> str:
    """Write an instant beside another, without the day if that is the same."""
    same_day = beside is not None and instant.date() == beside.date()
    return f"{instant:%H:%M:%S}" if same_day else f"{instant.date()} {instant:%H:%M:%S}"


def span(interval: timedelta) -> str:
    """Write whole minutes.

    >>> span(timedelta(minutes=15)), span(timedelta(minutes=90)), span(timedelta(days=2))
    ('15 min', '1 h 30 min', '2 d')
    """
    hours, minutes = divmod(interval // timedelta(minutes=1), 60)
    parts = ((hours // 24, "d"), (hours % 24, "h"), (minutes, "min"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def counted(number: int, word: str) -> str:
    """Write how many there are."""
    return f"{number} {word}" + ("" if number == 1 else "s")


KEPT = 10_000
KEPT_OF_ONE = 1_000
"""Lines of all workspaces, and of one."""

WAITERS = 4
"""How many may wait at the same time: each holds one of the server's threads for as long as that lasts."""

LONGEST_TEXT = 500
_NO_WAIT = timedelta(0)
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
"""What moves a terminal's cursor, turns its text round or cannot be seen."""


class ActivityEntry(Struct, frozen=True, kw_only=True):
    """An activity in its place.

    Attributes:
        number: counts up from 1, over all workspaces.
    """

    number: int
    workspace: str
    at: datetime
    activity: Activity

    def to_json(self) -> dict[str, object]:
        """Return what is shown."""
        return {
            "number": self.number,
            "workspace": self.workspace,
            "at": format_instant(self.at),
            "kind": self.activity.kind.value,
            "text": self.activity.text,
            **self.activity.about,
        }


class ActivityPage(Page[ActivityEntry], frozen=True, kw_only=True):
    """Entries in the order of their numbers.

    Attributes:
        last: what to ask for those after: the number of the last one that is shown, or if that is all, of the latest.
        dropped: how many that would have come first had made room for others.
    """

    last: int
    dropped: int = 0


@dataclasses.dataclass
class _WorkspaceEntries:
    """A workspace's entries, by their numbers.

    Attributes:
        made: how many there have been.
    """

    numbers: deque[int] = dataclasses.field(default_factory=deque)
    made: int = 0


class Activities:
    """The activities of one process.

    Attributes:
        waiting: how many wait for one at present.
    """

    def __init__(self) -> None:
        # guards all entries; streams wait on it for the next
        self._changed = Condition()
        self._kept: OrderedDict[int, ActivityEntry] = OrderedDict()
        self._by_workspace: dict[str, _WorkspaceEntries] = {}
        # numbers of what resets took away, which has not made room for others
        self._cleared: deque[int] = deque(maxlen=KEPT)
        self._last = 0
        self.waiting = 0
        self._stopped = False

    def publish(self, workspace: Workspace, *activities: Activity, at: datetime | None = None) -> None:
        """Add what happened, once it is committed.

        Args:
            at: when it did; None is now.
        """
        if not activities:
            return
        when = workspace.clock.now() if at is None else at
        # Outside the lock: tidying long texts keeps nobody waiting.
        fit = [_fit(activity, workspace) for activity in activities]
        with self._changed:
            for activity in fit:
                self._add(workspace.name, when, activity)
            self._changed.notify_all()

    def forget(self, workspace: str) -> None:
        """Let a workspace that is deleted leave nothing to one that is called the same; among all, its lines stay."""
        with self._changed:
            self._by_workspace.pop(workspace, None)

    def clear(self, workspace: str) -> None:
        """Take away what happened in a workspace before a reset, among all as well."""
        with self._changed:
            entries = self._by_workspace.pop(workspace, _WorkspaceEntries())
            self._cleared += [number for number in entries.numbers if self._kept.pop(number, None)]

    def latest(self, workspace: str | None, *, limit: int) -> ActivityPage:
        """Return the latest entries of a workspace, or of all."""
        with self._changed:
            newest = islice(self._newest_first(workspace), limit)
            return ActivityPage(items=[*newest][::-1], last=self._last, total=self._total(workspace))

    def after(
        self, number: int, workspace: str | None, *, limit: int, patience: timedelta = _NO_WAIT
    ) -> ActivityPage:
        """Return the first entries after a number, of a workspace or of all.

        A number that has not been reached is of an earlier run: everything is new to who asks with it.

        Args:
            patience: how long to wait for one, in real time, unless as many wait already as may.
        """
        with self._changed:
            # Numbers begin anew with each run of the process.
            after_number = number if number <= self._last else 0
            if patience and self.waiting < WAITERS:
                self._wait(after_number, workspace, patience)
            return self._stretch(after_number, workspace, limit)

    def stop(self) -> None:
        """Let nobody wait any longer."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def _add(self, workspace: str, at: datetime, activity: Activity) -> None:
        self._last += 1
        self._kept[self._last] = ActivityEntry(
            number=self._last, workspace=workspace, at=at, activity=activity
        )
        entries = self._by_workspace.setdefault(workspace, _WorkspaceEntries())
        entries.made += 1
        entries.numbers.append(self._last)
        if len(entries.numbers) > KEPT_OF_ONE:
            # It may have gone already, to make room for those of other workspaces.
            self._kept.pop(entries.numbers.popleft(), None)
        if len(self._kept) > KEPT:
            number, entry = self._kept.popitem(last=False)
            numbers = self._entries_of(entry.workspace).numbers
            if numbers and numbers[0] == number:  # else it is of one that was deleted
                numbers.popleft()

    def _wait(self, number: int, workspace: str | None, patience: timedelta) -> None:
        def is_over() -> bool:
            newest = next(self._newest_first(workspace), None)
            return self._stopped or (newest is not None and newest.number > number)

        self.waiting += 1
        try:
            self._changed.wait_for(is_over, patience.total_seconds())
        finally:
            self.waiting -= 1

    def _stretch(self, number: int, workspace: str | None, limit: int) -> ActivityPage:
        newer = [*takewhile(lambda entry: entry.number > number, self._newest_first(workspace))][::-1]
        cursor = newer[limit - 1].number if len(newer) > limit else None
        return ActivityPage(
            items=newer[:limit],
            total=self._total(workspace),
            cursor=cursor,
            last=cursor or self._last,
            dropped=self._dropped(number, workspace, kept=len(newer)),
        )

    def _total(self, workspace: str | None) -> int:
        return len(self._kept if workspace is None else self._entries_of(workspace).numbers)

    def _dropped(self, number: int, workspace: str | None, *, kept: int) -> int:
        """Return how many entries after a number are gone: of a workspace, where others have entries in between, at the most."""
        if workspace is None:
            cleared = sum(each > number for each in self._cleared)
            return self._last - number - kept - cleared
        entries = self._entries_of(workspace)
        oldest = entries.numbers[0] if entries.numbers else self._last + 1
        return max(0, min(entries.made - len(entries.numbers), oldest - 1 - number))

    def _newest_first(self, workspace: str | None) -> Iterator[ActivityEntry]:
        numbers = reversed(self._kept if workspace is None else self._entries_of(workspace).numbers)
        return (self._kept[number] for number in numbers)

    def _entries_of(self, workspace: str) -> _WorkspaceEntries:
        return self._by_workspace.get(workspace, _WorkspaceEntries())


def _fit(activity: Activity, workspace: Workspace) -> Activity:
    """Return an activity as it may be shown: one line of seemly length, without the workspace's secrets."""

    def fit(value: object) -> object:
        match value:
            case str():
                return _one_line(value, workspace)
            case list():
                return [fit(each) for each in value]
            case dict():
                return {key: fit(each) for key, each in value.items()}
            case _:
                return value

    about = {key: fit(value) for key, value in activity.about.items()}
    return Activity(kind=activity.kind, text=_one_line(activity.text, workspace), about=about)


def _one_line(text: str, workspace: Workspace) -> str:
    for name, secret in workspace.secrets.items():
        text = text.replace(secret, f"{{{name}}}")
    line = _UNFIT.sub("\ufffd", text)
    return shortened(line, LONGEST_TEXT)
