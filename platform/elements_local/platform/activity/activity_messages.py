"""What happened, in a line each, for whoever watches: its form, and what is told of time and resets.

A line says no instant of its own, since it is shown beside the one it belongs to. Who hands in a URL masks its secrets.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum

from msgspec import Struct, field

from elements_local.platform.core.instance import Instance
from elements_local.platform.core.run_control import RunSummary
from elements_local.platform.dates.iso_dates import iso_date_exact


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
    return {"from": iso_date_exact(start), "now": iso_date_exact(end)}


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
