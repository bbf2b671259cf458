"""The scenario so far, while calls become steps, and what arrived meanwhile. Pure: it makes no calls and reads nothing."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from elements_local.clients.records import INSIGHTLY, Kinds, RecordNames
from elements_local.kit.instants import parse_instant
from elements_local.scenarios.recording.names import Namer, PortableTexts
from elements_local.scenarios.recording.session import ObservedCall, Session, makes
from elements_local.scenarios.recording.text import duration_text
from elements_local.stack.failures.timeline import event_lines, message_of, taken

_REPORTED = frozenset({"CREATED", "UPDATED"})
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class Recording:
    """A scenario that does what was done.

    Attributes:
        document: as it is written.
        notes: what it does not say, or not exactly.
        records: ids by the names of records.
        instances: names by the ids of instances.
    """

    document: dict[str, Any]
    notes: tuple[str, ...]
    records: Mapping[str, int | str]
    instances: Mapping[int, str]

    @property
    def steps(self) -> int:
        """Return how many steps it has."""
        return len(self.document["steps"])


@dataclass
class Arrivals:
    """What arrived in a span of time.

    Attributes:
        callbacks: as the sink lists them.
        events: by instance, as the polls found them.
        from_polls: the sink does not have all that was sent, so the events of the polls count.
    """

    callbacks: list[Mapping[str, Any]] = field(default_factory=list)
    events: dict[int, list[str]] = field(default_factory=dict)
    from_polls: bool = False

    def __bool__(self) -> bool:
        """Say whether anything arrived."""
        return bool(self.callbacks or (self.from_polls and self.events))

    def add(self, other: "Arrivals") -> None:
        """Append the arrivals of a later span."""
        self.callbacks += other.callbacks
        for instance, lines in other.events.items():
            self.events.setdefault(instance, []).extend(lines)
        self.from_polls = self.from_polls or other.from_polls


@dataclass
class ScenarioComposer:
    """The scenario so far, while calls become steps.

    Attributes:
        now: the scenario's time.
        start: its first instant; None as long as nothing has happened that needs one.
        head: instances that are there from the start, and the number of records.
        names: ids by the names of records, as the scenario will know them when it runs.
        instances, live: names by id, of those that were made and of those that are still there, in their order.
        faulty: services that have fault rules.
        element: the first instance's.
        arrived: what has arrived since the last expectation.
        moved, changed: whether time was moved, and anything changed, since then.
    """

    session: Session
    now: datetime
    start: datetime | None = None
    head: dict[str, Any] = field(default_factory=dict)
    steps: list[dict[str, Any]] = field(default_factory=list)
    names: RecordNames = field(default_factory=RecordNames)
    namer: Namer = field(default_factory=Namer)
    instances: dict[int, str] = field(default_factory=dict)
    live: dict[int, str] = field(default_factory=dict)
    faulty: set[str] = field(default_factory=set)
    arrived: Arrivals = field(default_factory=Arrivals)
    moved: bool = False
    changed: bool = False
    notes: dict[str, None] = field(default_factory=dict)
    element: str = INSIGHTLY

    @property
    def kinds(self) -> Kinds:
        """The kinds of records; those of the first instance's element go before others."""
        return Kinds(self.session.credentials.crms, first=self.element)

    def __post_init__(self) -> None:
        self.words = PortableTexts(self.session.credentials, self.session.addresses)
        self.arrivals = ArrivalQueue(self.session.callbacks, self.session.polls)
        self.only_one = sum(map(makes, self.session.calls)) == 1

    def step(self, verb: str, argument: Any, *, changes: bool = True) -> dict[str, Any]:
        """Add a step."""
        self.begin()
        step = {verb: argument}
        self.steps.append(step)
        self.changed = self.changed or changes
        return step

    def begin(self) -> None:
        """Let the scenario start now, unless it has."""
        self.start = self.start or self.now

    def note(self, text: str) -> None:
        """Say once what a reader has to know."""
        self.notes.setdefault(text)

    def move(
        self, to: datetime, verb: str, argument: Any, *, ran: Mapping[str, int] | None = None, seen: datetime
    ) -> None:
        """Move time by a step; before anything has happened, that moves the start.

        Args:
            ran: the advance's own counts of what ran, if there were any.
            seen: what arrived up to this instant came of the step.
        """
        if self.start is not None:
            self.step(verb, argument, changes=False)
            self.moved = True
            self.arrived.add(self.arrivals.until(seen, self.names, ran))
        self.now = to
        if self.arrived or self.changed:
            self.expect()

    def catch_up(self, at: datetime) -> None:
        """Let the time pass that passed by itself, on a real clock: in whole seconds."""
        seconds = (at - self.now) // _SECOND
        if seconds > 0:
            self.note(
                "The clock was real: time is advanced by whole seconds, so what fell into the same second may come out otherwise."
            )
            to = self.now + timedelta(seconds=seconds)
            self.move(to, "advance", duration_text(to - self.now), seen=at)

    def step_on(self, call: ObservedCall) -> None:
        """Follow a change that began the next second, and so moved the clock; the scenario's step will do the same."""
        if not self.session.keeps_ties and call.answered_at == call.at.replace(microsecond=0) + _SECOND:
            self.now = max(self.now, call.answered_at)

    def expect(self) -> None:
        """Expect what has arrived since the last expectation, if time was moved."""
        if self.moved:
            if self.arrived.from_polls:
                self.note("Not all callbacks are in the sink; what was to come is taken from the polls.")
            self.steps.append({"expect": expected(self.arrived, self.instances, self.names)})
            self.arrived, self.moved, self.changed = Arrivals(), False, False


class ArrivalQueue:
    """Hands out callbacks and polls, oldest first, to the steps that brought them."""

    def __init__(self, callbacks: Sequence[Mapping[str, Any]], polls: Sequence[Mapping[str, Any]]) -> None:
        self._callbacks = deque(callbacks)
        self._polls = deque(polls)

    def until(self, end: datetime, names: RecordNames, ran: Mapping[str, int] | None = None) -> Arrivals:
        """Take what came up to an instant.

        Args:
            ran: how many polls and attempts there were, if that is known; what came in the very same instant
                by another step is left then.
        """
        polls = _take(self._polls, "at", end, ran["polls"] if ran else None)
        # Several steps may fall into one instant; the counts of the step itself tell how much of it is its own.
        attempts = ran["attempts"] if ran else None
        arrivals = Arrivals(callbacks=_take(self._callbacks, "received_at", end, attempts))
        # Fewer came to the sink than were sent: the instance has another receiver.
        arrivals.from_polls = attempts is not None and len(arrivals.callbacks) < attempts
        for poll in polls:
            for record in poll["records"]:
                if record["verdict"] in _REPORTED and not poll["error"]:
                    line = f"{names.shown(poll['resource'], record['id'])} {record['verdict']}"
                    arrivals.events.setdefault(poll["instanceId"], []).append(line)
        return arrivals


def expected(arrivals: Arrivals, instances: Mapping[int, str], names: RecordNames) -> dict[str, Any]:
    """Return what a step ``expect`` says of arrivals.

    Args:
        instances: id -> name of those that the scenario has, the first one first.
    """
    if arrivals.from_polls:
        events = {
            instances[number]: lines for number, lines in arrivals.events.items() if number in instances
        }
        return {"callbacks": _by_instance(events, instances)}
    accepted = [one for one in arrivals.callbacks if taken(one)]
    expectation: dict[str, Any] = {}
    owners = [instances.get(_instance_of(one), "") for one in accepted]
    if "" not in owners:  # others, such as the ends of bulk jobs, are no instance's
        expectation["callbacks"] = _by_instance(_lines(accepted, owners, names), instances)
    if len(accepted) < len(arrivals.callbacks) or "" in owners:
        expectation["attempts"] = [one["status"] for one in arrivals.callbacks]
    return expectation


def _lines(
    callbacks: Sequence[Mapping[str, Any]], owners: Sequence[str], names: RecordNames
) -> dict[str, list[Any]]:
    """Return lines by instance; those without a signature say so, which takes a mapping for each callback."""
    by_instance: dict[str, list[Any]] = {}
    for name in dict.fromkeys(owners):
        own = [one for one, owner in zip(callbacks, owners, strict=True) if owner == name]
        if any(one["signature"] == "absent" for one in own):
            by_instance[name] = [_with_signature(one, names) for one in own]
        else:
            by_instance[name] = [line for one in own for line in event_lines(names, one)]
    return by_instance


def _with_signature(callback: Mapping[str, Any], names: RecordNames) -> dict[str, Any]:
    signature = "absent" if callback["signature"] == "absent" else "valid"
    return {"events": event_lines(names, callback), "signature": signature}


def _by_instance(lines: Mapping[str, list[Any]], instances: Mapping[int, str]) -> Any:
    """Return a list if it is all the first instance's, and otherwise one for each."""
    first = next(iter(instances.values()), "")
    return lines.get(first, []) if lines.keys() <= {first} else dict(lines)


def _instance_of(callback: Mapping[str, Any]) -> int:
    number = message_of(callback).get("instanceId")
    return number if isinstance(number, int) else 0


def _take(
    waiting: deque[Mapping[str, Any]], key: str, end: datetime, most: int | None
) -> list[Mapping[str, Any]]:
    items: list[Mapping[str, Any]] = []
    while waiting and (most is None or len(items) < most) and parse_instant(waiting[0][key]) <= end:
        items.append(waiting.popleft())
    return items
