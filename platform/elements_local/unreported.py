"""Why a record's callback has not come, as far as the CRM's changes and the polls tell."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from elements_local.records import COLLECTIONS, Names
from elements_local.timeline import clock_text
from elements_local.world import World
from mock_kit.instants import parse_instant


def reasons(world: World, missing: Iterable[str]) -> list[str]:
    """Return a line for each record that is missing and that no poll has seen since it changed; else decisions tell.

    Args:
        missing: ``contacts/ada CREATED``.
    """
    names = [name for name in dict.fromkeys(line.partition(" ")[0] for line in missing) if _is_name(name)]
    if not names:
        return []
    changes, polls = world.doors.crm.changes(), world.polls()
    return [line for name in names for line in _about(world, name, changes, polls)]


def _about(
    world: World, name: str, changes: list[dict[str, Any]], polls: list[dict[str, Any]]
) -> Iterator[str]:
    own = _own_name(world.names, name, polls)
    if own is None:
        near = get_close_matches(name, world.names.ids, n=1, cutoff=0.8)
        yield f"no record is called {name}" + (f"; is {near[0]} meant?" if near else "")
        return
    number, resource = str(world.names.ids[own]), name.partition("/")[0]
    last = _last_change(changes, COLLECTIONS[own.partition("/")[0]], number)
    if last is None:
        return
    since = [
        poll
        for poll in polls
        if poll["resource"] == resource and parse_instant(poll["at"]) >= parse_instant(last["at"])
    ]
    if any(record["id"] == number for poll in since for record in poll["records"]):
        return
    changed = f"{name} changed last at {_clock(world.start, last['at'])} ({last['change']})"
    if since:
        yield f"{changed}; no poll has seen it since: {_asked(world.start, since[0])}"
    else:
        yield f"{changed}; {resource} have not been polled since"


def _last_change(changes: list[dict[str, Any]], collection: str, number: str) -> dict[str, Any] | None:
    of_it = [
        change for change in changes if (change["resource"], str(change["recordId"])) == (collection, number)
    ]
    return of_it[-1] if of_it else None


def _is_name(text: str) -> bool:
    """Say whether it is a record's name, and no id of one that a scenario has no name for."""
    word = text.partition("/")[2]
    return bool(word) and not word.isdecimal()


def _own_name(names: Names, name: str, polls: list[dict[str, Any]]) -> str | None:
    """Return the name that a record was created by: a resource that copies another has names of its own."""
    resource, _, word = name.partition("/")
    if name in names.ids or all(poll["resource"] != resource for poll in polls):
        return name if name in names.ids else None
    return next((each for each in names.ids if each.endswith(f"/{word}")), None)


def _asked(start: datetime, poll: dict[str, Any]) -> str:
    failed = f", and failed: {poll['error']}" if poll["error"] else ""
    asked = f"asked for what is later than {_clock(start, poll['from'])}"
    return f"the one at {_clock(start, poll['at'])} {asked}{failed}"


def _clock(start: datetime, at: str) -> str:
    return clock_text(parse_instant(at) - start)
