"""The verbs ``advance``, ``poll``, ``snapshot`` and ``restore``: a scenario's time."""

from collections.abc import Iterator
from typing import Annotated, TypeAlias

from msgspec import Meta, Struct, to_builtins

from elements_local.kit.instants import UnreadableTimeError, check_unit, parse_duration
from elements_local.scenarios.scenario_context import ScenarioContext
from elements_local.scenarios.verbs.verb import Objection, StateSoFar, Verb, instant_objections, only_here
from elements_local.stack.shape_errors import shown, unknown

MarkName: TypeAlias = Annotated[str, Meta(min_length=1)]
"""The name of a moment that a scenario goes back to."""

WORDS = ("next", "idle")
"""How far an advance goes that names no time."""


class UntilCallbacks(Struct, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    """How many callbacks are sent before an advance ends, with an event of what."""

    callbacks: Annotated[int, Meta(ge=1)] = 1
    object_type: str | None = None
    event_type: str | None = None


class AdvanceTo(Struct, forbid_unknown_fields=True):
    """An instant to advance to, or what ends an advance, within a limit."""

    to: str | None = None
    idle: str | None = None
    until: UntilCallbacks | None = None
    limit: str | None = None


def _advance(context: ScenarioContext, argument: str | float | AdvanceTo) -> None:
    clock = context.clients.clock
    if not isinstance(argument, AdvanceTo):
        clock.advance(argument)
    elif argument.to is not None:
        clock.advance(to=context.instant(argument.to))
    else:
        until = None if argument.until is None else to_builtins(argument.until)
        clock.advance(idle=argument.idle, until=until, limit=argument.limit)


def _poll(context: ScenarioContext, argument: str | None) -> None:
    context.clients.platform.poll(context.instance(argument).id)


def _advance_objections(_state: StateSoFar, argument: str | float | AdvanceTo) -> Iterator[Objection]:
    lengths: list[object] = [] if argument in WORDS else [argument]
    if isinstance(argument, AdvanceTo):
        lengths = [each for each in (argument.idle, argument.limit) if each is not None]
        if sum(each is not None for each in (argument.to, argument.idle, argument.until)) != 1:
            yield (), "expected one of `to`, `idle` and `until`"
        elif argument.to is not None:
            yield from instant_objections(argument.to, ("to",))
    try:
        for length in lengths:
            check_unit(length)
            if parse_duration(length).total_seconds() < 0:
                yield (), f"time only moves forward; got {shown(length)}"
    except UnreadableTimeError as error:
        yield (), str(error)


def _snapshot_objections(state: StateSoFar, argument: str) -> Iterator[Objection]:
    state.marks[argument] = list(state.instances), list(state.records)
    yield from ()


def _restore_objections(state: StateSoFar, argument: str) -> Iterator[Objection]:
    if argument in state.marks:
        state.instances[:], state.records[:] = state.marks[argument]
    else:
        hint = unknown("snapshot", argument, state.marks) if state.marks else f"unknown snapshot {argument!r}"
        yield (), f"{hint}; a step before this one has to take it: `snapshot: {argument}`"


ADVANCE = Verb(
    name="advance",
    shape=str | int | float | AdvanceTo,
    example="`advance: 15m`, `advance: {to: T+15m}`, or `advance: next`",
    take=_advance,
    objections=_advance_objections,
)
POLL = Verb(
    name="poll",
    shape=str | None,
    example="`poll:` with nothing behind it, or with an instance's name",
    take=_poll,
    objections=lambda state, argument: state.instance_objections(argument, ()),
    obstacles=only_here("a tenant polls when it is due"),
)
SNAPSHOT = Verb(
    name="snapshot",
    shape=MarkName,
    example="`snapshot: before the outage`",
    take=ScenarioContext.mark,
    objections=_snapshot_objections,
    obstacles=only_here("a tenant cannot be remembered"),
)
RESTORE = Verb(
    name="restore",
    shape=MarkName,
    example="`restore: before the outage`",
    take=ScenarioContext.go_back,
    objections=_restore_objections,
    obstacles=only_here("a tenant cannot go back"),
)
