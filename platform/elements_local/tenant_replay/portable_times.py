"""Which of a scenario's steps count on instants that a tenant does not keep. Pure.

A tenant's time passes by itself: what is done takes a moment, and a poll runs when its platform gets to it. So nothing may hang on
which of two things within half a minute comes first.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from elements_local.kit.workspaces.instants import parse_duration
from elements_local.scenarios.scenario import Scenario, Step
from elements_local.scenarios.verbs.clock import AdvanceTo
from elements_local.scenarios.verbs.instances import INTERVAL, USUAL_INTERVAL

CLOSE = timedelta(seconds=30)
LONGEST = timedelta(hours=4)
_CHANGES = frozenset({"create", "update", "delete", "make", "configure"})

_Pollers = dict[str, tuple[timedelta, timedelta]]
"""Instance -> since when it polls, and how often."""


def untimely(scenario: Scenario) -> Iterator[tuple[int, str]]:
    """Yield the lines that count on exact instants, and why."""
    pollers: _Pollers = {name: (timedelta(), _interval(each)) for name, each in scenario.instances.items()}
    tolerances = {length for each in scenario.instances.values() for length in _tolerances(each)}
    created: dict[str, timedelta] = {}
    now, changed = timedelta(), False
    for step in scenario.steps:
        if step.verb == "advance":
            later = _later(now, step.argument)
            if later is None:
                yield step.line, "advance: to an instant of the scenario's own clock"
                return
            if changed and timedelta() < later - now < CLOSE:
                yield step.line, "advance: seconds count, and a tenant does not keep to them"
            now = later
        elif _is_change(step) or _counts(step):
            if any(_is_near(now - since, interval) for since, interval in pollers.values()):
                yield step.line, f"{step.verb}: within {CLOSE.seconds} seconds of a poll"
            changed = changed or _is_change(step)
            created.update(dict.fromkeys(step.argument if step.verb == "create" else (), now))
            gaps = [now - created.get(name, now) for name in (step.argument if step.verb == "update" else ())]
            if any(gap <= tolerance < gap + CLOSE for gap in gaps for tolerance in tolerances if tolerance):
                yield step.line, f"update: within {CLOSE.seconds} seconds of the createdCheckTolerance"
            _note_interval(pollers, step, now)
    if now > LONGEST:
        yield scenario.line, f"it takes {now} of real time, which is more than {LONGEST}"


def length(scenario: Scenario) -> timedelta:
    """Return how much of a tenant's time a portable scenario lasts."""
    now = timedelta()
    for step in scenario.steps:
        now = (_later(now, step.argument) or now) if step.verb == "advance" else now
    return now


def longest_interval(scenario: Scenario) -> timedelta:
    """Return how often the slowest of its instances polls."""
    return max(map(_interval, scenario.instances.values()), default=timedelta(minutes=USUAL_INTERVAL))


def _later(now: timedelta, argument: Any) -> timedelta | None:
    """Return the instant that an ``advance`` leads to, since the start; None for one that has a date."""
    if not isinstance(argument, AdvanceTo):
        return now + parse_duration(argument)
    return parse_duration(argument.to[2:]) if argument.to.startswith("T+") else None


def _interval(differs: Mapping[str, Any]) -> timedelta:
    given = str(differs.get("configuration", {}).get(INTERVAL, USUAL_INTERVAL))
    return timedelta(minutes=int(given) if given.isdecimal() and int(given) else USUAL_INTERVAL)


def _tolerances(differs: Mapping[str, Any]) -> Iterator[timedelta]:
    """Yield the tolerances of an instance's blocks, which may stand among the dates, too."""
    blocks = differs.get("configuration", {}).get("event.poller.configuration")
    for block in blocks.values() if isinstance(blocks, dict) else ():
        for part in (block, block.get("datesConfiguration", {})) if isinstance(block, dict) else ():
            given = str(part.get("createdCheckTolerance", ""))
            if given.isdecimal():
                yield timedelta(seconds=int(given))


def _is_change(step: Step) -> bool:
    return step.verb in _CHANGES or (step.verb == "request" and step.argument.method != "GET")


def _counts(step: Step) -> bool:
    """Say whether a step looks at what has come up to now."""
    return step.verb == "expect" and not isinstance(step.argument, str)


def _is_near(since: timedelta, interval: timedelta) -> bool:
    """Say whether an instant lies beside a poll, but not at it: what is due then has run once it is over."""
    phase = since % interval
    return since >= CLOSE and phase > timedelta() and min(phase, interval - phase) < CLOSE


def _note_interval(pollers: _Pollers, step: Step, now: timedelta) -> None:
    if step.verb == "make":
        pollers.update({name: (now, _interval(each)) for name, each in step.argument.items()})
    elif step.verb == "configure" and INTERVAL in step.argument:
        name = str(step.argument.get("instance", next(iter(pollers), "")))
        pollers[name] = (now, _interval({"configuration": step.argument}))
