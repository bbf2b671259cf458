"""Calls that move time: advances, polls at once, and a clock that is set."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from elements_local.kit.workspaces.instants import format_instant, parse_instant
from elements_local.recording.session import ObservedCall

if TYPE_CHECKING:
    from elements_local.recording.composer import ScenarioComposer

_CLOCK = "/_local/clock"
_UNITS = ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))


def add(composer: "ScenarioComposer", call: ObservedCall) -> bool:
    """Take a call that moved time, and say whether it was one."""
    if call.service != "platform" or not call.good:
        return False
    match call.method, call.path:
        case "POST", "/_local/clock/advance":
            _advance(composer, call.answer)
        case "PUT", "/_local/clock":
            _set(composer, call.answer)
        case "POST", "/_local/polls":
            _poll(composer, call)
        case _:
            return False
    return True


def makes_real(call: ObservedCall) -> bool:
    """Say whether a call let the clock follow the machine's."""
    return (call.method, call.path) == ("PUT", _CLOCK) and call.good and call.answer["mode"] == "real"


def duration_text(duration: timedelta) -> str | float:
    """Return a duration as a scenario writes it; seconds as a number where they are not whole.

    >>> duration_text(timedelta(hours=25, minutes=1)), duration_text(timedelta(0)), duration_text(timedelta(seconds=0.5))
    ('1d 1h 1m', '0s', 0.5)
    """
    seconds = duration.total_seconds()
    if seconds != int(seconds):
        return seconds
    parts, rest = [], int(seconds)
    for size, unit in _UNITS:
        count, rest = divmod(rest, size)
        parts += [f"{count}{unit}"] if count else []
    return " ".join(parts) or "0s"


def _advance(composer: "ScenarioComposer", summary: Any) -> None:
    to = parse_instant(summary["now"])
    composer.move(to, "advance", duration_text(to - composer.now), ran=summary, seen=to)


def _set(composer: "ScenarioComposer", clock: Any) -> None:
    """Set the scenario's clock, which is virtual, to where the clock was set, unless that is where it stands."""
    now = parse_instant(clock["now"])
    if clock["mode"] == "real":
        now = now.replace(microsecond=0)
        composer.note(
            "The clock was set to real; the scenario's stays virtual, and is set to where it was then."
        )
    if timedelta(0) <= now - composer.now < timedelta(seconds=1):
        return
    # Before anything has happened it is enough to begin the scenario there.
    if composer.start is not None:
        body = {"method": "PUT", "path": _CLOCK, "json": {"now": format_instant(now)}}
        composer.step("request", body, changes=False)
    composer.now = now


def _poll(composer: "ScenarioComposer", call: ObservedCall) -> None:
    instance_id = call.json.get("instanceId") if isinstance(call.json, dict) else None
    name_asked = next(
        (name for number, name in composer.instances.items() if str(number) == str(instance_id)), None
    )
    polled = list(composer.live.values()) if name_asked is None else [name_asked]
    first = next(iter(composer.instances.values()), None)
    for name in polled[:-1]:
        composer.step("poll", name, changes=False)
    if polled:
        last = None if polled == [first] else polled[-1]
        composer.move(composer.now, "poll", last, ran=call.answer, seen=call.at)
