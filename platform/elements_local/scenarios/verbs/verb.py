"""What a verb of scenarios is: its shape, what it does, what can be seen to be wrong with it, whether a tenant can do it."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from msgspec import Struct, field

from elements_local.clients.records import COLLECTIONS, INSIGHTLY
from elements_local.clients.workspace_clients import SERVICES
from elements_local.kit.instants import UnreadableTimeError, parse_duration, parse_instant
from elements_local.scenarios.scenario_context import ScenarioContext
from elements_local.stack.shape_errors import Path, shown, unknown

Objection: TypeAlias = tuple[Path, str]
"""Where, and what is wrong."""

_EVENT = re.compile(r"[^\s*]+/[^\s*]* (?:CREATED|UPDATED|DELETED|UNKNOWN)")


class StateSoFar(Struct, frozen=True):
    """The names that the steps so far have given.

    Attributes:
        elements: whose the instances are.
        marks: the moments that later steps can go back to, with the instances and the records of then.
    """

    instances: list[str]
    records: list[str] = field(default_factory=list)
    marks: dict[str, tuple[list[str], list[str]]] = field(default_factory=dict)
    elements: list[str] = field(default_factory=list)

    def add_instance(self, name: str, differs: Mapping[str, object]) -> None:
        """Note an instance by what differs from the guide's."""
        element = differs.get("element")
        self.instances.append(name)
        self.elements.append(str(element.get("key")) if isinstance(element, Mapping) else INSIGHTLY)

    def kind_objections(self, name: str) -> Iterator[Objection]:
        """Yield what is wrong with the kind of a record; another vendor's are known once its stack runs."""
        kind = name.partition("/")[0]
        if kind not in COLLECTIONS and {*self.elements} <= {INSIGHTLY}:
            yield (name,), unknown("kind of record", kind, COLLECTIONS)

    def service_objections(self, name: str, at: Path) -> Iterator[Objection]:
        """Yield what is wrong with the name of a service: the stack's, or an instance's element."""
        if name not in (*SERVICES, *self.elements):
            yield at, unknown("value", name, SERVICES)

    def record_objections(self, name: str, at: Path) -> Iterator[Objection]:
        """Yield what is wrong with a record that has to be there."""
        yield from self.kind_objections(name)
        if name not in self.records:
            hint = unknown("record", name, self.records) if self.records else f"unknown record {name!r}"
            yield at, f"{hint}; a step before this one has to `create` it"

    def instance_objections(self, name: object, at: Path) -> Iterator[Objection]:
        """Yield what is wrong with an instance's name; None is the first."""
        if not self.instances:
            yield at, "the scenario has no instance; leave `instance: null` out to have one like the guide's"
        elif name is not None and name not in self.instances:
            yield at, unknown("instance", str(name), self.instances)


class TenantAbilities(Struct, frozen=True, kw_only=True):
    """What a tenant can do, as far as scenarios differ in what they need.

    Attributes:
        profile: which of the platform's two names it has; None for either.
        has_sink: whether a sink of ours receives its callbacks, which shows headers and gives scripted answers.
        shortest_interval: in minutes, how often it polls at most.
    """

    profile: str | None = None
    has_sink: bool = True
    shortest_interval: int = 1


class Verb(Struct, frozen=True, kw_only=True):
    """A verb: all that is known of it but how a recording writes it.

    Attributes:
        shape: what follows it.
        example: of what follows it, for messages about something else that does.
        forms: what follows its keys, for the same.
        take: does what a step says.
        objections: what can be seen to be wrong with a step before any runs; notes the names that it gives.
        obstacles: what keeps a step from running at a tenant.
        needs_quiet: whether others at the same tenant would be in the way.
        shown: whether it looks at what a tenant shows.
    """

    name: str
    shape: Any
    example: str
    forms: dict[str, str] = {}
    take: Callable[[ScenarioContext, Any], None]
    objections: Callable[[StateSoFar, Any], Iterable[Objection]]
    obstacles: Callable[[Any, TenantAbilities], Iterable[str]] = lambda _argument, _tenant: ()
    needs_quiet: Callable[[Any], bool] = lambda _argument: False
    shown: bool = False


def only_here(reason: str) -> Callable[[Any, TenantAbilities], Iterable[str]]:
    """Return the obstacles of a verb that no tenant can do."""
    return lambda _argument, _tenant: (reason,)


def event_objections(event: str, at: Path, form: str) -> Iterator[Objection]:
    """Yield what is wrong with an expected event, and the form in which it is written."""
    if not _EVENT.fullmatch(event):
        reason = "expected an event such as `contacts/ada CREATED`, or one that is UPDATED or DELETED"
        instead = f"; write it as in {form}"
        if "*" in event:
            instead = "; * stands for anything only in `never`, and in the paths of `requests`"
        yield at, f"{reason}; got {shown(event)}{instead}"


def instant_objections(text: str, at: Path) -> Iterator[Objection]:
    """Yield what is wrong with an instant."""
    try:
        _ = parse_duration(text[2:]) if text.startswith("T+") else parse_instant(text)
    except UnreadableTimeError as error:
        reason = f"expected T+15m, which counts from the start, or an instant such as 2026-03-02T10:00:00Z; got {shown(text)}"
        yield at, f"{reason} ({error})" if text.startswith("T+") else reason
