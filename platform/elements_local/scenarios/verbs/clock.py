"""The verbs ``advance``, ``poll``, ``snapshot`` and ``restore``: a scenario's time."""

from collections.abc import Iterator
from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from elements_local.kit.instants import UnreadableTimeError, parse_duration
from elements_local.scenarios.scenario_context import ScenarioContext
from elements_local.scenarios.verbs.verb import Objection, StateSoFar, Verb, instant_objections, only_here
from elements_local.shape_errors import shown, unknown

MarkName: TypeAlias = Annotated[str, Meta(min_length=1)]
"""The name of a moment that a scenario goes back to."""


class AdvanceTo(Struct, forbid_unknown_fields=True):
    """An instant to advance to."""

    to: str


def _advance(context: ScenarioContext, argument: str | float | AdvanceTo) -> None:
    if isinstance(argument, AdvanceTo):
        context.clients.clock.advance(to=context.instant(argument.to))
    else:
        context.clients.clock.advance(argument)


def _poll(context: ScenarioContext, argument: str | None) -> None:
    context.clients.platform.poll(context.instance(argument).id)


def _advance_objections(_state: StateSoFar, argument: str | float | AdvanceTo) -> Iterator[Objection]:
    if isinstance(argument, AdvanceTo):
        yield from instant_objections(argument.to, ("to",))
        return
    try:
        if parse_duration(argument).total_seconds() < 0:
            yield (), f"time only moves forward; got {shown(argument)}"
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
    example="`advance: 15m`, or `advance: {to: T+15m}`",
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
