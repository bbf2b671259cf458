"""What a scenario has to do with while it runs: its workspace's clients, its instances, its names for records."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, fields
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from elements_local.clients.errors import HarnessError
from elements_local.clients.records import Kinds, RecordNames
from elements_local.clients.workspace_clients import ServiceClient, WorkspaceClients
from elements_local.kit.instants import parse_duration, parse_instant
from elements_local.scenarios.expect import GoldenStream


class ExpectationError(Exception):
    """What came is not what was expected; a line for each difference."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


@dataclass(frozen=True, kw_only=True)
class ScenarioInstance:
    """An instance that a scenario has made.

    Attributes:
        callback_url: the bin of its own that its callbacks go to.
        signed: whether they have to carry a valid signature.
    """

    id: int
    token: str
    callback_url: str
    signed: bool


@dataclass(frozen=True, kw_only=True)
class ScenarioMark:
    """A moment that a scenario can go back to.

    Attributes:
        document: all that the services remembered.
        done: what the scenario had done: the ``ScenarioContext``'s fields by name.
    """

    document: Mapping[str, Any] = field(repr=False)
    done: Mapping[str, Any]


class UnknownMarkError(HarnessError):
    """A scenario goes back to a moment that it has not marked."""

    def __init__(self, name: str, marks: Iterable[str]) -> None:
        super().__init__(f"no snapshot {name!r} has been taken; there are: {', '.join(marks) or 'none'}")


Patience = Callable[[Callable[[], list[str]]], list[str]]
"""Looks for differences, again if need be, and returns those that stay."""

_STAYS = frozenset({"clients", "start", "golden", "marks", "sees_inside", "cures", "patience"})
"""What going back leaves as it is."""


@dataclass(kw_only=True)
class ScenarioContext:
    """What a scenario has to do with while it runs.

    Attributes:
        start: its first instant; ``T+15m`` counts from it.
        golden: where its stream is kept.
        sees_inside: whether it runs on a stack of ours, with admin routes, and not at a tenant.
        cures: whether what would have helped is tried where something has not come.
        kinds: of the records that it names, those of its first instance's element before others.
        patience: how an ``expect`` waits for what has not come; a clock that is advanced leaves nothing to wait for.
        kept: what steps have kept of answers, by names of the author's own.
        seen_callback: the id of the last one that an ``expect`` has dealt with.
        seen_poll: id of the latest poll that an ``expect`` has dealt with; 0 for none.
        dealt_with_all: whether the step before was an ``expect``, which has dealt with all polls up to now.
        marks: the moments that it can go back to.
    """

    clients: WorkspaceClients
    start: datetime
    golden: GoldenStream
    sees_inside: bool = True
    cures: bool = True
    patience: Patience = lambda look: look()
    instances: dict[str, ScenarioInstance] = field(default_factory=dict)
    names: RecordNames = field(default_factory=RecordNames)
    kinds: Kinds = field(default_factory=Kinds)
    kept: dict[str, int | str] = field(default_factory=dict)
    seen_callback: int = 0
    seen_poll: int = 0
    dealt_with_all: bool = False
    marks: dict[str, ScenarioMark] = field(default_factory=dict)

    def instance(self, name: str | None = None) -> ScenarioInstance:
        """Return an instance by its name, or the first.

        Raises:
            ExpectationError: the scenario has none.
        """
        if name is None and self.instances:
            return next(iter(self.instances.values()))
        if name not in self.instances:
            raise ExpectationError(f"no instance {name!r}; there are: {', '.join(self.instances) or 'none'}")
        return self.instances[name]

    def mark(self, name: str) -> None:
        """Remember the present moment, all that the services remember included."""
        done = {one.name: deepcopy(getattr(self, one.name)) for one in fields(self) if one.name not in _STAYS}
        self.marks[name] = ScenarioMark(document=self.clients.snapshot(), done=done)

    def go_back(self, name: str) -> None:
        """Let everything be as it was at a moment; those that were marked since stay marked.

        Raises:
            UnknownMarkError: no moment was marked so.
        """
        if name not in self.marks:
            raise UnknownMarkError(name, self.marks)
        mark = self.marks[name]
        self.clients.restore(mark.document)
        for field_, value in mark.done.items():
            setattr(self, field_, deepcopy(value))

    def polls(self) -> list[dict[str, Any]]:
        """Return all polls since the scenario began, oldest first."""
        return self.clients.platform.polls()

    def fresh_polls(self) -> list[dict[str, Any]]:
        """Return the polls that no ``expect`` has dealt with, oldest first."""
        return [poll for poll in self.polls() if poll["id"] > self.seen_poll]

    def go_on(self) -> None:
        """Note what the step before has dealt with. Only the next step has to know, and the last has none."""
        if self.dealt_with_all:
            self.seen_poll = max([poll["id"] for poll in self.clients.platform.polls(limit=1)], default=0)
            self.dealt_with_all = False

    def instant(self, text: str) -> datetime:
        """Read an instant: ISO, or ``T+15m`` from the start."""
        return self.start + parse_duration(text[2:]) if text.startswith("T+") else parse_instant(text)


def client_of(context: ScenarioContext, service: str) -> ServiceClient:
    """Return the client of a service by its name."""
    client: ServiceClient = context.clients.fakes.get(service) or getattr(context.clients, service)
    return client


def whose(context: ScenarioContext, service: str, *, join: str = "?") -> str:
    """Return what an admin path of a service needs, so that it is about the scenario's workspace."""
    return f"{join}workspace={context.clients.credentials.name}" if service == "sink" else ""


def fail_if_any(lines: list[str]) -> None:
    """Raise the differences.

    Raises:
        ExpectationError: there are any.
    """
    if lines:
        raise ExpectationError(*lines)


_NAME = r"[A-Za-z][\w./-]*"
_PLACEHOLDER = re.compile(rf"\{{(?P<kept>\{{(?P<inner>{_NAME})\}})\}}|\{{(?P<name>{_NAME})\}}", re.ASCII)

Known = Mapping[str, int | str]


def filled(context: ScenarioContext, value: Any, *, also: Known | None = None) -> Any:
    """Return a value with its placeholders filled in; what stands for nothing that the scenario has made stays.

    Args:
        also: what else there are names for.
    """
    return fill(value, {**(also or {}), **_known(context)})


def filled_text(context: ScenarioContext, text: str) -> str:
    """Return a text with its placeholders filled in."""
    return fill_text(text, _known(context))


def unknown_placeholders(context: ScenarioContext, text: str) -> Iterator[str]:
    """Yield a sentence for each placeholder in a text that names nothing the scenario has made."""
    known = _known(context)
    for match in _PLACEHOLDER.finditer(text):
        name = match["name"]
        if name and name not in known:
            near = get_close_matches(name, known, n=1)
            others = ", ".join(f"{{{each}}}" for each in sorted(known))
            meant = f"is {{{near[0]}}} meant?" if near else f"there are {others}"
            yield f"{{{name}}} stands for nothing here; {meant}"


def fill(value: Any, known: Known) -> Any:
    """Return a value with what names stand for in their places.

    >>> fill({"ID": "{contacts/ada}", "NOTE": "of {contacts/ada}, {{contacts/ada}} {x}"}, {"contacts/ada": 5})
    {'ID': 5, 'NOTE': 'of 5, {contacts/ada} {x}'}
    """
    if isinstance(value, dict):
        return {fill_text(key, known): fill(inner, known) for key, inner in value.items()}
    if isinstance(value, list):
        return [fill(inner, known) for inner in value]
    if not isinstance(value, str):
        return value
    whole = _PLACEHOLDER.fullmatch(value)
    if whole and whole["name"] in known:
        return known[whole["name"]]
    return fill_text(value, known)


def fill_text(text: str, known: Known) -> str:
    """Return a text with what names stand for in their places, as text."""

    def substitute(match: re.Match[str]) -> str:
        if match["kept"]:
            return match["kept"] if match["inner"] in known else match[0]
        return str(known.get(match["name"], match[0]))

    return _PLACEHOLDER.sub(substitute, text)


def escaped(text: str, known: Collection[str]) -> str:
    """Return what becomes a text again once names are filled in, though it has some in it.

    >>> escaped("{instance} and {x}", {"instance"})
    '{{instance}} and {x}'
    """
    return re.sub(
        rf"\{{({_NAME})\}}",
        lambda match: f"{{{match[0]}}}" if match[1] in known else match[0],
        text,
        flags=re.ASCII,
    )


def _known(context: ScenarioContext) -> dict[str, int | str]:
    credentials = context.clients.credentials.to_json()
    return {
        "workspace": credentials.pop("name"),
        **credentials,
        **({"instance": context.instance().id} if context.instances else {}),
        **{name: one.id for name, one in context.instances.items()},
        **{f"{name}.token": one.token for name, one in context.instances.items()},
        **context.names.ids,
        **context.kept,
    }
