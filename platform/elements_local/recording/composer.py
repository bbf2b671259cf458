"""Turns the calls of a session into the steps of a scenario, one after the other. Pure: it makes no calls and reads nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from elements_local.kit.workspaces.instants import format_instant
from elements_local.recording import clocks, faults, instances, records, requests
from elements_local.recording.arrivals import ArrivalQueue, Arrivals, expected
from elements_local.recording.names import Namer, PortableTexts
from elements_local.recording.session import ObservedCall, RecordingError, Session
from elements_local.recording.text import dump
from elements_local.records import RecordNames

_SECOND = timedelta(seconds=1)
_SNAPSHOT = "/_local/snapshot"


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
    records: Mapping[str, int]
    instances: Mapping[int, str]

    @property
    def steps(self) -> int:
        """Return how many steps it has."""
        return len(self.document["steps"])


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

    def __post_init__(self) -> None:
        self.words = PortableTexts(self.session.credentials, self.session.addresses)
        self.arrivals = ArrivalQueue(self.session.callbacks, self.session.polls)
        self.only_one = sum(map(instances.makes, self.session.calls)) == 1

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
            self.move(to, "advance", clocks.duration_text(to - self.now), seen=at)

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


def compose(session: Session, *, name: str = "", reads: bool = False) -> Recording:
    """Return the scenario that repeats a session.

    Args:
        name: what it shows.
        reads: calls that only look are among its steps.

    Raises:
        RecordingError: nothing was done, or time went back.
    """
    _refuse_going_back(session)
    if not any(not call.reads for call in session.calls):
        raise RecordingError(
            f"nothing has happened in workspace {session.credentials.name!r} since it was made or reset; there is nothing to write"
        )
    composer = ScenarioComposer(session=session, now=session.calls[0].at.replace(microsecond=0))
    for note in session.notes:
        composer.note(note)
    for call in session.calls:
        _add(composer, call, reads=reads)
    composer.catch_up(session.now)
    composer.expect()
    return _recording(composer, name)


def _refuse_going_back(session: Session) -> None:
    """Refuse a session in which a snapshot was put back: what that held is in no call.

    Raises:
        RecordingError: a snapshot was put back.
    """
    if any(
        (call.method, call.target.partition("?workspace=")[0]) == ("PUT", _SNAPSHOT) and call.good
        for call in session.calls
    ):
        raise RecordingError(
            "a snapshot was put back: what had come before is gone, and what it held is not in any call; reset the "
            "workspace (elements-local reset) and begin anew, or write the steps `snapshot` and `restore` by hand"
        )


def _add(composer: ScenarioComposer, call: ObservedCall, *, reads: bool) -> None:
    if call.reads and not reads and not requests.matters(composer, call):
        return
    # First the time that passed before the call, so that what arrived by then is expected before the step.
    composer.catch_up(call.at)
    if clocks.add(composer, call):
        return
    # Whoever knows a call takes it; what nobody knows becomes a plain request.
    if not any(handler.add(composer, call) for handler in (faults, instances, records)):
        requests.add(composer, call)
    # After the step: the call itself may have begun the next second.
    composer.step_on(call)


def _recording(composer: ScenarioComposer, name: str) -> Recording:
    session = composer.session
    if not composer.steps:
        # A scenario without steps is none; that nothing came is what it can expect.
        composer.steps.append({"expect": {"callbacks": []}})
    document: dict[str, Any] = {
        "scenario": name or f"recorded in workspace {session.credentials.name}",
        "start": format_instant(composer.start or composer.now),
        **({"settings": {"KEEP_TIES": True}} if session.keeps_ties else {}),
        **instances.heading(composer.head.get("instances", {})),
        **({"records": composer.head["records"]} if "records" in composer.head else {}),
        "seed": session.seed,
        "steps": composer.steps,
    }
    credentials = session.credentials
    secrets = (credentials.organization_secret, credentials.user_secret, credentials.crm_api_key)
    text = dump(document)
    # The last line of defence: scenarios are committed, and a secret that slipped through would be published.
    if any(secret in text for secret in secrets):
        raise RecordingError("a defect: a secret of the workspace would be in the file, so it is not written")
    return Recording(
        document=document,
        notes=tuple(composer.notes),
        records=composer.names.ids,
        instances=composer.instances,
    )
