"""Calls that move time: advances, polls at once, and a clock that is set."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from elements_local.recording.session import ObservedCall
from mock_kit.workspaces.instants import format_instant, parse_instant

if TYPE_CHECKING:
    from elements_local.recording.composer import ScenarioComposer

_CLOCK = "/_local/clock"
_UNITS = ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))


def add(made: "ScenarioComposer", call: ObservedCall) -> bool:
    """Take a call that moved time, and say whether it was one."""
    if call.service != "platform" or not call.good:
        return False
    match call.method, call.path:
        case "POST", "/_local/clock/advance":
            _advance(made, call.answer)
        case "PUT", "/_local/clock":
            _set(made, call.answer)
        case "POST", "/_local/polls":
            _poll(made, call)
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


def _advance(made: "ScenarioComposer", ran: Any) -> None:
    to = parse_instant(ran["now"])
    made.move(to, "advance", duration_text(to - made.now), ran=ran, seen=to)


def _set(made: "ScenarioComposer", shown: Any) -> None:
    """Set the scenario's clock, which is virtual, to where the clock was set, unless that is where it stands."""
    now = parse_instant(shown["now"])
    if shown["mode"] == "real":
        now = now.replace(microsecond=0)
        made.note("The clock was set to real; the scenario's stays virtual, and is set to where it was then.")
    if timedelta(0) <= now - made.now < timedelta(seconds=1):
        return
    if made.start is not None:
        body = {"method": "PUT", "path": _CLOCK, "json": {"now": format_instant(now)}}
        made.step("request", body, changes=False)
    made.now = now


def _poll(made: "ScenarioComposer", call: ObservedCall) -> None:
    asked = call.json.get("instanceId") if isinstance(call.json, dict) else None
    named = next((name for number, name in made.instances.items() if str(number) == str(asked)), None)
    polled = list(made.live.values()) if named is None else [named]
    first = next(iter(made.instances.values()), None)
    for name in polled[:-1]:
        made.step("poll", name, changes=False)
    if polled:
        last = None if polled == [first] else polled[-1]
        made.move(made.now, "poll", last, ran=call.answer, seen=call.at)
