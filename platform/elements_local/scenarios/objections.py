"""What can be seen to be wrong with a scenario's steps before any of them runs: names, times, rules and answers.

Steps are checked in their order, since each may use what those before it have made.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from msgspec import Struct, field

from elements_local.scenarios import verbs
from elements_local.scenarios.records import COLLECTIONS
from elements_local.scenarios.shape_errors import shown, unknown
from elements_local.scenarios.yaml_text import Path
from mock_kit.workspaces.instants import UnreadableTimeError, parse_duration, parse_instant

Objection: TypeAlias = tuple[Path, str]
"""Where, and what is wrong."""

_Audits: TypeAlias = (
    str | verbs.ExpectedAudit | list[verbs.ExpectedAudit] | verbs.AuditNever | list[verbs.AuditNever]
)

INSTANCE_KEYS = (
    "element",
    "name",
    "configuration",
    "providerData",
    "tags",
    "externalAuthentication",
    "retrieveObjectsAfterInstantiation",
)
"""What a scenario may say of an instance: what the platform reads of one."""

_EVENT = re.compile(r"[^\s*]+/[^\s*]* (?:CREATED|UPDATED|DELETED|UNKNOWN)")
_EVENTS = re.compile(r"(?:\S+/\S*|\*) (?:CREATED|UPDATED|DELETED|UNKNOWN|\*)")
"""What stands for one event or several, with ``*`` for anything."""


class _StateSoFar(Struct, frozen=True):
    """The names that the steps so far have given.

    Attributes:
        marks: the moments that later steps can go back to, with the instances and the records of then.
    """

    instances: list[str]
    records: list[str] = field(default_factory=list)
    marks: dict[str, tuple[list[str], list[str]]] = field(default_factory=dict)


def objections(instances: Iterable[str], steps: Iterable[tuple[str, verbs.Argument]]) -> Iterator[Objection]:
    """Yield what is wrong with steps, each a verb and what follows it.

    Args:
        instances: the names of those that are there from the start.
    """
    state = _StateSoFar(list(instances))
    for place, (verb, argument) in enumerate(steps):
        check = _CHECKS.get(verb)
        for path, reason in check(state, argument) if check else ():
            yield ("steps", place, verb, *path), reason


def _create(state: _StateSoFar, argument: verbs.Fields) -> Iterator[Objection]:
    for name in argument:
        yield from _kind(name)
    state.records.extend(argument)


def _update(state: _StateSoFar, argument: verbs.Fields) -> Iterator[Objection]:
    for name in argument:
        yield from _record(state, name, (name,))


def _delete(state: _StateSoFar, argument: str | list[str]) -> Iterator[Objection]:
    for place, name in enumerate([argument] if isinstance(argument, str) else argument):
        yield from _record(state, name, () if isinstance(argument, str) else (place,))


def _advance(_state: _StateSoFar, argument: str | float | verbs.AdvanceTo) -> Iterator[Objection]:
    if isinstance(argument, verbs.AdvanceTo):
        yield from _instant(argument.to, ("to",))
        return
    try:
        if parse_duration(argument).total_seconds() < 0:
            yield (), f"time only moves forward; got {shown(argument)}"
    except UnreadableTimeError as error:
        yield (), str(error)


def _poll(state: _StateSoFar, argument: str | None) -> Iterator[Objection]:
    yield from _instance(state, argument, ())


def _configure(state: _StateSoFar, argument: dict[str, object]) -> Iterator[Objection]:
    yield from _instance(state, argument.get("instance"), ("instance",))


def _fault(_state: _StateSoFar, argument: verbs.Fault | list[verbs.Fault]) -> Iterator[Objection]:
    rules = argument if isinstance(argument, list) else [argument]
    for place, rule in enumerate(rules):
        reason = rule.objection()
        if reason is not None:
            yield (place,) if isinstance(argument, list) else (), reason


def _respond(_state: _StateSoFar, argument: verbs.Response | list[verbs.Response]) -> Iterator[Objection]:
    for place, answer in enumerate(argument[:-1] if isinstance(argument, list) else ()):
        if answer.times is None:
            yield (
                (place,),
                "without `times` it is given for ever, and those after it never; only the last may be so",
            )


def _request(state: _StateSoFar, argument: verbs.RequestStep) -> Iterator[Objection]:
    state.records.extend(argument.keep)
    yield from ()


def _make(state: _StateSoFar, argument: dict[str, dict[str, object]]) -> Iterator[Objection]:
    for name, differs in argument.items():
        for key in differs:
            if key not in INSTANCE_KEYS:
                yield (name, key), unknown("key", key, INSTANCE_KEYS)
    state.instances.extend(argument)


def _snapshot(state: _StateSoFar, argument: str) -> Iterator[Objection]:
    state.marks[argument] = list(state.instances), list(state.records)
    yield from ()


def _restore(state: _StateSoFar, argument: str) -> Iterator[Objection]:
    if argument in state.marks:
        state.instances[:], state.records[:] = state.marks[argument]
    else:
        hint = unknown("snapshot", argument, state.marks) if state.marks else f"unknown snapshot {argument!r}"
        yield (), f"{hint}; a step before this one has to take it: `snapshot: {argument}`"


def _expect(state: _StateSoFar, argument: verbs.Expect | str) -> Iterator[Objection]:
    if isinstance(argument, str):
        return
    yield from _nothing(argument, "what has to have come")
    by_instance = argument.callbacks if isinstance(argument.callbacks, dict) else {None: argument.callbacks}
    for name, callbacks in by_instance.items():
        at = ("callbacks",) if name is None else ("callbacks", name)
        if name is not None:
            yield from _instance(state, name, at)
        yield from _callbacks(callbacks or (), at)
    yield from _inside(state, argument)
    for name in argument.records or ():
        yield from _record(state, name, ("records", name))


def _inspect(state: _StateSoFar, argument: verbs.Inspect) -> Iterator[Objection]:
    yield from _nothing(argument, "what is to be looked at")
    yield from _inside(state, argument)


def _inside(state: _StateSoFar, argument: verbs.Expect | verbs.Inspect) -> Iterator[Objection]:
    yield from _audits(state, argument.audit)
    yield from _polls(argument.polls or ())


def _never(state: _StateSoFar, argument: verbs.Never) -> Iterator[Objection]:
    yield from _nothing(argument, "what must not have come")
    for place, events in enumerate(argument.callbacks):
        if not _EVENTS.fullmatch(events):
            expected = f"expected {verbs.FORMS['never']['callbacks']}"
            yield ("callbacks", place), f"{expected}; got {shown(events)}"
    yield from _audits(state, argument.audit or None)
    yield from _polls(argument.polls)
    for name in argument.records:
        yield from _record(state, name, ("records", name))


def _nothing(argument: verbs.Expect | verbs.Inspect | verbs.Never, what: str) -> Iterator[Objection]:
    if argument == type(argument)():
        yield (), f"expected {what}: {', '.join(argument.__struct_fields__)}; got nothing"


def _callbacks(callbacks: Sequence[str | verbs.ExpectedCallback], at: Path) -> Iterator[Objection]:
    for place, callback in enumerate(callbacks):
        for event in [callback] if isinstance(callback, str) else callback.events:
            if not _EVENT.fullmatch(event):
                reason = "expected an event such as `contacts/ada CREATED`, or one that is UPDATED or DELETED"
                yield (*at, place), f"{reason}; got {shown(event)}{_instead(event, at)}"


def _instead(event: str, at: Path) -> str:
    """Say what may be meant by an expected event that is none."""
    if "*" in event:
        return "; * stands for anything only in `never`, and in the paths of `requests`"
    return f"; write it as in {verbs.FORMS['expect'][str(at[0])]}"


def _audits(state: _StateSoFar, expected: _Audits | None) -> Iterator[Objection]:
    """Check what audits are expected to say; what they must not say are patterns, which may be anything."""
    if isinstance(expected, str):
        yield from _instance(state, None, ("audit",))
        return
    for place, audit in enumerate(expected if isinstance(expected, list) else [expected] if expected else []):
        at: Path = ("audit", place) if isinstance(expected, list) else ("audit",)
        yield from _instance(state, audit.instance, (*at, "instance") if audit.instance else at)
        for kind in verbs.AUDITED if isinstance(audit, verbs.ExpectedAudit) else ():
            yield from _callbacks(getattr(audit, kind) or (), (*at, kind))


def _polls(polls: Sequence[verbs.ExpectedPoll]) -> Iterator[Objection]:
    for place, poll in enumerate(polls):
        for key in ("at", "start"):
            text = getattr(poll, key)
            if isinstance(text, str):
                yield from _instant(text, ("polls", place, key))


def _record(state: _StateSoFar, name: str, at: Path) -> Iterator[Objection]:
    yield from _kind(name)
    if name not in state.records:
        hint = unknown("record", name, state.records) if state.records else f"unknown record {name!r}"
        yield at, f"{hint}; a step before this one has to `create` it"


def _kind(name: str) -> Iterator[Objection]:
    kind = name.partition("/")[0]
    if kind not in COLLECTIONS:
        yield (name,), unknown("kind of record", kind, COLLECTIONS)


def _instance(state: _StateSoFar, name: object, at: Path) -> Iterator[Objection]:
    if not state.instances:
        yield at, "the scenario has no instance; leave `instance: null` out to have one like the guide's"
    elif name is not None and name not in state.instances:
        yield at, unknown("instance", str(name), state.instances)


def _instant(text: str, at: Path) -> Iterator[Objection]:
    try:
        _ = parse_duration(text[2:]) if text.startswith("T+") else parse_instant(text)
    except UnreadableTimeError as error:
        reason = f"expected T+15m, which counts from the start, or an instant such as 2026-03-02T10:00:00Z; got {shown(text)}"
        yield at, f"{reason} ({error})" if text.startswith("T+") else reason


_CHECKS: dict[str, Callable[[_StateSoFar, Any], Iterator[Objection]]] = {
    "create": _create,
    "update": _update,
    "delete": _delete,
    "advance": _advance,
    "poll": _poll,
    "configure": _configure,
    "fault": _fault,
    "respond": _respond,
    "request": _request,
    "make": _make,
    "snapshot": _snapshot,
    "restore": _restore,
    "expect": _expect,
    "inspect": _inspect,
    "never": _never,
}
